"""Queries for completions: which are being written, and which may be continued."""

from datetime import timedelta

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Now

from chatsite.conversations.models.status import Status

# Only answers that were interrupted in this time are continued by the site itself.
MAX_INTERRUPTION = timedelta(minutes=15)

DEACTIVATED = "The answer was stopped because the account was deactivated."


class CompletionQuerySet(models.QuerySet):
    def streaming(self):
        return self.filter(status=Status.STREAMING)

    def unfinished(self):
        """Return those that are being written, or were interrupted and may be continued."""
        return self.filter(status__in=(Status.STREAMING, Status.INTERRUPTED))

    def running_of(self, user):
        """Return a query for how many answers of this person are being written; it has no row where nobody's is.

        It begins at all running answers, which are few. One person's messages may be many.
        """
        mine = Count("pk", filter=Q(message__conversation__owner=user))
        return self.streaming().values("status").annotate(running=mine).values("running")

    def begun_by(self, user, since):
        """Return a query for how many answers of this person began since a time; it has no row where none did."""
        recent = self.filter(message__conversation__owner=user, message__conversation__updated__gte=since)
        mine = recent.filter(started__gte=since).order_by().values("message__conversation__owner")
        return mine.annotate(begun=Count("pk")).values("begun")

    def stop_in(self, conversations) -> None:
        """Request a stop of the answers that are being written in these conversations."""
        self.streaming().filter(message__conversation__in=conversations).update(stop_requested=True)

    def stop_of_deactivated(self) -> None:
        """Request a stop of the running answers of people whose account was deactivated."""
        theirs = self.streaming().filter(message__conversation__owner__is_active=False, stop_requested=False)
        # Usually there are none, and an update would wait for other writers.
        if found := list(theirs.values_list("pk", flat=True)):
            self.streaming().filter(pk__in=found).update(stop_requested=True, error=DEACTIVATED)

    def interrupted_once(self):
        """Return those that the site may continue: interrupted a short while ago, not stopped by the person, the only
        one of its message, at the head of a conversation that is not deleted, and of an active person."""
        recent = self.filter(status=Status.INTERRUPTED, finished__gt=Now() - MAX_INTERRUPTION)
        recent = recent.filter(stop_requested=False)
        recent = recent.filter(
            message__conversation__owner__is_active=True, message__conversation__deleted=None
        )
        shown = recent.filter(message__conversation__head=F("message"))
        return shown.annotate(completions=Count("message__completions")).filter(completions=1)
