"""Prints what texts cost that were made to cost much: `python -m tests.rendering.bombs`. Fails above the targets."""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from chatsite.rendering import StreamRenderer, render

MAX_SECONDS = 1.0
MAX_SECONDS_OF_MANY_BLOCKS = 2.0
"""A text whose every line is a block costs by its blocks, of which 200,000 characters hold up to 66,000; each flush is
short, so that nobody waits."""
MAX_FLUSH_SECONDS = 0.05
MAX_GROWTH = 20
MAX_FRAME_CHARACTERS = 64 * 1024
MAX_KEPT_MEGABYTES = 20
"""A fifth of what the process of a site has."""
SIZES = {20_000: 64, 200_000: 256}
"""Characters of a text, and of the pieces that it comes in."""

FORMULA = 1900
"""Characters of a formula: a little less than what is converted."""


def repeated(unit: str) -> Callable[[int], str]:
    """A text of one unit again and again."""
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def paragraphs(unit: str) -> Callable[[int], str]:
    """Paragraphs of 1,900 characters of one unit."""
    return repeated(unit * (FORMULA // len(unit)) + "\n\n")


def formulas(unit: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Formulas of one unit again and again, no two alike."""
    body = f"{before}{unit * (FORMULA // len(unit))}{after}"
    return lambda size: "".join(f"$${number}{body}$$\n\n" for number in range(size // len(body) + 1))[:size]


def code(language: str, unit: str, line: int = 390) -> Callable[[int], str]:
    """One block of code with lines of a given length."""
    return lambda size: f"```{language}\n" + repeated(unit * (line // len(unit)) + "\n")(size)


def once(text: str) -> Callable[[int], str]:
    """One formula, the same for each size."""
    return lambda size: text


def macros(names: int) -> str:
    """Definitions of which each uses the next one twice."""
    letters = [chr(ord("a") + n) for n in range(names + 1)]
    return "".join(
        rf"\newcommand{{\{a}}}{{{{\{b}}}{{\{b}}}}}" for a, b in zip(letters, letters[1:], strict=False)
    )


TEXTS: dict[str, Callable[[int], str]] = {
    "20 macros": once(f"${macros(20)}\\a$"),
    "macros with arguments": once(r"$\newcommand{\a}[1]{{#1#1}}" + r"\a{" * 25 + "x" + "}" * 25 + "$"),
    "defined macro": once(r"$\def\a#1{{#1#1#1#1#1}}" + r"\a{" * 10 + "x" + "}" * 10 + "$"),
    "sideset": once("$" + r"\sideset{_1}{_2}{" * 20 + "x" + "}" * 20 + "$"),
    "parentheses": formulas("("),
    "brackets": formulas("["),
    "primes": formulas("a'"),
    "columns": formulas("&"),
    "letters": formulas("a"),
    "signs": formulas("+"),
    "scripts": formulas("a_1^2"),
    "rows": formulas("\\\\"),
    "matrix": formulas("a&b\\\\", r"\begin{matrix}", r"\end{matrix}"),
    "align": formulas("a&b\\\\", r"\begin{align}", r"\end{align}"),
    "align of columns": formulas("&", r"\begin{align}", r"\end{align}"),
    "short formulas": paragraphs("$x$ "),
    "formulas in columns": repeated("| $x$ | $y$ |\n|---|---|\n| $x_1$ | $y$ |\n"),
    "open environments": repeated(r"\begin{align}a" + "\n"),
    "open environments in a line": repeated(r"\begin{align}a "),
    "open environments of two kinds": repeated(r"\begin{align}a \begin{cases}b" + "\n"),
    "environments with another end": repeated(r"\begin{align}a\end{aligned}" + "\n"),
    "paragraphs of open environments": paragraphs("\\begin{align}a\n"),
    "environments with a late end": repeated("\\begin{align}a\n" * 130 + " \n\\end{align}\n\n"),
    "open marks": repeated(r"\[ \( $$ \left( $x \begin{align} "),
    "open brackets in a line": repeated(r"\[a "),
    "open parentheses": repeated(r"\(a "),
    "lines of open parentheses": repeated("\\(a\n"),
    "open dollars in a line": repeated("$a "),
    "open delimiters": repeated(r"$\left( a "),
    "open dollars": repeated("$$\na\n\n"),
    "open brackets": repeated("\\[\na\n\n"),
    "marks of emphasis": paragraphs("*a_ "),
    "short tables": repeated("|a|\n|-|\n"),
    "items": repeated("- a\n"),
    "lists of one item": repeated("- a\n* b\n"),
    "bars": repeated("|a|\n"),
    "a formula each": repeated("$x$\n\n"),
    "a footnote's mark each": repeated("[^1]\n\n"),
    "rows with code": lambda size: "|a|b|\n|-|-|\n" + repeated("|`c|d`|e|\n")(size),
    "short rows": lambda size: "|a" * 31 + "|\n" + "|-" * 31 + "|\n" + repeated("|a\n")(size),
    "examples": repeated("```md\n"),
    "examples that end": lambda size: "```md\n" + "```x\n" * (size // 9) + "```\n" * (size // 9),
    "addresses": repeated("http://a.b "),
    "addresses that lead nowhere": repeated("http://%"),
    "names that lead nowhere": repeated("www.%"),
    "addresses before punctuation": repeated("http://\u00ab"),
    "environments behind a long lead": lambda size: (
        ("> " * 5000 + r"\begin{align}a\end{align} " * 800 + "\n\n") * (size // 30_000 + 1)
    ),
    "labels": repeated("**a:**b "),
    "entities": repeated("$x$ &#xfdd0;0&#xfdd1; "),
    "rows of a table": lambda size: "|a|b|\n|-|-|\n" + repeated("|c|d|\n")(size),
    "make": code("make", "1_", 158),
    "make, short lines": code("make", "a b", 60),
    "console": code("console", "a::", 158),
    "java": code("java", "a "),
    "terraform": code("terraform", "-", 158),
    "terraform, short lines": code("terraform", "-", 60),
    "open strings": code("c", '"\n', 2),
    "comments of java": code("java", "/*\n", 3),
    "comments of c": code("c", "/*\n", 3),
    "one line": code("java", "a ", 10**6),
}


MANY_BLOCKS = {"open dollars", "items", "lists of one item", "a formula each", "a footnote's mark each"}


class Cost(NamedTuple):
    """What one text costs: seconds of processor time, characters of HTML, and megabytes that are kept."""

    whole: float
    streamed: float
    flush: float
    html: int
    kept: float

    def faults(self, name: str, text: str) -> Iterator[str]:
        """The targets that are missed."""
        limit = MAX_SECONDS_OF_MANY_BLOCKS if name in MANY_BLOCKS else MAX_SECONDS
        if max(self.whole, self.streamed) > limit:
            yield "seconds"
        if self.flush > MAX_FLUSH_SECONDS:
            yield "flush"
        if self.html > MAX_GROWTH * len(text) + MAX_FRAME_CHARACTERS:
            yield "size"
        if self.kept > MAX_KEPT_MEGABYTES:
            yield "memory"


def cost(text: str, piece: int) -> Cost:
    """Measure one text, whole and in pieces: the lower of two measurements, as the machine may be busy."""
    costs = _cost(text, piece), _cost(text, piece)
    return Cost(*map(min, zip(*costs, strict=True)))


def _cost(text: str, piece: int) -> Cost:
    before = _memory()
    begun = time.process_time()
    html = len(render(text))
    whole = time.process_time() - begun
    streamed, flush = _streamed(text, piece)
    gc.collect()
    return Cost(whole, streamed, flush, html, (_memory() - before) / 1e6)


def _streamed(text: str, piece: int) -> tuple[float, float]:
    renderer, longest = StreamRenderer(), 0.0
    begun = time.process_time()
    for start in range(0, len(text), piece):
        renderer.append(text[start : start + piece])
        flush = time.process_time()
        renderer.flush()
        longest = max(longest, time.process_time() - flush)
    renderer.end()
    return time.process_time() - begun, longest


def _memory() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(names: list[str]) -> int:
    """Print the table; returns how many texts miss a target."""
    out = sys.stdout.write
    out(
        f"{'':<22} {'size':>7} {'whole s':>8} {'stream s':>8} {'flush ms':>8} {'HTML/size':>9} {'kept MB':>7}\n"
    )
    missed = 0
    render("".join(make(2000) for make in TEXTS.values()))
    for name in names or TEXTS:
        for size, piece in SIZES.items():
            text = TEXTS[name](size)
            found = cost(text, piece)
            faults = list(found.faults(name, text))
            missed += bool(faults)
            out(
                f"{name:<22} {len(text):>7} {found.whole:8.2f} {found.streamed:8.2f} {found.flush * 1e3:8.1f}"
                f" {found.html / len(text):9.1f} {found.kept:7.1f} {' '.join(faults)}\n"
            )
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) > 0)
