"""What a tab was shown of one answer, kept with the moments of it."""

import time
from typing import Any


class Answer:
    """An answer as the page builds it: a frame is taken only where it continues, or begins anew from nothing."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.completion: int | None = None
        self.parent: str | None = None
        self.finished: dict[str, Any] | None = None
        self.finished_at: float | None = None
        self.shown: list[tuple[float, int]] = []  # moments, and the characters of the log shown since
        self.replaced: list[str] = []  # texts that a whole frame took the place of
        self.is_behind = False  # a frame did not continue; what comes next was asked for
        self._empty()

    def _empty(self) -> None:
        self.text = self.reasoning = self.tail = ""
        self.end = 0
        self.settled: list[str] = []

    def take(self, frame: dict[str, Any]) -> bool:
        """Apply a `reply.delta`. False: it does not continue what is here."""
        if frame["offset"] == frame["blocks"] == 0 and self.end:
            self.replaced.append(self.text)
            self._empty()
        if self.completion not in (None, frame["completion"]) and frame["offset"]:
            self._empty()
            self.completion = frame["completion"]
        if (frame["offset"], frame["blocks"]) != (self.end, len(self.settled)):
            if self._has(frame):
                return True
            self.is_behind = True
            return False
        self.is_behind = False
        self.completion = frame["completion"]
        self.text += frame["text"]
        self.reasoning += frame["reasoning"]
        self.end = frame["end"]
        self.settled += frame["settled"]
        self.tail = frame["tail"]
        self.shown.append((time.monotonic(), self.end))
        return True

    def _has(self, frame: dict[str, Any]) -> bool:
        """Whether all of a frame is here already: it was on its way when this tab asked for another one."""
        blocks = frame["blocks"] + len(frame["settled"])
        return (
            frame["completion"] == self.completion
            and frame["end"] <= self.end
            and blocks <= len(self.settled)
        )

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
        """Seconds of the longest silence between two frames."""
        moments = [at for at, _ in self.shown]
        return max((later - earlier for earlier, later in zip(moments, moments[1:], strict=False)), default=0)
