"""The end of a text that is still being written, without half-open marks.

A reader should not see `**bo` turn into bold, a lone `-` into a list, or half an address. Marks that the text to come
may still complete are closed (emphasis, code) or held back (formulas, addresses, a line that may become anything).
This changes only how the text looks. The result is rendered and escaped like any other text.
"""

import re

from chatsite.rendering import formulas, links
from chatsite.rendering.info_string import Info
from chatsite.rendering.nested_fences import may_hold_fence, open_code
from chatsite.rendering.tex import MAX_SOURCE_CHARACTERS

MAX_LINE_CHARACTERS = 2000
"""Characters from the last line's or paragraph's beginning that are looked at; in a longer one marks may show."""

_MAX_CUT_CHARACTERS = 200
_MAX_OPEN_CODE_CHARACTERS = 300
_MAX_CLOSED_RUNS = 8
_MAX_RUNS = 32
"""Open runs of marks that are followed up; each further mark would be compared with all of them."""
_LEAD = r"(?=(?P<lead>[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+)*>?))(?P=lead)"
"""A line's marks of quotations and items. A lookahead is never tried again, so a long lead costs linear time."""
_HELD_LINE = re.compile(
    rf"{_LEAD}(?:(?:#{{1,6}}|[-*+_=~]{{1,40}}|\d{{1,9}}[.)]?|`{{1,2}}|\[[ xX]?\]?)?[ \t]*"
    r"|[`~]{3,}(?:[^`~\n][^`\n]*)?|[|:][-|: \t]*)\Z"
)
_BLOCK_LINE = re.compile(r"\n(?=[ \t]*(?:>|#{1,6}[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t]|\||\n))")
_DELIMITERS = re.compile(r"[ \t]*\|?[-|: \t]*\Z")
_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\]\n]{1,200}\]:[^\n]*\Z")
_CUT_END = re.compile(
    r"(?:!(?:\[\^?)?|\[\^?|\\(?:[(\[]|be?g?i?n?(?:\{[A-Za-z]{0,12}\*?)?)?|&#?\w{0,31}|<(?:h(?:t(?:t(?:ps?(?::\S*)?)?)?)?)?"
    r"|</?[a-z]{0,4}/?)\Z"
)
_MARK = re.compile(r"\\begin\{|</?(?:sub|sup|kbd|mark|u)>|``*|\*\**|__*|~~?|\$\$?|\[|\]|\\[^\w\s]")
_ADDRESS_OR_MARK = re.compile(rf"https?://|www\.|{_MARK.pattern}")
_ADDRESS = re.compile(r"\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+\"[^\"\n]*\")?\)|\[[^\]\n]*\]")
_OPEN_ADDRESS = re.compile(r"(?:\([^\s)]*(?:[ \t]+(?:\"[^\"\n]*\"?)?)?|\[[^\]\n]*)?\Z")


def without_open_marks(text: str) -> str:
    """The text as it should be shown while its end is being written."""
    line = text.rfind("\n") + 1
    if len(text) - line > MAX_LINE_CHARACTERS:
        return text
    if may_hold_fence(text) and (fence := open_code(text)):
        if Info.of(fence[2]).is_formula and len(text) - fence.start() <= MAX_SOURCE_CHARACTERS:
            return text[: fence.start()]
        return text[:line] if text[line:].strip(" \t>").strip("`~") == "" else text
    closed = 0
    if "$" in text or "\\" in text:
        closed, opened = formulas.own_lines(text)
        if opened < len(text):
            return text[:opened]
    if _HELD_LINE.match(text, line) or ("]:" in text and _DEFINITION.match(text, line)):
        text = text[:line]
    if "|" in text[-MAX_LINE_CHARACTERS:]:
        text = _without_table_head(text)
    begun = max(_last_block(text), min(closed, len(text)))
    if len(text) - begun > MAX_LINE_CHARACTERS:
        return text
    return _without_bare_bar(text[:begun] + _closed(text[begun:]))


def _without_bare_bar(text: str) -> str:
    """Hold a table's row of which only the first bar is left."""
    line = text.rfind("\n") + 1
    return text[:line] if text.endswith(("|", "| ")) and text[line:].strip(" \t>") == "|" else text


def _without_table_head(text: str) -> str:
    """Hold a table's first row until the line under it says that it is one."""
    *before, last = text[-MAX_LINE_CHARACTERS:].rstrip("\n").rsplit("\n", 2)
    above = before[-1] if before else ""
    if _is_row(last) and not _is_row(above):
        return text[: len(text.rstrip("\n")) - len(last)]
    if _is_row(above) and not _is_row(before[0] if len(before) == 2 else "") and _DELIMITERS.match(last):
        return text if text.endswith("\n") else text[: len(text) - len(last) - len(above) - 1]
    return text


def _is_row(line: str) -> bool:
    return line.lstrip(" ").startswith("|")


def _last_block(text: str) -> int:
    """Where the last line that begins a block, or a paragraph, begins; in a table's row, the last cell."""
    begun = 0
    if "\n" in text:
        end = len(text.rstrip("\n"))
        for found in _BLOCK_LINE.finditer(text, max(0, end - MAX_LINE_CHARACTERS), end):
            begun = found.end()
    if text.startswith("|", begun):
        begun = _last_cell(text, begun)
    return begun


