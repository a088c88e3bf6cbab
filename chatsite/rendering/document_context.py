"""Shared state of one document: link definitions seen so far, size limits, and the last-resort error handler."""

import logging
import re
from collections.abc import Callable
from functools import partial

from chatsite.rendering.code_figure import CodeFigures, code_figure
from chatsite.rendering.html_buffer import TooLarge
from chatsite.rendering.info_string import Info
from chatsite.rendering.markdown import blocks, definitions_in
from chatsite.rendering.piece_context import PieceContext
from chatsite.rendering.safety import escape
from chatsite.rendering.unfinished import without_open_marks

logger = logging.getLogger(__name__)

MAX_BLOCK_CHARACTERS = 32_768
"""Characters of one block (one item of a list, one row of a table); a longer one is shown as plain text."""

MAX_HTML_PER_CHARACTER = 20
MIN_HTML_CHARACTERS = 65_536
"""The most characters of a document's HTML: the first number for each character of its text, and the second on top.
What would exceed that, as one long address that thousands of short labels refer to, is shown as plain text."""

_NONE: frozenset[str] = frozenset()
_FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,64})\]:", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^([^\]\s]{1,64})\](?!:)")


class DocumentContext:
    """Renders the pieces of one document, each finished piece once and in order."""

    def __init__(self, text: str = "", *, growing: bool = False) -> None:
        self._definitions: dict[str, str] = {}
        self._footnotes: set[str] = set()
        self._headings: tuple[int, ...] = ()
        self._left = MIN_HTML_CHARACTERS
        self._is_growing = growing
        self._code = CodeFigures()
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
        for label, url in definitions_in(text).items():
            self._definitions.setdefault(label, url)
        self._footnotes.update(_FOOTNOTE.findall(text))

    def blocks(self, text: str) -> list[str]:
        """The top-level blocks of a finished piece of Markdown as safe HTML; never raises."""
        html = self.uncounted(text, text, 0)
        left = self._left + MAX_HTML_PER_CHARACTER * len(text)
        size = sum(map(len, html))
        if size > left:
            html = [plain(text)]
            size = len(html[0])
        self._left = left - size
        return html

    def uncounted(self, text: str, counts: str, known: int) -> list[str]:
        """The same for a piece that is counted later: of it `counts` is new, and `known` characters of HTML are not."""
        if len(text) > MAX_BLOCK_CHARACTERS:
            return [plain(text)]
        context = self._context(text, self._left + MAX_HTML_PER_CHARACTER * len(counts) + known)
        html = guarded(partial(blocks, context=context), text)
        self._headings, self._shown = context.headings, None
        return html

    def has_room(self, characters: int, text: str) -> bool:
        """Whether a part with this source may become this number of characters of HTML."""
        return characters <= self._left + MAX_HTML_PER_CHARACTER * len(text)

    def counted(self, html: str, text: str, as_text: str) -> str:
        """A finished part's HTML, or the part as text where its HTML is too much for its source."""
        left = self._left + MAX_HTML_PER_CHARACTER * len(text)
        html = html if len(html) <= left else as_text
        self._left = left - len(html)
        return html

    def open_blocks(self, text: str) -> list[str]:
        """Like `blocks`, for a piece whose end is still to come: half-written marks are closed or held back."""
        self.complete = False
        return guarded(self._open_blocks, text) if len(text) <= MAX_BLOCK_CHARACTERS else [plain(text)]

    def _open_blocks(self, text: str) -> list[str]:
        shown = without_open_marks(text)
        if shown != self._shown:
            context = self._context(shown, self._left + MAX_HTML_PER_CHARACTER * len(shown), open_end=True)
            self._html = blocks(shown, context, open_end=True)
            self._shown = shown
        self.complete = shown == text
        return self._html

    def figure(self, info: str, text: str) -> str:
        """A finished code block as safe HTML; never raises."""
        html = self._figure(info, text, open_end=False)
        self._left += MAX_HTML_PER_CHARACTER * len(text) - len(html)
        return html

    def open_figure(self, info: str, text: str) -> str:
        """Like `figure`, for a block whose end is still to come."""
        return self._figure(info, text, open_end=True)

    def _figure(self, info: str, text: str, *, open_end: bool) -> str:
        """A code block, without colours or its frame where they are too much."""
        self._code.begin(open_end=open_end)
        html = "".join(guarded(lambda code: [self._code.figure(info, code)], text))
        left = self._left + MAX_HTML_PER_CHARACTER * len(text)
        if len(html) > left:
            html = code_figure(Info.of(info).label, escape(text))
        return html if len(html) <= left else plain(text)

    def _context(self, text: str, max_html: int, *, open_end: bool = False) -> PieceContext:
        self._code.begin(open_end=open_end)
        marks = self._marks(text) if "[^" in text else _NONE
        return PieceContext(self._code.figure, self._definitions, marks, self._headings, max_html)

    def _marks(self, text: str) -> frozenset[str]:
        if text.startswith(("    ", "\t")):
            return _NONE
        names = {name for name in _FOOTNOTE_MARK.findall(text) if self._is_footnote(name)}
        self.provisional |= self._is_growing and bool(names)
        return frozenset(names.difference(_FOOTNOTE.findall(text)))

    def _is_footnote(self, name: str) -> bool:
        """Whether a footnote has this name. In a growing text any number may be one: footnotes come at its end."""
        return name in self._footnotes or (self._is_growing and name.isdecimal())


def plain(text: str) -> str:
    """A piece as text, for what is too long, too deep or went wrong."""
    return f'<p class="raw" dir="auto">{escape(text.strip())}</p>'


def guarded(rendered: Callable[[str], list[str]], text: str) -> list[str]:
    """Return what the function returns for a text, or the text itself where it fails: an error must not end a chat."""
    try:
        return rendered(text)
    except TooLarge:
        return [plain(text)]
    except Exception:
        logger.exception("A block could not be rendered and is shown as text (%d characters)", len(text))
        return [plain(text)]
