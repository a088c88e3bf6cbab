"""Recovery of answers whose process has ended: they end as interrupted, with the text that their rows have."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from channels.db import database_sync_to_async
from django.db import DatabaseError, transaction
from django.db.models import F

from chatsite.conversations.claims import MAX_WAIT_SECONDS, ORPHANED
from chatsite.conversations.models import Outcome
from chatsite.runs.answer_task import SITE_STOPPED
from chatsite.runs.observer import POLL_SECONDS, Observer
from chatsite.tryouts.models import Status, TryoutAnswer

logger = logging.getLogger(__name__)


class Heartbeat(NamedTuple):
    """The last sign of life of an answer that waits or is being written."""

    answer: int
    heartbeat: datetime


class Recovery:
    """Looks for orphaned answers. `ours`: returns the ids of those of this process, which are left alone."""

    def __init__(
        self, ours: Callable[[], Collection[int]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ours = ours
        self._observer: Observer[Heartbeat] = Observer(clock)

    async def watch(self) -> None:
        """Poll for as long as the process runs."""
        while True:
            try:
                await self.poll()
            except DatabaseError:
                logger.exception("Interrupted tryouts could not be ended; it is tried again.")
            await asyncio.sleep(POLL_SECONDS)

    @database_sync_to_async
    def poll(self) -> None:
        """End orphaned answers."""
        self._observer.claimed(heartbeats(self._ours()), claim, can_claim)


def claim_all() -> None:
    """End all answers, when no other process can be writing them."""
    try:
        for found in heartbeats(ours=()):
            claim(found, SITE_STOPPED)
    except DatabaseError:
        logger.exception("Interrupted tryouts could not be ended at the start; it is tried again.")


def heartbeats(ours: Collection[int]) -> list[Heartbeat]:
    rows = TryoutAnswer.objects.running().values_list("pk", "heartbeat")
    return [Heartbeat(*row) for row in rows if row[0] not in ours]


def claim(found: Heartbeat, why: str = ORPHANED) -> bool:
    """End an answer, unless it has shown a new sign of life, or the database made this wait, as it may have made the
    answer's own process wait."""
    begun = time.monotonic()
    with transaction.atomic():
        answer = _claimed(found)
        if answer is None or time.monotonic() - begun > MAX_WAIT_SECONDS:
            transaction.set_rollback(True)
            return False
        return answer.finish(_outcome(answer, why))


def can_claim(found: Heartbeat) -> bool:
    """Return whether a claim would succeed now, and without having to wait. Changes nothing."""
    begun = time.monotonic()
    with transaction.atomic():
        answer = _claimed(found)
        transaction.set_rollback(True)
    return answer is not None and time.monotonic() - begun <= MAX_WAIT_SECONDS


def _claimed(found: Heartbeat) -> TryoutAnswer | None:
    """Lock the answer, as a write does, and return it if this is still its last sign of life."""
    mine = TryoutAnswer.objects.running().filter(pk=found.answer)
    if not mine.update(stop_requested=F("stop_requested")):
        return None
    answer: TryoutAnswer = mine.select_related("tryout").get()
    return answer if answer.heartbeat == found.heartbeat else None


def _outcome(answer: TryoutAnswer, why: str) -> Outcome:
    """One that was asked to stop has stopped."""
    if answer.stop_requested:
        return Outcome(Status.STOPPED, answer.text, answer.reasoning)
    return Outcome(Status.INTERRUPTED, answer.text, answer.reasoning, error_kind="interrupted", error=why)
