"""What a tab was shown of one answer, kept with the moments of it."""

import time
from typing import Any

from tests.harness.protocol import Command, Slice, resume, slice_of


class Answer:
    """An answer as the page builds it: a slice is applied only where it continues, or begins again from nothing."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.completion: int | None = None
        self.parent: str | None = None
        self.finished: dict[str, Any] | None = None
        self.finished_at: float | None = None
        self.shown: list[tuple[float, int]] = []  # moments, and the characters of the log shown since
        self.replaced: list[str] = []  # texts that a whole answer took the place of
        self.is_behind = False  # a slice did not continue; what comes next was asked for
        self.forget()

    def forget(self) -> None:
        """Begin again from nothing."""
        self.text = self.reasoning = self.tail = ""
        self.end = 0
        self.settled: list[str] = []

    def take(self, delta: dict[str, Any]) -> bool:
        """Apply a `reply.delta`. False: it does not continue what is here."""
        piece = slice_of(delta)
        if piece.offset == piece.blocks == 0 and self.end:
            self.replaced.append(self.text)
            self.forget()
        if self.completion not in (None, piece.completion) and piece.offset:
            self.forget()
            self.completion = piece.completion
        if (piece.offset, piece.blocks) != (self.end, len(self.settled)):
            if self._has(piece):
                return True
            self.is_behind = True
            return False
        self._append(piece)
        return True

    def _append(self, piece: Slice) -> None:
        self.is_behind = False
        self.completion = piece.completion
        self.text += piece.text
        self.reasoning += piece.reasoning
        self.end = piece.end
        self.settled += piece.settled
        self.tail = piece.tail
        self.shown.append((time.monotonic(), self.end))

    def _has(self, piece: Slice) -> bool:
        """Whether all of a slice is here already: it was on its way when this tab asked for another one."""
        blocks = piece.blocks + len(piece.settled)
        return piece.completion == self.completion and piece.end <= self.end and blocks <= len(self.settled)

    @property
    def resume(self) -> Command:
        """The command that asks for what comes after what is here."""
        return resume(self.message, self.end, len(self.settled), self.completion)

    def finish(self, event: dict[str, Any]) -> None:
        self.finished = event
        self.finished_at = time.monotonic()

    @property
    def is_over(self) -> bool:
        """It has ended, and all that it said was shown."""
        return self.finished is not None and not self.is_behind

    @property
    def status(self) -> str:
        return self.finished["status"] if self.finished else "streaming"

    def shown_at(self, moment: float) -> int:
        """Characters that had been shown at this moment."""
        return max((end for at, end in self.shown if at <= moment), default=0)

    @property
    def longest_gap(self) -> float:
        """Seconds of the longest silence between two slices."""
        moments = [at for at, _ in self.shown]
        return max((later - earlier for earlier, later in zip(moments, moments[1:], strict=False)), default=0)
