"""A realistic answer of any length: Markdown with all that answers are made of, in pieces as a model says them."""

import re
from functools import cache

# As a tokenizer cuts: a word with the space before it, a long one in parts, white space that stands alone.
PIECE = re.compile(r"\s?[^\s]{1,6}|\s+")

BEGIN = "# Keeping a small river gauge honest\n\n"
CHAPTER = """\
## {n}. Week {n}: what the readings say

The sensor sends *one* reading every {minutes} minutes, and **each** of them is wrong by a little. Heat bends the \
mast, leaves lie on the float, and the battery sags at night. None of that matters while you can tell which is which; \
see [the notes on week {n}](https://river.example/weeks/{n}) and the function `smooth()` below.

### What to look at first

1. Compare the level at dawn with the one at noon; {minutes} mm between them is heat, not water.
2. Throw away readings that jump by more than {jump} mm and come back at once.
3. Only then draw the curve.
   - A steep rise with a slow fall is rain.
   - A slow rise with a steep fall is a gate that somebody opened upstream.

```python
def smooth(levels: list[float], width: int = {minutes}) -> list[float]:
    \"\"\"The running median of some levels, in millimetres.\"\"\"
    half = width // 2
    padded = [levels[0]] * half + levels + [levels[-1]] * half
    return [sorted(padded[at : at + width])[half] for at in range(len(levels))]


for hour, level in enumerate(smooth(read_week({n}))):
    if level > {jump} * 10:
        print(f"{{hour:>3}} h: {{level:7.1f}} mm & rising")
```

| Day       | Lowest (mm) | Highest (mm) | Rain |
|:----------|------------:|-------------:|:----:|
| Monday    |       {jump}1.4 |        {jump}9.2 |  no  |
| Wednesday |       {jump}3.0 |       {minutes}88.7 | yes  |
| Saturday  |       {jump}2.2 |       {minutes}15.1 |  no  |

> A gauge that is read every day needs no alarm. One that is not read every day needs two.

If 3 < 4 & the mast stands, the flow follows from the level: with $h$ in metres it is about $Q = {n} h^{{1.5}}$, which \
is good enough for a garden and not good enough for a court.

---

"""
FILLER = "The rest of the week was dry. "


def answer(size: int) -> str:
    """Markdown of `size` characters: whole chapters, then words."""
    parts, length, number = [BEGIN], len(BEGIN), 1
    while length + len(chapter := _chapter(number)) <= size:
        parts.append(chapter)
        length += len(chapter)
        number += 1
    rest = size - length
    return "".join([*parts, FILLER * (rest // len(FILLER) + 1)])[:size]


def _chapter(number: int) -> str:
    return CHAPTER.format(n=number, minutes=5 + number % 4, jump=2 + number % 7)


@cache
def pieces(size: int) -> tuple[str, ...]:
    """The same answer as a model would stream it, some four characters at a time."""
    return tuple(PIECE.findall(answer(size)))
