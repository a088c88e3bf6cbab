"""First titles of conversations."""

import re

TITLE_CHARACTERS = 80
MAX_SOURCE_CHARACTERS = 1000

# Markdown's marks before a line's text, and around a part of it.
LINE_MARKS = re.compile(r"(?:#{1,6}\s+|>\s*|[-+*•]\s+|\[[ xX]\]\s+|\d{1,9}[.)]\s+)+")
INLINE_MARKS = re.compile(r"(?<![^\s(\[“])(\*\*|__|~~|`|\*|_)(?=\S)(.+?)(?<=\S)\1(?!\w)")
FENCE = re.compile(r"`{3,}|~{3,}")


def title_from(text: str) -> str:
    """Return a first title: the first line that has words, without Markdown's marks, cut at a word."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    titles = (_without_marks(line) for line in lines if not FENCE.match(line))
    line = next((title for title in titles if re.search(r"\w", title)), lines[0] if lines else "")
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[: TITLE_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _without_marks(line: str) -> str:
    text = line[:MAX_SOURCE_CHARACTERS]
    if marks := LINE_MARKS.match(text):
        text = text[marks.end() :]
    return INLINE_MARKS.sub(r"\2", text)
