"""A transcript: what a run has written so far, and how anyone follows it from a cursor."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Literal

from chatsite.rendering import StreamRenderer

Kind = Literal["text", "reasoning"]

# Seconds between two frames of one follower: one frame of a screen.
PACE = 0.016


@dataclass(slots=True)
class Frame:
    """What is new since a cursor: the log from `offset` to `end`, and the HTML that it changed.

    Offsets count characters of the log, text and reasoning alike; `blocks` counts the settled blocks before.
    """

    offset: int
    end: int
    text: str
    reasoning: str
    blocks: int
    settled: list[str]
    tail: str
    # The frame as sent, kept by whoever encodes it first: followers at one place share it.
    encoded: str = ""


class Transcript:
    """One answer that grows, in memory. It has one writer and any number of followers.

    `text` and `reasoning` are what the message held before this run; the log's offsets begin after them.
    """

    def __init__(self, text: str = "", reasoning: str = "") -> None:
        self._before = {"text": text, "reasoning": reasoning}
        self._pieces: list[tuple[Kind, str]] = []
        self._ends: list[int] = []
        self._renderer = StreamRenderer(text)
        self._grown = asyncio.Event()
        self._frame: Frame | None = None
        self.closing = ""

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
        return self._before[kind] + "".join(piece for of, piece in self._pieces if of == kind)

    def append(self, kind: Kind, piece: str) -> None:
        """Add what the model said next and wake the followers."""
        if not piece:
            return
        self._ends.append(self.end + len(piece))
        self._pieces.append((kind, piece))
        if kind == "text":
            self._renderer.append(piece)
        self._grown.set()

    def close(self, event: str) -> None:
        """End the transcript. `event` is the last thing that each follower is told."""
        self.closing = event
        self._grown.set()

    def since(self, offset: int) -> list[tuple[Kind, str]]:
        """The log's pieces from `offset` on, neighbours of one kind joined."""
        pieces: list[tuple[Kind, list[str]]] = []
        for index in range(bisect_right(self._ends, offset), len(self._pieces)):
            kind, piece = self._pieces[index]
            begin = self._ends[index] - len(piece)
            if not pieces or pieces[-1][0] != kind:
                pieces.append((kind, []))
            pieces[-1][1].append(piece[max(0, offset - begin) :])
        return [(kind, "".join(parts)) for kind, parts in pieces]

    def frame(self, offset: int, blocks: int) -> Frame:
        """Everything since the cursor, in one frame. Followers at the same place are given the same one."""
        last = self._frame
        if last and (last.offset, last.blocks, last.end) == (offset, blocks, self.end):
            return last
        pieces = self.since(offset)
        tail = self._renderer.flush()
        self._frame = Frame(
            offset=offset,
            end=self.end,
            text="".join(piece for kind, piece in pieces if kind == "text"),
            reasoning="".join(piece for kind, piece in pieces if kind == "reasoning"),
            blocks=blocks,
            settled=self._renderer.settled[blocks:],
            tail=tail,
        )
        return self._frame

    async def follow(
        self, offset: int = 0, blocks: int = 0, pace: Callable[[], float] = lambda: PACE
    ) -> AsyncGenerator[Frame, None]:
        """Yield frames from the cursor on until the transcript is closed and all of it was given.

        A cursor that this transcript never had (of another run, or from the future) starts anew from 0.
        """
        if not (0 <= offset <= self.end and 0 <= blocks <= len(self._renderer.settled)):
            offset = blocks = 0
        while True:
            if self.end > offset:
                frame = self.frame(offset, blocks)
                yield frame
                offset, blocks = frame.end, frame.blocks + len(frame.settled)
                await asyncio.sleep(pace())
            elif self.closing:
                return
            else:
                self._grown.clear()
                await self._grown.wait()