def _last_cell(text: str, row: int) -> int:
    """Where the last cell of the row begins; a bar in code that is open begins none."""
    cell = text.rfind("|") + 1
    if text.count("`", row, cell) % 2:
        cell = text.rfind("|", row, text.rfind("`", row, cell)) + 1
    return cell


def _closed(text: str) -> str:
    """One paragraph's text with its open marks closed or taken out."""
    if end := _CUT_END.search(text, max(0, len(text) - _MAX_CUT_CHARACTERS, text.rfind(" ") + 1)):
        text = text[: end.start()]
    hidden: list[tuple[int, int]] = []
    runs: list[tuple[int, str]] = []
    brackets: list[int] = []
    position = 0
    search = (_ADDRESS_OR_MARK if links.may_hold_addresses(text) else _MARK).search
    while found := search(text, position):
        mark = found[0]
        first = mark[0]
        start, position = found.span()
        # One "~" is a mark only as the first half of two.
        if first in "*_" or mark == "~~" or (mark == "~" and position == len(text)):
            if position == len(text):
                text = _without_open_run(text, start, mark, runs)
                break
            _count_run(text, start, mark, runs)
            if len(runs) > _MAX_RUNS:
                return text
        elif first == "`":
            end_of_code = _code_end(text, mark, position)
            if end_of_code < 0 and len(text) - position < _MAX_OPEN_CODE_CHARACTERS:
                runs.append((start, mark))
                break
            position = max(end_of_code, position)
        elif first in "hw":
            position = links.end_of_address(text, start) or position
        elif first == "<":
            _count_tag(mark, start, runs)
        elif first == "$" or mark in ("\\(", "\\[", "\\begin{"):
            position = formulas.formula_at(text, start) or position
            if position == found.end() and formulas.open_formula(text, start):
                text = text[:start]
        elif mark == "[":
            brackets.append(start)
        elif mark == "]" and brackets:
            opened = brackets.pop()
            if address := _ADDRESS.match(text, position):
                position = address.end()
            elif _OPEN_ADDRESS.match(text, position):
                hidden += _bracket(text, opened)
                text = text[:start]
    hidden += [part for opened in brackets for part in _bracket(text, opened)]
    return _assembled(text, hidden, runs) if hidden or runs else text


def _code_end(text: str, marks: str, position: int) -> int:
    """The end of the code span that `marks` opened before the position, or -1 while it is open."""
    while (found := text.find(marks, position)) >= 0:
        position = found + len(marks)
        while text.startswith("`", position):
            position += 1
        if position - found == len(marks):
            return position
    return -1


def _count_run(text: str, start: int, marks: str, runs: list[tuple[int, str]]) -> None:
    """Let a run of marks close what is open, and note what it opens."""
    before, end = text[start - 1] if start else " ", start + len(marks)
    if runs and not before.isspace():
        marks = _close(marks, runs)
    if marks and not text[end].isspace() and not (marks[0] == "_" and before.isalnum()):
        runs.append((end - len(marks), marks))


def _count_tag(tag: str, start: int, runs: list[tuple[int, str]]) -> None:
    """Note the end tag that an open tag needs, or take away what an end tag closes."""
    if tag[1] != "/":
        runs.append((start, tag))
    elif (opening := tag.replace("/", "")) in (marks for _, marks in runs):
        while runs.pop()[1] != opening:
            pass


def _close(marks: str, runs: list[tuple[int, str]]) -> str:
    """Take from the open runs what these marks close; what is left of the marks."""
    if runs and runs[-1][1] == marks:
        runs.pop()
        return ""
    while marks:
        place = len(runs) - 1
        while place >= 0 and runs[place][1][0] != marks[0]:
            place -= 1
        if place < 0:
            return marks
        start, opened = runs[place]
        count = min(len(opened), len(marks))
        runs[place:] = [(start, opened[count:])] if len(opened) > count else []
        marks = marks[count:]
    return marks


def _without_open_run(text: str, start: int, marks: str, runs: list[tuple[int, str]]) -> str:
    """A run at the very end: kept when it closes what is open, else it has to wait."""
    same = [opened for _, opened in runs if opened[0] == marks[0]]
    if same and len(same[-1]) <= len(marks) and not text[:start][-1:].isspace():
        left = _close(marks, runs)
        return text[: len(text) - len(left)]
    return text[:start]


def _bracket(text: str, opened: int) -> list[tuple[int, int]]:
    """What to hide of an open bracket: nothing inside a word (`a[0`), all of a footnote's mark."""
    if text.startswith("[^", opened):
        return [(opened, len(text))]
    before = text[opened - 1 : opened]
    if before.isalnum() or before in ("]", ")"):
        return []
    return [(opened - (before == "!"), opened + 1)]


def _assembled(text: str, hidden: list[tuple[int, int]], runs: list[tuple[int, str]]) -> str:
    """The text with closing marks at its end, less what is hidden and the marks that would hold nothing."""
    closing = ""
    if len(runs) > _MAX_CLOSED_RUNS:
        runs = []
    for start, marks in reversed(runs):
        inner = text[start + len(marks) :]
        if not closing and not inner.strip(" \t\n*_~`[!"):
            text = text[:start]
        else:
            closing += marks.replace("<", "</")
    ending = text.rstrip() if closing else text
    for start, end in sorted(hidden, reverse=True):
        ending = ending[:start] + ending[end:]
    return ending + closing
