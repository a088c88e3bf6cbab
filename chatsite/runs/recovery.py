"""Recovery of orphaned answers: those whose process has ended are ended and, if configured, continued."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error

from chatsite.conversations import claims, continuation
from chatsite.conversations.claims import ORPHANED, Heartbeat
from chatsite.conversations.models import Completion
from chatsite.runs.answer_task import SITE_STOPPED
from chatsite.runs.hints import Hints
from chatsite.runs.observer import POLL_SECONDS, Observer
from chatsite.runs.registry import Runs

logger = logging.getLogger(__name__)


class Recovery:
    """Looks for orphaned answers. `runs`: those of this process, which are left alone."""

    def __init__(self, runs: Runs, hints: Hints, clock: Callable[[], float] = time.monotonic) -> None:
        self._runs = runs
        self._hints = hints
        self._observer: Observer[Heartbeat] = Observer(clock)

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
            for turn in await database_sync_to_async(continuation.continue_interrupted)():
                self._runs.start(turn)
                await self._hints.publish({"changed": turn.message.conversation_id})

    def _claim_orphaned(self, ours: Collection[int]) -> list[Completion]:
        Completion.objects.stop_of_deactivated()
        return self._observer.claimed(claims.heartbeats(ours), _claim, claims.can_claim)


def claim_all() -> None:
    """End all running answers, when no other process can be writing them."""
    try:
        for beat in claims.heartbeats(ours=()):
            claims.claim(beat, SITE_STOPPED)
    except Error:
        logger.exception("Interrupted answers could not be ended at the start; it is tried again.")


def _claim(beat: Heartbeat) -> Completion | None:
    return claims.claim(beat, ORPHANED)
