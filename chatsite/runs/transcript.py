"""A transcript: what a run has written so far, and how followers read it from a cursor."""

import asyncio
import contextlib
from bisect import bisect_right
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

from chatsite.completions.thinking import Tag
from chatsite.conversations.thoughts import Kind, Thought
from chatsite.rendering import HTML_CACHE, StreamRenderer
from chatsite.runs.ends import End, Failed
from chatsite.runs.lease import Lease
from chatsite.runs.pace import Followers
from chatsite.runs.slices import Slice, first_characters

# Characters of HTML. The open block comes whole with each slice, so from this length on it comes less often.
LONG_TAIL_CHARACTERS = 2_500
MAX_TAIL_CHARACTERS_PER_SECOND = 150_000
# Deltas are joined to pieces of about this length: thousands of single ones would take several times the memory.
PIECE_CHARACTERS = 1024
# Characters of text, and of settled HTML, in one slice, so that catching up on a long answer can be paced, too.
MAX_SLICE_CHARACTERS = 32 * 1024
# Characters left to parse when an answer ends, up to which it is rendered on the event loop; beyond, in a thread.
MAX_INLINE_CHARACTERS = 1024


class Transcript:
    """One answer that grows, in memory. It has one writer and any number of followers.

    `text` and `reasoning` are what the message held before this run; the log's offsets begin after them. lease: of the
    process, where it writes the run.
    """

    def __init__(self, text: str = "", reasoning: str = "", lease: Lease | None = None) -> None:
        self._before = {"text": text, "reasoning": reasoning}
        self._pieces: list[tuple[Kind, str]] = []
        self._ends: list[int] = []
        self._renderer = StreamRenderer(text)
        self._thought = Thought()
        self._grown = asyncio.Event()
        self._closed = asyncio.Event()
        self._slice: Slice | None = None
        self._slice_end = 0
        self.followers = Followers()
        self.closing: End | None = None
        self._notice: Failed | None = None
        self._lease = lease
        self._is_withdrawn = False

    @property
    def end(self) -> int:
        """Characters in the log."""
        return self._ends[-1] if self._ends else 0

    @property
    def text(self) -> str:
        """The whole message's text."""
        return self._joined("text")

    @property
    def reasoning(self) -> str:
        """The whole message's reasoning."""
        return self._joined("reasoning")

    def _joined(self, kind: Kind) -> str:
        pieces = self._thought.shown(self.since(0), 0)
        return self._before[kind] + "".join(piece for of, piece in pieces if of == kind)

    def append(self, kind: Kind, piece: str) -> None:
        """Append a delta and wake the followers."""
        if not piece:
            return
        end = self.end + len(piece)
        if self._pieces and self._pieces[-1][0] == kind and len(self._pieces[-1][1]) < PIECE_CHARACTERS:
            self._pieces[-1] = kind, self._pieces[-1][1] + piece
            self._ends[-1] = end
        else:
            self._pieces.append((kind, piece))
            self._ends.append(end)
        if kind == "text":
            self._renderer.append(piece)
            # Every closing tag ends so; asked here, as a call for each delta costs more.
            if (">" in piece or "]" in piece or "▷" in piece) and self._thought.ends(self._pieces, piece):
                self._begin_answer()
        elif self._thought.tries:
            self._thought.tries = 0
        self._grown.set()

    def _begin_answer(self) -> None:
        """What was shown as the answer was reasoning: all followers restart from 0."""
        self._renderer = StreamRenderer(self._before["text"])
        self._renderer.append(self.text[len(self._before["text"]) :])
        self._slice = None

    async def finish(self) -> None:
        """Cache the HTML of the whole message, for the final event and the next page.

        What the followers were shown is reused. What must be rendered again is rendered in a thread.
        """
        text = self.text
        html = self._renderer.end() if self._renderer.behind <= MAX_INLINE_CHARACTERS else None
        if html is None:
            await asyncio.to_thread(HTML_CACHE.html, text)
        else:
            HTML_CACHE.keep(text, html)
        if self.reasoning:
            await asyncio.to_thread(HTML_CACHE.html, self.reasoning)

    def close(self, end: End) -> None:
        """End the transcript. Each follower sends `end` last."""
        self.closing = end
        self._closed.set()
        self._grown.set()

    def withdraw(self) -> None:
        """Show nothing more of it: another process has claimed the run, and what that has stored is the answer."""
        self._is_withdrawn = True

    def notify(self, notice: Failed) -> None:
        """Pass a notice to all followers; they yield it after the text so far."""
        self._notice = notice
        self._grown.set()

    async def rest(self, seconds: float) -> None:
        """Return after `seconds`, or when the transcript is closed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed.wait()

    async def wait_for(self, waiting: Coroutine[Any, Any, object], seconds: float | None = None) -> None:
        """Wait for `waiting`: at most `seconds`, if given, and not after the transcript is closed."""
        tasks = [asyncio.ensure_future(each) for each in (waiting, self._closed.wait())]
        try:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def since(self, offset: int) -> list[tuple[Kind, str]]:
        """Return the log's pieces from `offset` on, neighbours of one kind joined."""
        pieces: list[tuple[Kind, list[str]]] = []
        for index in range(bisect_right(self._ends, offset), len(self._pieces)):
            kind, piece = self._pieces[index]
            begin = self._ends[index] - len(piece)
            if not pieces or pieces[-1][0] != kind:
                pieces.append((kind, []))
            pieces[-1][1].append(piece[max(0, offset - begin) :])
        return [(kind, "".join(parts)) for kind, parts in pieces]

    def slice(self, offset: int, blocks: int) -> Slice:
        """Return what is new since the cursor, up to about MAX_SLICE_CHARACTERS characters of text and of HTML each.

        Followers at the same cursor get the same slice. The open tail comes with the slice that catches up.
        """
        last = self._slice
        at = (offset, blocks, self.end)
        if last and (last.offset, last.blocks, self._slice_end) == at and not self._renderer.behind:
            return last
        tail = self._renderer.flush()
        pieces = first_characters(self._thought.shown(self.since(offset), offset), MAX_SLICE_CHARACTERS)
        settled = self._settled(blocks)
        end = offset + sum(len(piece) for _, piece in pieces)
        is_last = end == self.end and blocks + len(settled) == len(self._renderer.settled)
        is_last = is_last and not self._renderer.behind
        self._slice_end = self.end
        self._slice = Slice(
            offset=offset,
            end=end,
            text="".join(piece for kind, piece in pieces if kind == "text"),
            reasoning="".join(piece for kind, piece in pieces if kind == "reasoning"),
            blocks=blocks,
            settled=settled,
            tail=tail if is_last else "",
        )
        return self._slice

    def _settled(self, blocks: int) -> list[str]:
        """Return the next settled blocks, at least one where there is one."""
        settled: list[str] = []
        size = 0
        for block in self._renderer.settled[blocks:]:
            if settled and size + len(block) > MAX_SLICE_CHARACTERS:
                break
            settled.append(block)
            size += len(block)
        return settled

    async def follow(self, offset: int = 0, blocks: int = 0) -> AsyncGenerator[Slice | Failed, None]:
        """Yield slices from the cursor on, and notices, until the transcript is closed and all of it was yielded, or it
        was withdrawn.

        A cursor that this transcript never had (of another run, or from the future) restarts from 0.
        """
        if not (0 <= offset <= self.end and 0 <= blocks <= len(self._renderer.settled)):
            offset = blocks = 0
        notified: Failed | None = None
        # A page whose cursor is in the reasoning has shown it as the answer.
        shown_as: Tag | None = None
        while await self._may_show():
            if self._thought.tag != shown_as:
                shown_as = self._thought.tag
                if shown_as and offset < shown_as.end:
                    offset = blocks = 0
            if self.end > offset or len(self._renderer.settled) > blocks or self._renderer.behind:
                new = self.slice(offset, blocks)
                yield new
                offset, blocks = new.end, new.blocks + len(new.settled)
                if self._renderer.behind:
                    await asyncio.sleep(0)
                elif len(new.tail) > LONG_TAIL_CHARACTERS:
                    await self.rest(len(new.tail) / MAX_TAIL_CHARACTERS_PER_SECOND)
            elif self.closing:
                return
            elif self._notice and self._notice is not notified:
                notified = self._notice
                yield notified
            else:
                self._grown.clear()
                await self._grown.wait()

    async def _may_show(self) -> bool:
        """Return whether followers may show more. After the process has stood still, they wait until it is certain that
        the run is still its own."""
        while self._lease and not self.closing and not self._lease.is_certain():
            await self.wait_for(self._lease.certain())
        if self._is_withdrawn:
            await self._closed.wait()
        return not self._is_withdrawn
