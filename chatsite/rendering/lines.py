"""Patterns that show, by one line of Markdown, which block begins, continues or ends."""

import re

FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`]*\Z)|~{3,})[ \t]*([^\n]*)")
HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*\n?\Z")
INTERRUPTING_ITEM = re.compile(r" {0,3}(?:[-*+]|1[.)])[ \t]+\S")
ITEM = re.compile(r"( {0,3})([-*+]|\d{1,9}[.)])(?=[ \t\n]|\Z)([ \t]*)")
RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\n?\Z")
ENDS_TABLE = re.compile(rf" {{0,3}}>|{HEADING.pattern}|{RULE.pattern}|[ \t]*\|[ \t]*\n?\Z")
DELIMITERS = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\n?\Z")
NO_PARAGRAPH = re.compile(
    r"[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])(?:[ \t]+|(?=\n)))*(?:#{1,6}[ \t\n]|`{3}|~{3}|(?:\[[ xX]\][ \t]*)?\n)"
)
"""A line in a list after which the next, unindented one is not the same paragraph."""
CONTAINER = re.compile(r" {0,3}(?:>|\[\^[^\]\n]+\]:)")
"""A line of a quotation or a footnote: every list item ends these, where a paragraph may continue over `2.`."""
UNDECIDED = re.compile(
    r"[ \t]*(?:\|[ \t]*|\d{0,9}[.)]?|1[.)][ \t]*|#{0,6}|[-*+_][-*+_ \t]*|`{1,2}|`{3,}[^`\n]*|~{1,2}|~{3,}[^\n]*)\Z"
)
"""The beginning of a line that may still become more than one thing."""


def is_blank(line: str) -> bool:
    """Whether a line has no character but spaces and tabs (Markdown knows no other white space here)."""
    return not line.strip(" \t\n")


def indent(line: str) -> int:
    """Columns of white space before a line's first character."""
    if "\t" in line[:4]:
        line = line.expandtabs(4)
    return len(line) - len(line.lstrip(" "))


def content_column(line: str) -> int:
    """The column from which on a line belongs to the list item that this line begins; 0 when it begins none."""
    if "\t" in line:
        line = line.expandtabs(4)
    found = ITEM.match(line)
    if not found or RULE.match(line):
        return 0
    space = len(found[3]) if found.end() < len(line.rstrip()) else 1
    return len(found[1]) + len(found[2]) + (space if 1 <= space <= 4 else 1)


def interrupts(line: str) -> bool:
    """Whether a line begins a block of its own straight after a paragraph's line."""
    if HEADING.match(line) or FENCE.match(line):
        return True
    return bool(INTERRUPTING_ITEM.match(line)) and not RULE.match(line)
