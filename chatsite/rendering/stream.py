"""A document's HTML: of a whole text, and of a text that grows."""

import logging
from collections import deque

from chatsite.rendering import lines
from chatsite.rendering.block import Block
from chatsite.rendering.block_kinds import open_block
from chatsite.rendering.document_context import DocumentContext, plain
from chatsite.rendering.fast_tail import FastTail
from chatsite.rendering.safety import normal

logger = logging.getLogger(__name__)

MAX_FLUSH_CHARACTERS = 8192
"""Characters that one flush parses at most (10 to 40 ms), so that one long answer cannot delay the others."""


def render(text: str) -> str:
    """A whole Markdown text as safe HTML. Never raises; the cost is linear in the text."""
    try:
        return _rendered(_one_line_end(normal(text)))
    except Exception:
        logger.exception("A text of %d characters could not be rendered and is shown as it is", len(text))
        return plain(normal(text))


def _rendered(text: str) -> str:
    settled: list[str] = []
    document = _Document(DocumentContext(text), settled)
    document.add(text)
    last = document.end()
    return "".join((*settled, last))


class StreamRenderer:
    """One answer's HTML while it grows: `"".join(settled)` and after it the open tail is what to show."""

    def __init__(self, text: str = "") -> None:
        self.settled: list[str] = []
        """Safe HTML of the blocks that will not change any more, one string each; only grows."""
        self._document = _Document(DocumentContext(growing=True), self.settled)
        self._new: deque[str] = deque()
        self.behind = 0
        """Characters that no flush has parsed yet."""
        self._tail = ""
        self.append(text)

    def append(self, text: str) -> None:
        """Take the next part of the answer. Nothing is parsed before the next flush."""
        if len(text) <= MAX_FLUSH_CHARACTERS:
            self._new.append(text)
        else:
            self._new.extend(
                text[begin : begin + MAX_FLUSH_CHARACTERS]
                for begin in range(0, len(text), MAX_FLUSH_CHARACTERS)
            )
        self.behind += len(text)

    def flush(self) -> str:
        """Parse what came since the last flush, extend `settled`, and return the open tail's safe HTML.

        A flush parses about MAX_FLUSH_CHARACTERS; the next flushes parse the rest. The tail of a long block is updated
        only after it grew by a fraction of its size, so the cost of an answer stays linear in its length. Never raises.
        """
        try:
            if self._take():
                self._tail = self._document.tail()
        except Exception:
            logger.exception("An answer's open end could not be rendered and is shown as it is")
            self._tail = plain(self._document.open_text())
        return self._tail

    def end(self) -> str | None:
        """The whole answer's safe HTML, the same bytes that `render` returns for the text; None when it must be
        rendered again, because its end changed its beginning. Nothing is appended afterwards.

        After it `settled` and the last `flush` are what was shown, with the end of the last block.
        """
        try:
            while self._take():
                pass
            self._tail = self._document.end()
        except Exception:
            logger.exception("An answer's end could not be rendered")
            return None
        return None if self._document.context.provisional else "".join((*self.settled, self._tail))

    def _take(self) -> bool:
        text = ""
        while self._new and len(text) < MAX_FLUSH_CHARACTERS:
            text += self._new.popleft()
        if not text:
            return False
        self.behind -= len(text)
        self._document.add(normal(text))
        return True


class _Document:
    """Cuts lines into blocks and settles those that are done."""

    def __init__(self, context: DocumentContext, settled: list[str]) -> None:
        self.context = context
        self._settled = settled
        self._block: Block | None = None
        self._source: list[str] = []
        self._rest: list[str] = []
        self._rest_size = 0
        self._decided = False
        self._return = False
        self._fresh = ""
        self._open = FastTail("", "")
        self._shown: int | None = None

    def add(self, text: str) -> None:
        """Take the next piece of text."""
        if self._return or "\r" in text:
            text = self._whole_line_ends(text)
        self._fresh += text
        if "\n" in text:
            *whole, text = text.split("\n")
            for line in whole:
                self._line("".join((*self._rest, line, "\n")))
                self._rest, self._rest_size, self._decided = [], 0, False
        if text:
            self._rest.append(text)
            self._rest_size += len(text)
            if not self._decided:
                self._decide()

    def tail(self) -> str:
        """The open block's HTML; the last one again while too little has changed."""
        new, self._fresh = self._fresh, ""
        if "\n" in new and self._rest and not self._decided:
            new = new[: -self._rest_size]
        if self._open.extend(new):
            return self._open.html
        size = self._rest_size + (self._block.size if self._block else 0)
        weight = self._rest_size + (self._block.weight if self._block else 0)
        if self._shown is not None and size - self._shown < max((weight - 1024) / 16, (size - 8192) / 64):
            self._open.freeze()
            return self._open.html
        self._shown = size
        rest = "".join(self._rest) if self._decided else ""
        self.context.complete = False
        block = self._block or open_block(self.context, rest)
        html = block.tail(rest) if self._block or rest else ""
        self._open = FastTail(html, rest if self.context.complete else "")
        return html

    def open_text(self) -> str:
        """The text that is not settled."""
        return "".join((*self._source, *self._rest))

    def end(self) -> str:
        """Close what is open and return the last block's HTML. May be called more than once."""
        self.add("\n" if self._return else "")
        if self._rest:
            self._line("".join(self._rest))
            self._rest = []
            self._rest_size = 0
        return self._closed()

    def _line(self, line: str) -> None:
        if self._block is not None and not self._block.takes(line):
            self._settle()
        if self._block is None:
            self._block = open_block(self.context, line)
        self._source.append(line)
        self._block = self._block.add(line)

    def _decide(self) -> None:
        """Settle the open block as soon as the line being written cannot belong to it."""
        rest = "".join(self._rest)
        self._decided = not lines.UNDECIDED.match(rest)
        if self._decided and self._block is not None and not self._block.takes(rest):
            self._settle()

    def _settle(self) -> None:
        if self._block is None:
            return
        if html := self._closed():
            self._settled.append(html)
        self._block, self._source = None, []
        self._open.freeze()
        self._shown = None

    def _closed(self) -> str:
        if self._block is None:
            return ""
        self.context.learn("".join(self._source))
        return self._block.html()

    def _whole_line_ends(self, text: str) -> str:
        """Text with LF for CR LF and CR; a CR at the end waits for what follows it."""
        if self._return:
            text = "\r" + text
        self._return = text.endswith("\r")
        return _one_line_end(text[:-1] if self._return else text)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
