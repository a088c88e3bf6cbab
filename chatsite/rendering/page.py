"""What one document's pieces share: the definitions known so far, the caps, and the border where faults end."""

import itertools
import logging
import re
from collections.abc import Callable

from chatsite.rendering.calm import calm
from chatsite.rendering.code import framed
from chatsite.rendering.growing import GrowingCode, growing
from chatsite.rendering.markdown import blocks, definitions_in
from chatsite.rendering.safety import escape
from chatsite.rendering.writer import Figure, TooDeep

logger = logging.getLogger(__name__)

LIMIT = 32_768
"""Characters of one block (one item of a list, one row of a table); a longer one is shown as plain text."""

_FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,64})\]:", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^([^\]\s]{1,64})\](?!:)")


class Page:
    """Renders the pieces of one document."""

    def __init__(self, text: str = "", *, growing: bool = False) -> None:
        self._definitions: dict[str, str] = {}
        self._footnotes: set[str] = set()
        self._is_growing = growing
        self._code: dict[int, GrowingCode] = {}
        self._shown: str | None = None
        self._html: list[str] = []
        self.provisional = False
        """Whether a later part of the text may change how an earlier piece reads."""
        self.complete = False
        """Whether the last open piece was shown as it is, with nothing closed or held back."""
        self.learn(text)

    def learn(self, text: str) -> None:
        """Take note of the link and footnote definitions in a part of the text; the first of a name counts."""
        if "]:" not in text:
            return
        self.provisional = True
        self._shown = None
        self._definitions = definitions_in(text) | self._definitions
        self._footnotes.update(_FOOTNOTE.findall(text))

    def blocks(self, text: str) -> list[str]:
        """The top-level blocks of a piece of Markdown as safe HTML; never raises."""
        if len(text) > LIMIT:
            return [plain(text)]
        return guarded(lambda: self._blocks(text, self._figures()), text)

    def open_blocks(self, text: str) -> list[str]:
        """Like `blocks`, for a piece whose end is still to come: half-written marks are closed or held back."""
        self.complete = False
        return guarded(lambda: self._open_blocks(text), text) if len(text) <= LIMIT else [plain(text)]

    def _open_blocks(self, text: str) -> list[str]:
        shown = calm(text)
        if shown != self._shown:
            self._html = self._blocks(shown, self._figures(open_end=True), open_end=True)
            self._shown = shown
        self.complete = shown == text
        return self._html

    def figure(self, language: str, text: str) -> str:
        """A code block as safe HTML; never raises."""
        return "".join(guarded(lambda: [self._figures()(language, text)], text))

    def open_figure(self, language: str, text: str) -> str:
        """Like `figure`, for a block whose end is still to come."""
        return "".join(guarded(lambda: [self._figures(open_end=True)(language, text)], text))

    def _figures(self, *, open_end: bool = False) -> Figure:
        """Makes the code blocks of a piece; the colours of each are kept, by its place in the piece."""
        places = itertools.count()

        def figure(language: str, text: str) -> str:
            place = next(places)
            code = self._code.get(place)
            if code is None or code.language != language:
                code = self._code[place] = growing(language)
            return framed(language, code.html(text) if open_end else code.finished(text))

        return figure

    def _blocks(self, text: str, figure: Figure, *, open_end: bool = False) -> list[str]:
        return blocks(text, self._definitions, self._marks(text), figure, open_end=open_end)

    def _marks(self, text: str) -> frozenset[str]:
        if "[^" not in text or text.startswith(("    ", "\t")):
            return frozenset()
        names = {name for name in _FOOTNOTE_MARK.findall(text) if self._is_footnote(name)}
        self.provisional |= self._is_growing and bool(names)
        return frozenset(names.difference(_FOOTNOTE.findall(text)))

    def _is_footnote(self, name: str) -> bool:
        """A growing text's numbered marks are believed: their footnotes stand at its end."""
        return name in self._footnotes or (self._is_growing and name.isdecimal())


def plain(text: str) -> str:
    """A piece as text, for what is too long, too deep or went wrong."""
    return f'<p class="raw" dir="auto">{escape(text.strip())}</p>'


def guarded(rendered: Callable[[], list[str]], text: str) -> list[str]:
    """What the function gives, or the text itself when it cannot: a fault here must not end a conversation."""
    try:
        return rendered()
    except TooDeep:
        return [plain(text)]
    except Exception:
        logger.exception("A block of %d characters could not be rendered and is shown as text", len(text))
        return [plain(text)]
