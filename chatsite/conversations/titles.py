"""First titles of conversations: the first words of what a person wrote."""

import re

from chatsite.conversations.title_cut import cut, cut_url

TITLE_CHARACTERS = 80
MAX_SOURCE_CHARACTERS = 4000

# Markdown's marks before a line's text, around a part of it, and of links and images.
LINE_MARKS = re.compile(r"(?:#{1,6}\s+|>\s*|[-+*•]\s+|\[[ xX]\]\s+|\d{1,9}[.)]\s+)+")
INLINE_MARKS = re.compile(r"(?<![^\s(\[“])(\*\*\*|\*\*|__|~~|```|``|`|\*|_)(?=\S)(.+?)(?<=\S)\1(?!\w)")
LINK = re.compile(r"!?\[([^\]]+)\]\([^)\s]*(?:\s[^)]*)?\)")
URL = re.compile(r"https?://(?:www\.)?([^\s<>]+)", re.IGNORECASE)
FENCE = re.compile(r"\s{0,3}(`{3,}(?=[^`]*$)|~{3,})")
# Controls, and marks that change the direction of the text around them. Joiners stay: emoji and Persian need them.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
# What a line may end with before more comes; a title does not.
OPEN_ENDS = ",;:-–—，、；："


def title_from(text: str) -> str:
    """Return a first title: the first words that a person wrote, without Markdown's marks, cut between two words.

    Prose comes before quoted lines, and these before code. A text with no word in it is its own title.
    """
    prose, quoted, code = _lines(text[:MAX_SOURCE_CHARACTERS])
    titles = [plain(_beginning(prose)), *map(plain, prose[1:]), *map(plain, quoted), *map(_visible, code)]
    found = [title for title in titles if title] or [_visible(text.strip().partition("\n")[0])]
    return cut(next(filter(_has_words, found), found[0]), TITLE_CHARACTERS)


def plain(line: str) -> str:
    """Return a line's words: without Markdown's marks, and with addresses in short."""
    text = _visible(line)
    if marks := LINE_MARKS.match(text):
        text = text[marks.end() :]
    if text.startswith("|"):
        text = text.replace("|", " ")
    text = LINK.sub(r"\1", text)
    text = URL.sub(lambda url: cut_url(url[1], TITLE_CHARACTERS // 2), text)
    for _ in range(2):  # one mark can be within another
        text = INLINE_MARKS.sub(r"\2", text)
    words = " ".join(text.split()).rstrip(OPEN_ENDS).rstrip()
    return words if _has_words(words) else _visible(line)


def _lines(text: str) -> tuple[list[str], list[str], list[str]]:
    """Return the lines that are prose, those that are quoted, and those of code, without the marks of code."""
    prose: list[str] = []
    quoted: list[str] = []
    code: list[str] = []
    fence = ""
    for line in text.splitlines():
        if mark := FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif line.strip():
            (code if fence else quoted if line.lstrip().startswith(">") else prose).append(line)
    return prose, quoted, code


def _beginning(lines: list[str]) -> str:
    """Return the first line; with the second one where it is a salutation, or breaks off at a comma."""
    first = lines[0].strip() if lines else ""
    return f"{first} {lines[1].strip()}" if first.endswith((",", "，", "、")) and len(lines) > 1 else first


def _visible(line: str) -> str:
    return " ".join(CONTROLS.sub(" ", line).split())


def _has_words(text: str) -> bool:
    return re.search(r"\w", text) is not None
