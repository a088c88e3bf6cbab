"""Claims of orphaned answers: a process takes over what another one was writing, and ends it."""

import time
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from chatsite.conversations.models import Completion, LogEntry
from chatsite.conversations.models.status import Status

# A claim that takes longer had to wait for a lock, or for a paused machine.
MAX_WAIT_SECONDS = 2

ORPHANED = (
    "The answer was interrupted: the process that was writing it had shown no sign of life for 10 seconds."
)


class Heartbeat(NamedTuple):
    """The last sign of life of a running answer. A new heartbeat or a new attempt is a new sign."""

    completion: int
    heartbeat: datetime
    attempt: int


def heartbeats(ours: Collection[int]) -> list[Heartbeat]:
    """Return the last sign of life of each running answer of other processes. `ours`: the runs of this process."""
    rows = Completion.objects.streaming().values_list("pk", "heartbeat", "attempt")
    return [Heartbeat(*row) for row in rows if row[0] not in ours]


def claim(beat: Heartbeat, why: str) -> Completion | None:
    """End an orphaned answer with what its log holds. Returns None if it has shown a new sign of life, or has
    ended, or if the database made this wait, as it may have made the answer's own process wait.

    An answer that was asked to stop ends as stopped, any other as interrupted, with `why` as its sentence.
    """
    begun = time.monotonic()
    with transaction.atomic():
        completion = _claimed(beat)
        if completion is None or time.monotonic() - begun > MAX_WAIT_SECONDS:
            transaction.set_rollback(True)
            return None
        if completion.stop_requested:
            completion.finish_as_logged(Status.STOPPED)
        else:
            completion.finish_as_logged(Status.INTERRUPTED, "interrupted", why)
    return completion


def can_claim(beat: Heartbeat) -> bool:
    """Return whether a claim would succeed now, and without having to wait. Changes nothing."""
    begun = time.monotonic()
    with transaction.atomic():
        completion = _claimed(beat)
        transaction.set_rollback(True)
    return completion is not None and time.monotonic() - begun <= MAX_WAIT_SECONDS


def _claimed(beat: Heartbeat) -> Completion | None:
    """Take the answer from its writer, and return it, if this is still its last sign of life."""
    # Changes nothing. It waits for the locks on the log that the writer may be waiting for.
    LogEntry.objects.filter(completion=beat.completion, offset__lt=0).update(offset=0)
    mine = Completion.objects.streaming().filter(pk=beat.completion, attempt=beat.attempt)
    if not mine.update(attempt=beat.attempt + 1):
        return None
    completion = Completion.objects.select_related("message__conversation").get(pk=beat.completion)
    return completion if completion.heartbeat == beat.heartbeat else None
