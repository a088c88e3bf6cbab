"""Finds the positions of the phrases of a query in a text."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from chatsite.history.search.fold import (
    JOINING,
    MAX_WORD_LENGTH,
    POSITIONED,
    SEVERAL,
    is_paired,
    plain,
)
from chatsite.history.search.phrases import Phrase

Span = tuple[int, int]

_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_plain = lru_cache(maxsize=5000)(plain)


class PhraseFinder:
    """Finds phrases in texts."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self._phrases = [
            (_pattern(units), phrase.is_beginning) for phrase in phrases if (units := _units(phrase))
        ]

    def spans(self, text: str) -> list[Span]:
        """Return the start and end of each match, in order, without overlaps: the longest one counts."""
        folded = Folded(text)
        found = [span for each in self._phrases for span in _found(folded.text, *each)]
        return [folded.span(*span) for span in _apart(sorted(found, key=lambda span: (span[0], -span[1])))]


class Folded:
    """A text whose words are folded, but not made pairs; each separator is a blank. With the original positions."""

    def __init__(self, text: str) -> None:
        self._length, self._starts = len(text), list[int]()
        self.text = text.translate(_ASCII if text.isascii() else POSITIONED)
        if JOINING in self.text or SEVERAL in self.text:
            self._fold_letters(text)

    def _fold_letters(self, text: str) -> None:
        """Fold letter by letter, each with its marks: some become several characters, and others none."""
        letters: list[str] = []
        for at, (character, alone) in enumerate(zip(text, self.text, strict=True)):
            if alone == JOINING and letters:
                letters[-1] = _plain(text[self._starts[-1] : at + 1])
                continue
            self._starts.append(at)
            letters.append(_plain(character) if alone in (JOINING, SEVERAL) else alone)
        self._ends = list(accumulate(map(len, letters)))
        self.text = "".join(letters)

    def span(self, start: int, end: int) -> Span:
        """Return the positions in the original text."""
        if not self._starts:
            return start, end
        first, behind = bisect_right(self._ends, start), bisect_left(self._ends, end) + 1
        return self._starts[first], self._starts[behind] if behind < len(self._starts) else self._length


def _units(phrase: Phrase) -> list[str]:
    """Return the words of the phrase, and one character after the other of what is indexed as pairs."""
    units: list[str] = []
    for word in phrase.words:
        if not is_paired(word[0]):
            units.append(word)
        elif units and len(word) == 2 and units[-1] == word[0]:
            units.append(word[1])
        elif not (len(word) == 1 and units and units[-1] == word):
            units.extend(word)
    return units


def _pattern(units: list[str]) -> re.Pattern[str]:
    parts = [re.escape(units[0])]
    for before, unit in zip(units, units[1:], strict=False):
        may_touch = is_paired(before[-1]) or is_paired(unit[0]) or len(before) == MAX_WORD_LENGTH
        parts.append(f" {'*' if may_touch else '+'}{re.escape(unit)}")
    return re.compile("".join(parts))


def _found(text: str, pattern: re.Pattern[str], is_beginning: bool) -> Iterator[Span]:
    at = 0
    while found := pattern.search(text, at):
        start, end = found.span()
        is_cut = end - start >= MAX_WORD_LENGTH
        if is_beginning or is_cut:
            while end < len(text) and not _is_end(text, end):
                end += 1
        is_whole = _is_end(text, start) and _is_end(text, end)
        if is_whole:
            yield start, end
        at = end if is_whole else start + 1


def _is_end(text: str, at: int) -> bool:
    """Whether a word may end, and another one begin, at this position."""
    if at in (0, len(text)) or text[at - 1] == " " or text[at] == " ":
        return True
    return is_paired(text[at - 1]) or is_paired(text[at])


def _apart(spans: list[Span]) -> Iterator[Span]:
    last = 0
    for start, end in spans:
        if start >= last:
            yield start, end
            last = end
