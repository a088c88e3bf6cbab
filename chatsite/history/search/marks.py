"""Marks words in HTML that the site has rendered, as searches find them."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from chatsite.history.search.phrase_positions import PhraseFinder
from chatsite.history.search.phrases import Phrase

# A formula and a button are passed over whole. Quoted values of attributes may have ">" in them.
_PIECE = re.compile(
    r"""(?P<whole><(?P<name>math|button|svg)\b.*?</(?P=name)>)
    |(?P<tag><(?P<end>/?)(?P<element>[a-z0-9-]+)(?:"[^"]*"|'[^']*'|[^'">])*>)
    |(?P<entity>&\#?\w+;)|(?P<text>[^<&]+|[<&])""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# Elements that may be within a word. All others end it.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "code",
        "del",
        "em",
        "i",
        "ins",
        "kbd",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "wbr",
    ]
)


class Run(NamedTuple):
    """Text of the HTML from `start` to `end`, which begins `at` this character of the words that are seen."""

    at: int
    seen: str
    start: int
    end: int


def marked(html: str, phrases: list[Phrase]) -> SafeString:
    """Return the HTML with each match in <mark>, within the innermost elements."""
    runs = list(_runs(html))
    found = PhraseFinder(phrases).spans("".join(run.seen for run in runs))
    parts, at = [], 0
    for start, end in _places(runs, found):
        parts += [html[at:start], "<mark>", html[start:end], "</mark>"]
        at = end
    return mark_safe("".join([*parts, html[at:]]))


def _runs(html: str) -> Iterator[Run]:
    at = 0
    for piece in _PIECE.finditer(html):
        seen = _seen(piece)
        if seen:
            yield Run(at, seen, *piece.span())
        at += len(seen)


def _seen(piece: re.Match[str]) -> str:
    """Return what is read of a piece. What ends a word is a new line, in which nothing matches."""
    if piece["text"]:
        return piece["text"]
    if piece["entity"]:
        return unescape(piece["entity"])
    return "" if (piece["element"] or "").lower() in _INLINE else "\n"


def _places(runs: list[Run], found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the parts of the HTML that the matches are: one for each run that a match is in."""
    index = 0
    for begin, stop in found:
        while index < len(runs) and runs[index].at + len(runs[index].seen) <= begin:
            index += 1
        for run in runs[index:]:
            if run.at >= stop:
                break
            if run.seen != "\n":
                yield _place(run, begin, stop)


def _place(run: Run, begin: int, stop: int) -> tuple[int, int]:
    if run.end - run.start != len(run.seen):  # an entity, which cannot be divided
        return run.start, run.end
    return run.start + max(begin - run.at, 0), run.start + min(stop - run.at, len(run.seen))
