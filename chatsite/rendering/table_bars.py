"""Rows of tables, where a bar in code ends a cell unless it is escaped: people and models forget that."""

import re
from collections.abc import Iterator

_DELIMITERS = re.compile(r"^[ \t>]*[|:-][|: \t-]*$", re.MULTILINE)
_BAR = re.compile(r"(?<!\\)\|")
_BACKTICKS = re.compile(r"(?<!\\)`+")


def may_hold_table(text: str) -> bool:
    """Whether a line could stand under the head of a table."""
    return any(_is_delimiters(found[0]) for found in _DELIMITERS.finditer(text))


def with_escaped_bars(text: str) -> str:
    """The text with the bars in code escaped in each row that would else have more cells than its table."""
    lines = text.split("\n")
    columns = 0
    for number, line in enumerate(lines):
        if number + 1 < len(lines) and "|" in line and not columns:
            columns = _columns(lines[number + 1])
        columns = columns if line.strip(" \t>") else 0
        if columns:
            lines[number] = _escaped(line, columns)
    return "\n".join(lines)


def _is_delimiters(line: str) -> bool:
    return "|" in line and "-" in line


def _columns(line: str) -> int:
    """How many columns a table with this line under its head has; 0 where it has none."""
    return _cells(line) if _DELIMITERS.fullmatch(line) and _is_delimiters(line) else 0


def _cells(row: str) -> int:
    row = row.strip(" \t>")
    return len(_BAR.findall(row)) + 1 - row.startswith("|") - (row.endswith("|") and len(row) > 1)


def _escaped(row: str, columns: int) -> str:
    if "`" not in row or _cells(row) <= columns:
        return row
    parts: list[str] = []
    position = 0
    for start, end in _code_spans(row):
        parts += (row[position:start], _BAR.sub(r"\\|", row[start:end]))
        position = end
    return "".join((*parts, row[position:]))


def _code_spans(row: str) -> Iterator[tuple[int, int]]:
    """Where the code of each span begins and ends: between two equal runs of backticks."""
    runs = [found.span() for found in _BACKTICKS.finditer(row)]
    following: list[int] = []
    nearest: dict[int, int] = {}
    for number, (start, end) in reversed(list(enumerate(runs))):
        following.append(nearest.get(end - start, 0))
        nearest[end - start] = number
    following.reverse()
    number = 0
    while number < len(runs):
        if closing := following[number]:
            yield runs[number][1], runs[closing][0]
        number = max(closing, number) + 1
