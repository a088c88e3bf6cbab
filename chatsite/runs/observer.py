"""Who has lost its process: an observer times the heartbeats of other processes."""

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

POLL_SECONDS = 2
# A run renews its heartbeat every few seconds; one whose heartbeat stays the same for this long has lost its process.
ORPHANED_SECONDS = 10
# The most that one poll adds to that. A process that was paused, or had no database, does not know what happened
# meanwhile.
MAX_GAP_SECONDS = 3

Beat = TypeVar("Beat", bound=Hashable)
Claimed = TypeVar("Claimed")


class Observer(Generic[Beat]):
    """The heartbeats of other processes, timed by this process's own monotonic clock.

    The clocks of two machines, or one that is set, say nothing about the time between two heartbeats.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._polled = clock()
        self._unchanged_seconds: dict[Beat, float] = {}
        # Those whose claim was rehearsed, one poll ago or earlier, and had to wait for nothing.
        self._rehearsed: set[Beat] = set()

    def claimed(
        self,
        heartbeats: Iterable[Beat],
        claim: Callable[[Beat], Claimed | None],
        can_claim: Callable[[Beat], bool],
    ) -> list[Claimed]:
        """Take in the heartbeats that a poll found, and claim those that are orphaned. Returns what could be claimed.

        What delayed their writer, such as a lock, delayed a rehearsal, too. After a rehearsal without a delay, the
        writer has had the time of a poll to renew its heartbeat.
        """
        self._observe(heartbeats)
        tried = [claim(beat) for beat in self._unchanged(ORPHANED_SECONDS) & self._rehearsed]
        doubtful = self._unchanged(ORPHANED_SECONDS - POLL_SECONDS) - self._rehearsed
        self._rehearsed |= {beat for beat in doubtful if can_claim(beat)}
        return [each for each in tried if each]

    def _observe(self, heartbeats: Iterable[Beat]) -> None:
        now = self._clock()
        gap, self._polled = min(now - self._polled, MAX_GAP_SECONDS), now
        before = self._unchanged_seconds
        self._unchanged_seconds = {beat: before[beat] + gap if beat in before else 0.0 for beat in heartbeats}
        self._rehearsed &= self._unchanged_seconds.keys()

    def _unchanged(self, seconds: float) -> set[Beat]:
        """Return the heartbeats that have been the same for `seconds`."""
        return {beat for beat, unchanged in self._unchanged_seconds.items() if unchanged >= seconds}
