"""TeX formulas in Markdown."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chatsite.rendering.mathml import mathml
from chatsite.rendering.safety import escape
from chatsite.rendering.tex import MAX_SOURCE_CHARACTERS

_ENVIRONMENTS = (
    r"(?:align|alignat|aligned|alignedat|array|cases|displaymath|eqnarray|equation|flalign|gather|gathered|math|multline"
    r"|[pbBvV]?matrix|split)\*?"
)
_LINE = r"[^\\$\n]|\n(?![ \t]*\n)"
_CASELESS = (
    r"\u0590-\u109f\u1100-\u139f\u1780-\u18af\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    r"\U00020000-\U0003ffff"
)
"""Letters of scripts without spaces or case: a formula may touch them.

A dollar sign beside Latin letters or digits may be money or a shell variable.
"""

_BEFORE = rf"(?:(?<![\w$\\])\$|(?<=[{_CASELESS}])(?<!\d)\$(?![{_CASELESS}]))"
_AFTER = rf"(?:\$(?:(?![\w$])|(?=th\b))|(?<![{_CASELESS}])\$(?=[{_CASELESS}])(?!\d))"
_FORMULA = re.compile(
    rf"\\\\|\\\$"
    rf"|\\\((?P<inline>(?:\\[^()]|\$|{_LINE}){{1,{MAX_SOURCE_CHARACTERS}}})\\\)"
    rf"|\\\[(?P<block>(?:\\[^\[\]]|\$|{_LINE}){{1,{MAX_SOURCE_CHARACTERS}}})\\\]"
    rf"|\$\$(?P<dollars>(?:\\.|\$(?!\$)|{_LINE}){{1,{MAX_SOURCE_CHARACTERS}}})\$\$"
    rf"|\\\[[ \t]*\n(?P<block_alone>(?:\\[^\[\]]|[^\\]){{1,{MAX_SOURCE_CHARACTERS}}})\\\][ \t]*(?=\n|\Z)"
    rf"|\$\$[ \t]*\n(?P<dollars_alone>(?:\\[^$]|\$(?!\$)|[^\\$]){{1,{MAX_SOURCE_CHARACTERS}}})\$\$[ \t]*(?=\n|\Z)"
    rf"|(?P<environment>\\begin\{{(?P<name>{_ENVIRONMENTS})\}}(?:\\(?!end\{{(?P=name)\}})[^\n]|\$|{_LINE}){{1,{MAX_SOURCE_CHARACTERS}}}"
    rf"\\end\{{(?P=name)\}})"
    rf"|{_BEFORE}(?![\s$])(?P<dollar>(?:\\.|{_LINE}){{1,500}})(?<!\s){_AFTER}",
)
_BEGIN = re.compile(r"[\\$]")
_BEGIN_ENVIRONMENT = re.compile(rf"\\begin\{{({_ENVIRONMENTS})\}}")
_MAX_ENVIRONMENT = 2 * MAX_SOURCE_CHARACTERS + 100
"""The most characters of an environment. An escape is two characters, and MAX_SOURCE_CHARACTERS counts it as one."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")

_OPEN = re.compile(
    rf"\\\((?:\\[^()]|\$|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}\\?\Z"
    rf"|\\\[(?:\\[^\[\]]|\$|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}\\?\Z"
    rf"|\$\$(?:\\.|\$(?!\$)|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}[\\$]?\Z"
    rf"|\\begin\{{{_ENVIRONMENTS}\}}(?:\\.|\$|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}\\?\Z"
    rf"|{_BEFORE}(?:(?![\s$\d])(?:\\.|{_LINE}){{1,100}}\\?)?\Z"
)
_LEAD = r"(?:>|[-*+]|\d{1,9}[.)]|[ \t])*"
MAX_LEAD_CHARACTERS = 200
"""Characters of quote and list marks before an environment; they are scanned for each environment of a line."""

_ALONE = re.compile(
    rf"^{_LEAD}(?:(?P<mark>\$\$|\\\[)[ \t]*|\\begin\{{(?P<name>{_ENVIRONMENTS})\}}[^\n]*)$", re.MULTILINE
)
_MONEY = re.compile(rf"\d[\d.,]*\w?(?:\s+[^\W\d_]{{2,}}|\W?[{_CASELESS}]|[\u3001-\u303f\uff01-\uff65])")
_DISPLAYS = ("$$", "\\[", "\\begin")


class Formula(NamedTuple):
    """One formula in a text: offsets of its source (characters), its TeX, whether it has a line of its own."""

    start: int
    end: int
    source: str
    tex: str
    display: bool

    def html(self) -> str:
        """Return safe MathML, or the escaped source as code when the converter refuses the TeX."""
        return mathml(self.tex, self.display) or f'<code class="math">{escape(self.source)}</code>'


