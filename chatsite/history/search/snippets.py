"""Snippets: the part of a text around a match, with the words marked."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chatsite.history.search.fold import SEPARATED, fold, is_paired
from chatsite.history.search.phrases import Phrase

SNIPPET_LENGTH = 240
BEFORE_MATCH = 70
# Characters in which words are looked for one by one. Where a long text has its words is found without folding first.
MAX_SCANNED = 20_000

_RUN = re.compile(r"\S+")


class Unit(NamedTuple):
    """A word of the text, or one character of a script that is indexed as pairs: folded, with its position."""

    word: str
    start: int
    end: int


def snippet(text: str, phrases: list[Phrase]) -> SafeString:
    """Return about 240 characters around the first match as HTML, with each match in <mark>."""
    sought = [_units_of(phrase) for phrase in phrases]
    offset = _rough_start(text, phrases)
    part = text[offset : offset + MAX_SCANNED]
    marks = list(_matches(list(_units(part)), sought))
    begin = _cut_before(text, offset + max(marks[0][0] - BEFORE_MATCH, 0) if marks else 0)
    end = _cut_after(text, begin + SNIPPET_LENGTH)
    within = [(a + offset, b + offset) for a, b in marks if a + offset >= begin and b + offset <= end]
    return mark_safe(
        f"{'… ' if begin else ''}{_marked(text, begin, end, within)}{' …' if end < len(text) else ''}"
    )


def highlighted(text: str, phrases: list[Phrase]) -> SafeString:
    """Return the whole text as HTML, with each match in <mark>."""
    marks = _matches(list(_units(text)), [_units_of(phrase) for phrase in phrases])
    return mark_safe(_marked(text, 0, len(text), list(marks)))


def _units_of(phrase: Phrase) -> tuple[list[str], bool]:
    """The phrase in the units of a text: pairs become characters again. With whether the last one is a beginning."""
    units: list[str] = []
    for word in phrase.words:
        if not is_paired(word[0]):
            units.append(word)
        elif units and len(word) == 2 and units[-1] == word[0]:
            units.append(word[1])
        elif not (len(word) == 1 and units and units[-1] == word):
            units.extend(word)
    return units, phrase.is_beginning and not is_paired(units[-1][0])


def _units(text: str) -> Iterator[Unit]:
    for run in _RUN.finditer(text.translate(SEPARATED)):
        yield from _units_in(run[0], run.start())


def _units_in(run: str, start: int) -> Iterator[Unit]:
    """Yield the units of the characters between two separators."""
    if run.isascii():
        yield Unit(run.lower(), start, start + len(run))
        return
    at = 0
    while at < len(run):
        end = at + 1
        if not is_paired(run[at]):
            while end < len(run) and not is_paired(run[end]):
                end += 1
        yield from (Unit(word, start + at, start + end) for word in _folded(run[at:end]))
        at = end


@lru_cache(maxsize=20_000)
def _folded(word: str) -> list[str]:
    return fold(word).split()


def _matches(units: list[Unit], sought: list[tuple[list[str], bool]]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each match of a phrase, in order, without overlaps."""
    at = 0
    while at < len(units):
        length = max(
            (len(words) for words, beginning in sought if _stands(units, at, words, beginning)), default=0
        )
        if length:
            yield units[at].start, units[at + length - 1].end
        at += length or 1


def _stands(units: list[Unit], at: int, words: list[str], is_beginning: bool) -> bool:
    if units[at].word != words[0] and not (is_beginning and len(words) == 1):
        return False
    here = [unit.word for unit in units[at : at + len(words)]]
    if len(here) < len(words) or here[:-1] != words[:-1]:
        return False
    return here[-1].startswith(words[-1]) if is_beginning else here[-1] == words[-1]


def _rough_start(text: str, phrases: list[Phrase]) -> int:
    """Return where to start scanning a long text: before the first likely match, or 0."""
    if len(text) <= MAX_SCANNED:
        return 0
    words = (
        re.escape(phrase.words[0][:2] if is_paired(phrase.words[0][0]) else phrase.words[0])
        for phrase in phrases
    )
    finds = (
        re.search(rf"(?<!\w){word}" if word[0].isascii() else word, text, re.IGNORECASE) for word in words
    )
    return max(min((find.start() for find in finds if find), default=0) - BEFORE_MATCH, 0)


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


def _marked(text: str, begin: int, end: int, marks: Iterable[tuple[int, int]]) -> str:
    parts, at = [], begin
    for start, stop in marks:
        parts += [escape(text[at:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        at = stop
    return "".join([*parts, escape(text[at:end])])
