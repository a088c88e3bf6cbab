"""Recovery of orphaned answers: those whose process is gone are ended and, if configured, continued."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error

from chatsite.conversations import claims, continuing
from chatsite.conversations.claims import ORPHANED, Heartbeat
from chatsite.conversations.models import Completion
from chatsite.runs.hints import Hints
from chatsite.runs.registry import Runs
from chatsite.runs.run import SITE_STOPPED

logger = logging.getLogger(__name__)

POLL_SECONDS = 2
# A run renews its heartbeat every few seconds; one whose heartbeat stays the same for this long has lost its process.
ORPHANED_SECONDS = 10
# The most that one poll adds to that. A process that was paused, or had no database, does not know what happened
# meanwhile.
MAX_GAP_SECONDS = 3


class Observer:
    """The heartbeats of other processes, timed by this process's own monotonic clock.

    The clocks of two machines, or one that is set, say nothing about the time between two heartbeats.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._polled = clock()
        self._unchanged_seconds: dict[Heartbeat, float] = {}
        # Those whose claim was rehearsed, one poll ago or earlier, and had to wait for nothing.
        self.rehearsed: set[Heartbeat] = set()

    def observe(self, heartbeats: Iterable[Heartbeat]) -> None:
        """Take in the heartbeats that a poll found."""
        now = self._clock()
        gap, self._polled = min(now - self._polled, MAX_GAP_SECONDS), now
        before = self._unchanged_seconds
        self._unchanged_seconds = {beat: before[beat] + gap if beat in before else 0.0 for beat in heartbeats}
        self.rehearsed &= self._unchanged_seconds.keys()

    def unchanged(self, seconds: float) -> set[Heartbeat]:
        """Return the heartbeats that have been the same for so long."""
        return {beat for beat, unchanged in self._unchanged_seconds.items() if unchanged >= seconds}


class Recovery:
    """Looks for orphaned answers. `runs`: those of this process, which are left alone."""

    def __init__(self, runs: Runs, hints: Hints, clock: Callable[[], float] = time.monotonic) -> None:
        self._runs = runs
        self._hints = hints
        self._observer = Observer(clock)

    async def watch(self) -> None:
        """Poll for as long as the process runs."""
        while True:
            try:
                await self.poll()
            except Exception:  # Whatever it was, the next orphaned answer needs the next poll.
                logger.exception("Interrupted answers could not be recovered; it is tried again.")
            await asyncio.sleep(POLL_SECONDS)

    async def poll(self) -> None:
        """Claim orphaned answers, and continue interrupted ones if configured."""
        for completion in await database_sync_to_async(self._claim_orphaned)(self._runs.ours):
            await self._hints.publish({"changed": completion.message.conversation_id})
        if settings.CONTINUE_INTERRUPTED and not self._runs.draining:
            for turn in await database_sync_to_async(continuing.continue_interrupted)():
                self._runs.start(turn)
                await self._hints.publish({"changed": turn.message.conversation_id})

    def _claim_orphaned(self, ours: Collection[int]) -> list[Completion]:
        """What delayed their writer, such as a lock, delayed a rehearsal, too. After a rehearsal without a delay, the
        writer has had the time of a poll to renew its heartbeat."""
        Completion.objects.stop_of_deactivated()
        observer = self._observer
        observer.observe(claims.heartbeats(ours))
        claimed = _claim(observer.unchanged(ORPHANED_SECONDS) & observer.rehearsed, ORPHANED)
        doubtful = observer.unchanged(ORPHANED_SECONDS - POLL_SECONDS) - observer.rehearsed
        observer.rehearsed |= {beat for beat in doubtful if claims.can_claim(beat)}
        return claimed


def claim_all() -> None:
    """End all running answers, when no other process can be writing them."""
    try:
        _claim(claims.heartbeats(ours=()), SITE_STOPPED)
    except Error:
        logger.exception("Interrupted answers could not be ended at the start; it is tried again.")


def _claim(heartbeats: Iterable[Heartbeat], why: str) -> list[Completion]:
    found = [claims.claim(beat, why) for beat in heartbeats]
    return [completion for completion in found if completion]
