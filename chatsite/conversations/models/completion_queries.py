"""What is asked of completions: which are being written, by whom, and which were left by their process."""

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

CONTINUE_WITHIN = timedelta(minutes=15)

# A claim that takes longer had to wait for a lock, or for a machine that stood still.
MAX_WAIT_SECONDS = 2

ORPHANED = "The answer was interrupted: the process that was writing it had not been heard of for 10 seconds."
DEACTIVATED = "The answer was stopped, because the account was deactivated."


class Heartbeat(NamedTuple):
    """A sign of life of a running answer. Another heartbeat, or another attempt, is another sign."""

    completion: int
    heartbeat: datetime
    attempt: int


class CompletionQuerySet(models.QuerySet):
    def streaming(self):
        return self.filter(status=Status.STREAMING)

    def unfinished(self):
        """Those that are being written, or were interrupted and may be continued."""
        return self.filter(status__in=(Status.STREAMING, Status.INTERRUPTED))

    def heartbeats(self, ours: Collection[int]) -> list[Heartbeat]:
        """The newest sign of life of each running answer that others write. `ours`: the runs of this process."""
        rows = self.streaming().values_list("pk", "heartbeat", "attempt")
        return [Heartbeat(*row) for row in rows if row[0] not in ours]

    def running_of(self, person):
        """A query for how many answers of this person are being written; none where nobody's is. All that are being
        written are few, while one person's messages may be many: so the database does not begin at those."""
        mine = Count("pk", filter=Q(message__conversation__owner=person))
        return self.streaming().values("status").annotate(running=mine).values("running")

    def answering(self, user) -> list[UUID]:
        """Return the uuids of this user's conversations that are being answered. Begins where `running_of` does."""
        rows = self.streaming().values_list("message__conversation__owner", "message__conversation__uuid")
        return list({conversation for owner, conversation in rows if owner == user.pk})

    def stop_of_deactivated(self) -> None:
        """Ask for the end of the running answers of people whose account was deactivated."""
        theirs = self.streaming().filter(message__conversation__owner__is_active=False, stop_requested=False)
        # Most often there are none, and a statement that writes would wait for others that do.
        if found := list(theirs.values_list("pk", flat=True)):
            self.streaming().filter(pk__in=found).update(stop_requested=True, error=DEACTIVATED)

    def interrupted_once(self):
        """Runs that were interrupted lately, each the only one of its message, at the end of what is shown to an
        active person who did not ask for the end."""
        lately = self.filter(status=Status.INTERRUPTED, finished__gt=Now() - CONTINUE_WITHIN)
        lately = lately.filter(stop_requested=False)
        lately = lately.filter(message__conversation__owner__is_active=True)
        shown = lately.filter(message__conversation__head=F("message"))
        return shown.annotate(completions=Count("message__completions")).filter(completions=1)

    def claim(self, beat: Heartbeat, why: str) -> "Completion | None":
        """End a run that nobody writes any more, with what its log holds; None if it has shown another sign of life,
        or has ended, or if the database made this wait, as it may have made the run's own process wait.

        A run that was asked to stop ends as stopped, any other as interrupted, with `why` as its sentence.
        """
        begun = time.monotonic()
        with transaction.atomic():
            completion = self._unheard(beat)
            if completion is None or time.monotonic() - begun > MAX_WAIT_SECONDS:
                transaction.set_rollback(True)
                return None
            if completion.stop_requested:
                completion.finish_as_logged(Status.STOPPED)
            else:
                completion.finish_as_logged(Status.INTERRUPTED, "interrupted", why)
        return completion

    def can_claim(self, beat: Heartbeat) -> bool:
        """Whether a claim would be let through now, and without having to wait. Changes nothing."""
        begun = time.monotonic()
        with transaction.atomic():
            completion = self._unheard(beat)
            transaction.set_rollback(True)
        return completion is not None and time.monotonic() - begun <= MAX_WAIT_SECONDS

    def _unheard(self, beat: Heartbeat) -> "Completion | None":
        """The run, taken away from its writer, if this is still its newest sign of life."""
        # Changes nothing, and waits for the locks on the log that its writer may be waiting for.
        LogEntry.objects.filter(completion=beat.completion, offset__lt=0).update(offset=0)
        mine = self.streaming().filter(pk=beat.completion, attempt=beat.attempt)
        if not mine.update(attempt=beat.attempt + 1):
            return None
        completion = self.select_related("message__conversation").get(pk=beat.completion)
        return completion if completion.heartbeat == beat.heartbeat else None
