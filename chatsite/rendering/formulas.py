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
"""Letters of scripts that write no spaces, or join words: a formula may touch them. What is written in Latin letters
and digits beside a dollar sign may be money, or a name in a shell."""

_BEFORE = rf"(?:(?<![\w$\\])\$|(?<=[{_CASELESS}])(?<!\d)\$(?![{_CASELESS}]))"
_AFTER = rf"(?:\$(?![\w$])|(?<![{_CASELESS}])\$(?=[{_CASELESS}])(?!\d))"
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
"""Characters of an environment at most: an escape of two characters counts as one of MAX_SOURCE_CHARACTERS."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")

_OPEN = re.compile(
    rf"\\\((?:\\[^()]|\$|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}\\?\Z"
    rf"|\\\[(?:\\[^\[\]]|\$|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}\\?\Z"
    rf"|\$\$(?:\\.|\$(?!\$)|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}[\\$]?\Z"
    rf"|\\begin\{{{_ENVIRONMENTS}\}}(?:\\.|\$|{_LINE}){{0,{MAX_SOURCE_CHARACTERS}}}\\?\Z"
    rf"|{_BEFORE}(?:(?![\s$\d])(?:\\.|{_LINE}){{1,100}}\\?)?\Z"
)
_LEAD = r"(?:>|[-*+]|\d{1,9}[.)]|[ \t])*"
_ALONE = re.compile(
    rf"^{_LEAD}(?:(?P<mark>\$\$|\\\[)[ \t]*|\\begin\{{(?P<name>{_ENVIRONMENTS})\}}[^\n]*)$", re.MULTILINE
)
_MONEY = re.compile(rf"\d[\d.,]*\w?(?:\s+[^\W\d_]{{2,}}|\W?[{_CASELESS}]|[\u3001-\u303f\uff01-\uff65])")
_DISPLAYS = ("$$", "\\[", "\\begin")


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
    return "$" in text or ("\\" in text and ("\\(" in text or "\\[" in text or "\\begin{" in text))


def open_formula(text: str, start: int) -> bool:
    """Whether the mark at `start` begins a formula that the text to come may still close."""
    return _OPEN.match(text, start) is not None


def stay_in_their_lines(text: str, most: int) -> bool:
    """Whether a text has at most so many formulas, each in one line for certain: then its lines are read alike."""
    if not may_hold_formulas(text):
        return True
    if any(mark in text for mark in "`<["):
        return False
    sources = [formula.source for formula in find(text, ())]
    return len(sources) <= most and not any("\n" in source for source in sources)


def end_of_lines(line: str) -> str:
    """What ends the formula that a line begins and that stands on lines of its own; nothing where it begins none."""
    found = _ALONE.match(line)
    return _end(found) if found and _end(found) not in line[found.end("name") :] else ""


def own_lines(text: str) -> tuple[int, int]:
    """Of the formulas on lines of their own: where the last one ends, and where the one begins that has no end yet.

    The second is the text's length when there is none.
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
    """The end of the formula that begins at `start`, or 0 when none does."""
    found = _FORMULA.match(text, start) if _may_end(text, start) else None
    return found.end() if found and _is_formula(found, text) else 0


def find(text: str, literal: Sequence[tuple[int, int]]) -> Iterator[Formula]:
    """The formulas of a text, in order, none touching a literal range (code, addresses; sorted, in characters)."""
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
    """The first formula or escape from a position on; only two characters begin one."""
    while begun := _BEGIN.search(text, position):
        start, position = begun.span()
        if _may_end(text, start) and (found := _FORMULA.match(text, start)):
            return found
    return None


def _may_end(text: str, start: int) -> bool:
    """Whether an environment that begins here has an end that is near enough; any other mark stops a search soon."""
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
    """Whether nothing but marks of quotations and items stands before a position in its line."""
    return re.fullmatch(_LEAD, text[text.rfind("\n", 0, position) + 1 : position]) is not None


def _tex(found: re.Match[str]) -> str:
    return re.sub(r"\n[ \t]*>[ \t]?", "\n", found[found.lastgroup or 0]).strip()