def may_hold_formulas(text: str) -> bool:
    """Return False for most texts without formulas, cheaply."""
    return "$" in text or ("\\" in text and ("\\(" in text or "\\[" in text or "\\begin{" in text))


def open_formula(text: str, start: int) -> bool:
    """Return whether a formula begins at `start` and later text may still close it."""
    return _OPEN.match(text, start) is not None


def stay_in_their_lines(text: str, most: int) -> bool:
    """Return whether the text has at most `most` formulas, each certainly on one line."""
    if not may_hold_formulas(text):
        return True
    if any(mark in text for mark in "`<["):
        return False
    sources = [formula.source for formula in find(text, ())]
    return len(sources) <= most and not any("\n" in source for source in sources)


def end_of_lines(line: str) -> str:
    """Return the end mark of the multi-line formula that this line begins; "" when it begins none."""
    found = _ALONE.match(line)
    return _end(found) if found and _end(found) not in line[found.end("name") :] else ""


def own_lines(text: str) -> tuple[int, int]:
    """Return the end of the last closed formula on its own lines, and the start of the open one.

    The second is the length of the text when no formula is open.
    """
    if not ("$$" in text or "\\[" in text or "\\begin{" in text):
        return 0, len(text)
    closed = position = 0
    while found := _ALONE.search(text, position):
        end = text.find(_end(found), found.end("mark" if found["mark"] else "name"))
        if end < 0:
            is_open = len(text) - found.start() <= MAX_SOURCE_CHARACTERS
            return closed, found.start() if is_open else len(text)
        closed = position = end + len(_end(found))
    return closed, len(text)


def _end(found: re.Match[str]) -> str:
    if found["name"]:
        return f"\\end{{{found['name']}}}"
    return "\\]" if found["mark"] == "\\[" else "$$"


def formula_at(text: str, start: int) -> int:
    """Return the end of the formula that begins at `start`; 0 when none does."""
    found = _FORMULA.match(text, start) if _may_end(text, start) else None
    return found.end() if found and _is_formula(found, text) else 0


def find(text: str, literal: Sequence[tuple[int, int]]) -> Iterator[Formula]:
    """Yield the formulas of a text in order. None overlaps a literal range (code, addresses; sorted, in characters)."""
    position, ahead = 0, list(reversed(literal))
    while found := _search(text, position):
        start, end = found.span()
        while ahead and ahead[-1][1] <= start:
            ahead.pop()
        if ahead and ahead[-1][0] < end:
            position = ahead[-1][1] if ahead[-1][0] <= start else start + 1
        elif _is_formula(found, text):
            yield Formula(start, end, found[0], _tex(found), found[0].startswith(_DISPLAYS))
            position = end
        else:
            position = end if found.lastgroup is None else start + 1


def _search(text: str, position: int) -> re.Match[str] | None:
    """Return the first formula or escape at or after `position`. Only `\\` and `$` begin one."""
    while begun := _BEGIN.search(text, position):
        start, position = begun.span()
        if _may_end(text, start) and (found := _FORMULA.match(text, start)):
            return found
    return None


def _may_end(text: str, start: int) -> bool:
    """Return False when an environment begins here and has no end within its limit.

    Other formulas need no such test: their patterns fail early.
    """
    if not text.startswith("\\b", start):
        return True
    found = _BEGIN_ENVIRONMENT.match(text, start)
    if found is None or not _begins_line(text, start):
        return False
    limit = start + _MAX_ENVIRONMENT
    blank = _BLANK_LINE.search(text, found.end(), limit)
    return text.find(f"\\end{{{found[1]}}}", found.end(), blank.start() if blank else limit) >= 0


def _is_formula(found: re.Match[str], text: str) -> bool:
    kind = found.lastgroup
    if kind is None or not found[kind].strip():
        return False
    if kind == "dollar":
        return not _MONEY.match(found["dollar"])
    if kind in ("block_alone", "dollars_alone"):
        return _begins_line(text, found.start()) and not found[kind].rpartition("\n")[2].strip(" \t>")
    return True


def _begins_line(text: str, position: int) -> bool:
    """Return whether only quote and list marks precede the position in its line."""
    lead = text[text.rfind("\n", 0, position) + 1 : position]
    return len(lead) <= MAX_LEAD_CHARACTERS and re.fullmatch(_LEAD, lead) is not None


def _tex(found: re.Match[str]) -> str:
    return re.sub(r"\n[ \t]*>[ \t]?", "\n", found[found.lastgroup or 0]).strip()
