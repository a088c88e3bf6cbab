"""TeX formulas in Markdown."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chatsite.rendering.mathml import mathml
from chatsite.rendering.safety import escape

LIMIT = 2000
"""Characters of one formula; longer ones are shown as their source. The converter needs about 20 µs a character."""

_LINE = r"[^\\$\n]|\n(?![ \t]*\n)"
_FORMULA = re.compile(
    rf"\\\\|\\\$"
    rf"|\\\((?P<inline>(?:\\[^()]|\$|{_LINE}){{1,{LIMIT}}})\\\)"
    rf"|\\\[(?P<block>(?:\\[^\[\]]|\$|{_LINE}){{1,{LIMIT}}})\\\]"
    rf"|\$\$(?P<dollars>(?:\\.|\$(?!\$)|{_LINE}){{1,{LIMIT}}})\$\$"
    rf"|(?<![\w$\\])\$(?![\s$])(?P<dollar>(?:\\.|{_LINE}){{1,500}})(?<!\s)\$(?![\w$])",
)
_OPEN = re.compile(
    rf"\\\((?:\\[^()]|\$|{_LINE}){{0,{LIMIT}}}\\?\Z"
    rf"|\\\[(?:\\[^\[\]]|\$|{_LINE}){{0,{LIMIT}}}\\?\Z"
    rf"|\$\$(?:\\.|\$(?!\$)|{_LINE}){{0,{LIMIT}}}[\\$]?\Z"
    rf"|(?<![\w$\\])\$(?:(?![\s$\d])(?:\\.|{_LINE}){{1,100}}\\?)?\Z"
)
_MONEY = re.compile(r"\d[\d.,]*\w?\s+[^\W\d_]{2,}")
_MARK = re.compile("\ufdd0(\\d+)\ufdd1")


class Formula(NamedTuple):
    """One formula in a text: where its source stands (characters), its TeX, and whether it has its own line."""

    start: int
    end: int
    source: str
    tex: str
    display: bool

    def html(self) -> str:
        """Safe MathML, or the escaped source as code where the TeX cannot be read."""
        return mathml(self.tex, self.display) or f'<code class="math">{escape(self.source)}</code>'


def may_hold_formulas(text: str) -> bool:
    """A cheap test that spares most texts the search."""
    return "$" in text or "\\(" in text or "\\[" in text


def open_formula(text: str, start: int) -> bool:
    """Whether the mark at `start` begins a formula that the text to come may still close."""
    return _OPEN.match(text, start) is not None


def formula_at(text: str, start: int) -> int:
    """The end of the formula that begins at `start`, or 0 when none does."""
    found = _FORMULA.match(text, start)
    return found.end() if found and _is_formula(found) else 0


def find(text: str, literal: Sequence[tuple[int, int]]) -> Iterator[Formula]:
    """The formulas of a text, in order, none touching a literal range (code, addresses; sorted, in characters)."""
    position, ahead = 0, list(reversed(literal))
    while found := _FORMULA.search(text, position):
        start, end = found.span()
        while ahead and ahead[-1][1] <= start:
            ahead.pop()
        if ahead and ahead[-1][0] < end:
            position = ahead[-1][1] if ahead[-1][0] <= start else start + 1
        elif _is_formula(found):
            yield Formula(start, end, found[0], _tex(found), found[0].startswith(("$$", "\\[")))
            position = end
        else:
            position = end if found.lastgroup is None else start + 1


def marked(text: str, formulas: Sequence[Formula]) -> str:
    """The text with a mark that Markdown leaves alone in the place of each formula."""
    parts: list[str] = []
    position = 0
    for number, formula in enumerate(formulas):
        parts += (text[position : formula.start], f"\ufdd0{number}\ufdd1")
        position = formula.end
    return "".join((*parts, text[position:]))


def split_at_marks(text: str) -> list[str]:
    """Text and formula numbers in turn: text at even places, a number at odd ones."""
    return _MARK.split(text)


def restored(text: str, formulas: Sequence[Formula]) -> str:
    """A marked text with the formulas' sources back in their places."""
    return _MARK.sub(lambda mark: formulas[int(mark[1])].source, text)


def _is_formula(found: re.Match[str]) -> bool:
    return found.lastgroup is not None and not (found["dollar"] and _MONEY.match(found["dollar"]))


def _tex(found: re.Match[str]) -> str:
    return re.sub(r"\n[ \t]*>[ \t]?", "\n", found[found.lastgroup or 0]).strip()
