"""Prints what rendering an answer costs while it streams: `python -m tests.bench.rendering`."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from chatsite.rendering import StreamRenderer, render

DELTA = 12
SECTION = """\
## Part {n}: how the cache behaves

The **quick** answer is that `get_or_set` computes the value *once* and keeps it for {n} minutes; after that the \
next request pays again. See [the documentation](https://docs.example.org/cache/{n}) for the exact rules, and note \
that nothing here depends on the server's clock.

There are three things to watch, and each has bitten someone before:

1. **Stampedes.** Many requests may compute the same value at the same time. A lock with a short timeout helps.
2. **Stale reads.** A value may be up to {n} seconds old, which is fine for a list but not for a balance.
   - Use a version in the key when the shape changes.
   - Never cache what depends on the *person* without their id in the key.
3. **Memory.** Every entry costs about $2n + 64$ bytes, so a million entries are roughly 200 MB.

```python
from functools import lru_cache


@lru_cache(maxsize={n})
def price(item: str, day: int = 0) -> float:
    \"\"\"The price of an item on a day, in euros.\"\"\"
    # Prices change at midnight, so the day is part of the key.
    for attempt in range(3):
        if (row := fetch(item, day)) is not None:
            return round(row["price"] * 1.19, 2)
    raise LookupError(f"no price for {{item!r}} on day {{day}}")
```

| Store | Latency | Survives a restart |
|:------|--------:|:------------------:|
| Process memory | 0.1 µs | no |
| Redis | 0.4 ms | yes, with a snapshot |
| Database | {n} ms | yes |

> A cache is a promise about time. Write down how old a value may be before you choose where to keep it.

To try it, run `python -m bench --size {n}` twice and compare the second line. The figures above come from such a \
run on a small machine, so yours will differ, but the order of the rows will not.

"""


def answer(size: int) -> str:
    """A realistic answer of about `size` characters."""
    return _filled((SECTION.format(n=n) for n in range(2, 1_000_000)), size)


def prose(size: int) -> str:
    """The same answer without its code blocks, whose colours cost as much as all else."""
    section = re.sub(r"```.*?```\n", "", SECTION, flags=re.DOTALL)
    return _filled((section.format(n=n) for n in range(2, 1_000_000)), size)


def code(size: int) -> str:
    """One fenced block."""
    return "```python\n" + _filled(
        (f"def f{n}(x: int) -> str:\n    return 'a' * {n}\n\n" for n in range(10**6)), size
    )


def long_list(size: int) -> str:
    """One list."""
    return _filled((f"- item **{n}** with `code` and some more words after it\n" for n in range(10**6)), size)


def table(size: int) -> str:
    """One table."""
    return "| a | b | c |\n|---|--:|---|\n" + _filled(
        (f"| row {n} | {n} | *x* y |\n" for n in range(10**6)), size
    )


def paragraph(size: int) -> str:
    """One paragraph without a line end."""
    return _filled((f"word {n} and **bold** or `code`, then " for n in range(10**6)), size)


def quote(size: int) -> str:
    """One quotation."""
    return _filled((f"> line {n} of a quotation, with *emphasis*\n" for n in range(10**6)), size)


def nested(size: int) -> str:
    """One list item with everything in it."""
    return "- start\n" + _filled((f"  - sub {n} with **bold** words\n" for n in range(10**6)), size)


def _filled(parts: Iterator[str], size: int) -> str:
    text: list[str] = []
    length = 0
    for part in parts:
        text.append(part)
        length += len(part)
        if length >= size:
            break
    return "".join(text)[:size]


def stream(text: str) -> float:
    """Seconds of processor time for all flushes and the end."""
    renderer = StreamRenderer()
    begun = time.process_time()
    for start in range(0, len(text), DELTA):
        renderer.append(text[start : start + DELTA])
        renderer.flush()
    renderer.end()
    return time.process_time() - begun


def slowest(text: str) -> float:
    """Seconds of processor time for the slowest flush; asking the clock each time costs more than most flushes."""
    renderer, worst = StreamRenderer(), 0.0
    for start in range(0, len(text), DELTA):
        renderer.append(text[start : start + DELTA])
        begun = time.process_time()
        renderer.flush()
        worst = max(worst, time.process_time() - begun)
    return worst


def best(measured: Callable[[str], float], text: str, runs: int) -> float:
    """The quickest of some runs, as the machine may be busy with other things."""
    return min(measured(text) for _ in range(runs))


def words(size: int) -> str:
    """Paragraphs of 800 characters without any mark, as a server to measure by sends them."""
    return _filled(
        (f"{'The cache keeps a value for a while, then asks again. ' * 15}\n\n" for _ in range(10**6)), size
    )


def deltas(each: int, text: str) -> float:
    """Seconds of processor time for 400 deltas of 20 characters, with a flush after every `each` of them."""
    renderer = StreamRenderer()
    begun = time.process_time()
    for number in range(400):
        renderer.append(text[20 * number : 20 * number + 20])
        if number % each == 0:
            renderer.flush()
    renderer.end()
    return time.process_time() - begun


def appends(text: str) -> float:
    """Seconds of processor time to take 400 deltas of 20 characters, without a flush."""
    renderer = StreamRenderer()
    begun = time.process_time()
    for number in range(400):
        renderer.append(text[20 * number : 20 * number + 20])
    return time.process_time() - begun


def line(name: str, made: Callable[[int], str]) -> str:
    """One row of figures for one kind of text."""
    smallest, small, large = made(10_000), made(20_000), made(200_000)
    seconds, growth = best(stream, small, 7), best(stream, large, 3) / best(stream, smallest, 7)
    return (
        f"{name:<10} {seconds / len(small) * DELTA * 1e6:8.1f} {best(slowest, small, 3) * 1e3:9.2f}"
        f" {growth:8.1f} {best(slowest, large, 2) * 1e3:9.2f} {best(whole, small, 3) * 1e3:8.1f}"
    )


def pattern(name: str, made: Callable[[int], str]) -> str:
    """One row of figures for one kind of text in short deltas."""
    text = made(8000)
    flushes = [best(partial(deltas, each), text, 20) / (400 / each) for each in (1, 2, 3)]
    return f"{name:<10}" + "".join(
        f" {seconds * 1e6:8.1f}" for seconds in (*flushes, best(appends, text, 20) / 400)
    )


def whole(text: str) -> float:
    """Seconds of processor time to render a stored text."""
    begun = time.process_time()
    render(text)
    return time.process_time() - begun


def main() -> None:
    """Print the figures."""
    out = sys.stdout.write
    out(f"10, 20 and 200 KB in {DELTA}-character deltas, a flush after each\n")
    out(f"{'':<10} {'µs/flush':>8} {'worst ms':>9} {'200/10':>8} {'worst ms':>9} {'whole ms':>8}\n")
    for made in (answer, prose, code, long_list, table, paragraph, quote, nested):
        out(line(made.__name__, made) + "\n")
    out("400 deltas of 20 characters, a flush after each, each second and each third: µs/flush\n")
    out(f"{'':<10} {'each':>8} {'second':>8} {'third':>8} {'append':>8}\n")
    for made in (words, prose, answer):
        out(pattern(made.__name__, made) + "\n")


if __name__ == "__main__":
    main()
