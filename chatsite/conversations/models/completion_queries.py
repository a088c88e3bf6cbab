"""Queries for completions: which are being written, by which processes, and which are orphaned."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now

from chatsite.conversations.models.log_entry import LogEntry
from chatsite.conversations.models.status import Status

if TYPE_CHECKING:
    from chatsite.conversations.models.completion import Completion

# Only answers that were interrupted in this time are continued by the site itself.
MAX_INTERRUPTION = timedelta(minutes=15)

# A claim that takes longer had to wait for a lock, or for a paused machine.
MAX_WAIT_SECONDS = 2

ORPHANED = (
    "The answer was interrupted: the process that was writing it had shown no sign of life for 10 seconds."
)
DEACTIVATED = "The answer was stopped because the account was deactivated."


class Heartbeat(NamedTuple):
    """The last sign of life of a running answer. A new heartbeat or a new attempt is a new sign."""

    completion: int
    heartbeat: datetime
    attempt: int


class CompletionQuerySet(models.QuerySet):
    def streaming(self):
        return self.filter(status=Status.STREAMING)

    def unfinished(self):
        """Return those that are being written, or were interrupted and may be continued."""
        return self.filter(status__in=(Status.STREAMING, Status.INTERRUPTED))

    def heartbeats(self, ours: Collection[int]) -> list[Heartbeat]:
        """Return the last sign of life of each running answer of other processes. `ours`: the runs of this process."""
        rows = self.streaming().values_list("pk", "heartbeat", "attempt")
        return [Heartbeat(*row) for row in rows if row[0] not in ours]

    def running_of(self, user):
        """Return a query for how many answers of this person are being written; it has no row where nobody's is.

        It begins at all running answers, which are few. One person's messages may be many.
        """
        mine = Count("pk", filter=Q(message__conversation__owner=user))
        return self.streaming().values("status").annotate(running=mine).values("running")

    def answering(self, user) -> list[UUID]:
        """Return the uuids of this user's conversations that are being answered. Begins where `running_of` does."""
        rows = self.streaming().values_list("message__conversation__owner", "message__conversation__uuid")
        return list({conversation for owner, conversation in rows if owner == user.pk})

    def stop_of_deactivated(self) -> None:
        """Request a stop of the running answers of people whose account was deactivated."""
        theirs = self.streaming().filter(message__conversation__owner__is_active=False, stop_requested=False)
        # Usually there are none, and an update would wait for other writers.
        if found := list(theirs.values_list("pk", flat=True)):
            self.streaming().filter(pk__in=found).update(stop_requested=True, error=DEACTIVATED)

    def interrupted_once(self):
        """Return those that the site may continue: interrupted a short while ago, not stopped by the person, the only
        one of its message, at the conversation's head, and of an active person."""
        recent = self.filter(status=Status.INTERRUPTED, finished__gt=Now() - MAX_INTERRUPTION)
        recent = recent.filter(stop_requested=False)
        recent = recent.filter(message__conversation__owner__is_active=True)
        shown = recent.filter(message__conversation__head=F("message"))
        return shown.annotate(completions=Count("message__completions")).filter(completions=1)

    def claim(self, beat: Heartbeat, why: str) -> "Completion | None":
        """End an orphaned answer with what its log holds. Returns None if it has shown a new sign of life, or has
        ended, or if the database made this wait, as it may have made the answer's own process wait.

        An answer that was asked to stop ends as stopped, any other as interrupted, with `why` as its sentence.
        """
        begun = time.monotonic()
        with transaction.atomic():
            completion = self._claimed(beat)
            if completion is None or time.monotonic() - begun > MAX_WAIT_SECONDS:
                transaction.set_rollback(True)
                return None
            if completion.stop_requested:
                completion.finish_as_logged(Status.STOPPED)
            else:
                completion.finish_as_logged(Status.INTERRUPTED, "interrupted", why)
        return completion

    def can_claim(self, beat: Heartbeat) -> bool:
        """Return whether a claim would succeed now, and without having to wait. Changes nothing."""
        begun = time.monotonic()
        with transaction.atomic():
            completion = self._claimed(beat)
            transaction.set_rollback(True)
        return completion is not None and time.monotonic() - begun <= MAX_WAIT_SECONDS

    def _claimed(self, beat: Heartbeat) -> "Completion | None":
        """Take the answer from its writer, and return it, if this is still its last sign of life."""
        # Changes nothing. It waits for the locks on the log that the writer may be waiting for.
        LogEntry.objects.filter(completion=beat.completion, offset__lt=0).update(offset=0)
        mine = self.streaming().filter(pk=beat.completion, attempt=beat.attempt)
        if not mine.update(attempt=beat.attempt + 1):
            return None
        completion = self.select_related("message__conversation").get(pk=beat.completion)
        return completion if completion.heartbeat == beat.heartbeat else None
