"""What is done about answers whose process is gone: they are ended, and, where that is wanted, continued."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error

from chatsite.conversations import turns
from chatsite.conversations.models import Completion
from chatsite.conversations.models.completion import UNHEARD, Beat
from chatsite.runs.hints import HINTS
from chatsite.runs.registry import RUNS
from chatsite.runs.run import SITE_STOPPED

logger = logging.getLogger(__name__)

POLL_SECONDS = 2
# A run renews its heartbeat every few seconds; one that shows no other for this long belongs to a process that is gone.
UNHEARD_SECONDS = 10
# The most that one poll adds to that: what a process that was stopped itself, or had no database, did not see, it does
# not know.
MAX_GAP_SECONDS = 3


class Observer:
    """What this process itself has seen of the runs of others, by its own monotonic clock. The clocks of two machines,
    or one that is set, say nothing about the time between two heartbeats."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._polled = clock()
        self._unchanged: dict[Beat, float] = {}
        # Those of which a claim was rehearsed, one poll ago or earlier, and nothing held it up.
        self.rehearsed: set[Beat] = set()

    def observe(self, beats: Iterable[Beat]) -> None:
        """Take in the beats that a poll found."""
        now = self._clock()
        gap, self._polled = min(now - self._polled, MAX_GAP_SECONDS), now
        before = self._unchanged
        self._unchanged = {beat: before[beat] + gap if beat in before else 0.0 for beat in beats}
        self.rehearsed &= self._unchanged.keys()

    def unchanged(self, seconds: float) -> set[Beat]:
        """The beats that have been the same for so long."""
        return {beat for beat, unchanged in self._unchanged.items() if unchanged >= seconds}


async def watch() -> None:
    """Look after such answers again and again, for as long as the process runs."""
    observer = Observer()
    while True:
        try:
            await recover(observer)
        except Error:
            logger.exception("Interrupted answers could not be looked after; it is tried again.")
        await asyncio.sleep(POLL_SECONDS)


async def recover(observer: Observer) -> None:
    """One poll."""
    for completion in await database_sync_to_async(_claim_unheard)(observer, RUNS.ours):
        await HINTS.publish({"changed": completion.message.conversation_id})
    if settings.CONTINUE_INTERRUPTED and not RUNS.draining:
        for turn in await database_sync_to_async(turns.continue_interrupted)():
            RUNS.start(turn)
            await HINTS.publish({"changed": turn.message.conversation_id})


def _claim_unheard(observer: Observer, ours: Collection[int]) -> list[Completion]:
    """What held up their writer, such as a lock, held up a rehearsal, too. After one that nothing held up, the writer
    has had the time of a poll to show a sign of life."""
    Completion.objects.stop_of_deactivated()
    observer.observe(Completion.objects.beats(ours))
    claimed = _claim(observer.unchanged(UNHEARD_SECONDS) & observer.rehearsed, UNHEARD)
    doubtful = observer.unchanged(UNHEARD_SECONDS - POLL_SECONDS) - observer.rehearsed
    observer.rehearsed |= {beat for beat in doubtful if Completion.objects.can_claim(beat)}
    return claimed


def claim_all() -> None:
    """End all running answers, when no other process can be writing them."""
    try:
        _claim(Completion.objects.beats(ours=()), SITE_STOPPED)
    except Error:
        logger.exception("Interrupted answers could not be ended at the start; it is tried again.")


def _claim(beats: Iterable[Beat], why: str) -> list[Completion]:
    claims = [Completion.objects.claim(beat, why) for beat in beats]
    return [completion for completion in claims if completion]
