"""Markdown without its marks, for snippets. Words stay as they are, so that each match can still be marked."""

import re

from chatsite.history.search.fold import is_paired

_MARK = re.compile(r"[*`~#>|\]]|^[ \t]*[-+_]", re.MULTILINE)
# At the beginning of lines: fences, headings and quotes, and lines of dashes.
_BEFORE = re.compile(
    r"^[ \t]*(?:(?:`{3,}|~{3,})[ \t]*|(?:#{1,6}[ \t]+|>[ \t]?)+|(?:[-*_][ \t]*){3,}$)", re.MULTILINE
)
_BULLET = re.compile(r"^([ \t]*)[-*+][ \t]+", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*\|(.*)\|[ \t]*$", re.MULTILINE)
_BELOW_HEADER = re.compile(
    r"^[ \t]*(?:\|[ \t]*)?:?-+:?(?:[ \t]*\|[ \t]*:?-+:?)*[ \t]*(?:\|[ \t]*)?$", re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\(([^()\s]{0,300})\)")
_AROUND = re.compile(r"(\*{1,3}|~~|`{1,3})(?=[^\s*~`])([^\n]{0,299}?[^\s*~`])\1(?![*~`])")


def plain_words(markdown: str) -> str:
    """Return the text without marks of headings, emphasis, code, lists, quotes, tables and links."""
    if not _MARK.search(markdown):
        return markdown
    text = _BELOW_HEADER.sub("", markdown)
    text = _ROW.sub(lambda row: row[1].replace("|", " "), text)
    text = _BULLET.sub(r"\1• ", _BEFORE.sub("", text))
    return _AROUND.sub(_inside, _LINK.sub(r"\1 (\2)", text))


def _inside(found: re.Match[str]) -> str:
    """Return what the marks are around; with them where two words would become one."""
    text, (start, end) = found.string, found.span()
    inside = found[2]
    if start and _join(text[start - 1], inside[0]) or end < len(text) and _join(inside[-1], text[end]):
        return found[0]
    return inside


def _join(one: str, other: str) -> bool:
    return one.isalnum() and other.isalnum() and not is_paired(one) and not is_paired(other)
