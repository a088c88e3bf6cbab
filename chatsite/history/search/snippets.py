"""Snippets: the part of a text around a match, with the words marked."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chatsite.history.search.fold import is_paired
from chatsite.history.search.phrase_positions import PhraseFinder, Span
from chatsite.history.search.phrases import Phrase
from chatsite.history.search.plain_words import plain_words

SNIPPET_LENGTH = 240
BEFORE_MATCH = 70
# Of a longer text only so much around the first match is looked at closely.
WINDOW_BEFORE, WINDOW_LENGTH = 300, 1500
# Characters in which words are looked for where they are not found as they were typed.
MAX_SCANNED = 20_000


def snippet(text: str, phrases: list[Phrase], is_markdown: bool = False) -> SafeString:
    """Return about 240 characters around the first match as HTML, with each match in <mark>. Marks of Markdown are
    left out."""
    finder = PhraseFinder(phrases)
    first, last = _window(text, phrases, finder)
    part = plain_words(text[first:last]) if is_markdown else text[first:last]
    spans = finder.spans(part)
    begin = _cut_before(part, max(spans[0][0] - BEFORE_MATCH, 0) if spans else 0)
    end = _cut_after(part, begin + SNIPPET_LENGTH)
    within = [(start, stop) for start, stop in spans if start >= begin and stop <= end]
    before = "… " if first or begin else ""
    after = " …" if last < len(text) or end < len(part) else ""
    return mark_safe(f"{before}{_marked(part, begin, end, within)}{after}")


def highlighted(text: str, phrases: list[Phrase]) -> SafeString:
    """Return the whole text as HTML, with each match in <mark>."""
    return mark_safe(_marked(text, 0, len(text), PhraseFinder(phrases).spans(text)))


def _window(text: str, phrases: list[Phrase], finder: PhraseFinder) -> Span:
    """Return the part of a long text around its first match: first try words as typed, then the folded text."""
    if len(text) <= WINDOW_LENGTH:
        return 0, len(text)
    window = _around(text, _likely(text, phrases))
    if finder.spans(text[slice(*window)]):
        return window
    spans = finder.spans(text[:MAX_SCANNED])
    return _around(text, spans[0][0] if spans else 0)


def _around(text: str, at: int) -> Span:
    first = _cut_before(text, max(at - WINDOW_BEFORE, 0))
    return first, min(first + WINDOW_LENGTH, len(text))


def _likely(text: str, phrases: list[Phrase]) -> int:
    """Return the offset of the first likely match; 0 if nothing matches."""
    words = [
        re.escape(phrase.words[0][:2] if is_paired(phrase.words[0][0]) else phrase.words[0])
        for phrase in phrases
    ]
    finds = [
        re.search(rf"(?<!\w){word}" if word[0].isascii() else word, text, re.IGNORECASE) for word in words
    ]
    return min((find.start() for find in finds if find), default=0)


def _cut_before(text: str, at: int) -> int:
    """Return the start of a word at or soon after this position."""
    if at == 0:
        return 0
    blank = text.find(" ", at, at + 30)
    return blank + 1 if blank >= 0 else at


def _cut_after(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    blank = text.rfind(" ", at - 30, at)
    return blank if blank >= 0 else at


def _marked(text: str, begin: int, end: int, marks: Iterable[Span]) -> str:
    parts, at = [], begin
    for start, stop in marks:
        parts += [escape(text[at:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        at = stop
    return "".join([*parts, escape(text[at:end])])
