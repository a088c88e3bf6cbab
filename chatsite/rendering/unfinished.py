"""The end of a text that is still being written, without half-open marks.

A reader should not see `**bo` turn into bold, a lone `-` into a list, or half an address. Marks that the text to come
may still complete are closed (emphasis, code) or held back (formulas, addresses, a line that may become anything).
This changes only how the text looks. The result is rendered and escaped like any other text.
"""

import re

from chatsite.rendering import formulas
from chatsite.rendering.info_string import Info
from chatsite.rendering.nested_fences import may_hold_fence, open_code
from chatsite.rendering.open_marks import closed
from chatsite.rendering.tex import MAX_SOURCE_CHARACTERS

MAX_LINE_CHARACTERS = 2000
"""Characters from the last line's or paragraph's beginning that are looked at; in a longer one marks may show."""

_LEAD = r"(?=(?P<lead>[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+)*>?))(?P=lead)"
"""A line's marks of quotations and items. A lookahead is never tried again, so a long lead costs linear time."""
_HELD_LINE = re.compile(
    rf"{_LEAD}(?:(?:#{{1,6}}|[-*+_=~]{{1,40}}|\d{{1,9}}[.)]?|`{{1,2}}|\[[ xX]?\]?)?[ \t]*"
    r"|[`~]{3,}(?:[^`~\n][^`\n]*)?|[|:][-|: \t]*)\Z"
)
_BLOCK_LINE = re.compile(r"\n(?=[ \t]*(?:>|#{1,6}[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t]|\||\n))")
_DELIMITERS = re.compile(r"[ \t]*\|?[-|: \t]*\Z")
_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\]\n]{1,200}\]:[^\n]*\Z")


def without_open_marks(text: str) -> str:
    """The text as it should be shown while its end is being written."""
    line = text.rfind("\n") + 1
    if len(text) - line > MAX_LINE_CHARACTERS:
        return text
    if may_hold_fence(text) and (fence := open_code(text)):
        if Info.of(fence[2]).is_formula and len(text) - fence.start() <= MAX_SOURCE_CHARACTERS:
            return text[: fence.start()]
        return text[:line] if text[line:].strip(" \t>").strip("`~") == "" else text
    formulas_end = 0
    if "$" in text or "\\" in text:
        formulas_end, opened = formulas.own_lines(text)
        if opened < len(text):
            return text[:opened]
    if _HELD_LINE.match(text, line) or ("]:" in text and _DEFINITION.match(text, line)):
        text = text[:line]
    if "|" in text[-MAX_LINE_CHARACTERS:]:
        text = _without_table_head(text)
    begun = max(_last_block(text), min(formulas_end, len(text)))
    if len(text) - begun > MAX_LINE_CHARACTERS:
        return text
    return _without_bare_bar(text[:begun] + closed(text[begun:]))


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
