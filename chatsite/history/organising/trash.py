"""Conversations that were deleted: they can be restored for some days, then they are deleted for good."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from chatsite.conversations.models import Conversation
from chatsite.history.organising import acts
from chatsite.history.organising.acts import Done, lock
from chatsite.history.organising.models import Act, Kind

# The time of deletion of what cannot be restored any more.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Seconds that a request takes part in deleting; the rest is left to the site's housekeeping.
MAX_REQUEST_SECONDS = 2.0
# Conversations of one poll, and seconds between two of them, for others to write in.
AT_ONCE = 500
PAUSE_SECONDS = 0.01
# After this time an act cannot be undone.
UNDO_TIME = timedelta(days=1)


def delete(user: User, conversations: "QuerySet[Conversation]") -> Done:
    """Delete these conversations of the person: for good at once where the site keeps no deleted ones."""
    done = acts.do(user, Kind.DELETE, conversations)
    if settings.KEEP_DELETED_DAYS:
        return done
    purge_expired_of(user)
    return replace(done, undo=None)


def delete_for_good(user: User, conversations: "QuerySet[Conversation]") -> int:
    """Delete those of the person's deleted conversations at once. Returns how many."""
    with transaction.atomic():
        lock(user)
        count: int = deleted_among(user, conversations).update(deleted=LONG_AGO, changed=Now())
    purge_expired_of(user)
    return count


def deleted_among(user: User, conversations: "QuerySet[Conversation]") -> "QuerySet[Conversation]":
    """Return those of the person's deleted conversations that are among these."""
    deleted: QuerySet[Conversation] = Conversation.objects.deleted_by(user).order_by()
    return deleted.filter(pk__in=conversations.order_by().values("pk"))


def purge_expired_of(user: User) -> None:
    """Delete for good what this person cannot restore any more, or as much of it as a request has time for."""
    purge(Conversation.objects.expired().filter(owner=user), MAX_REQUEST_SECONDS)


def housekeeping() -> Iterable[dict[str, int]]:
    """Delete what was deleted long enough ago, and forget what cannot be undone any more."""
    Act.objects.filter(created__lt=timezone.now() - UNDO_TIME).delete()
    while purge(Conversation.objects.expired()):
        pass
    return []


def purge(expired: "QuerySet[Conversation]", seconds: float = float("inf")) -> int:
    """Delete some of these for good, each in a transaction of its own. Returns how many."""
    end = time.monotonic() + seconds
    count = 0
    for conversation in expired.select_related("owner").only("pk", "owner")[:AT_ONCE]:
        if time.monotonic() > end:
            break
        count += _purge(conversation)
        time.sleep(PAUSE_SECONDS)
    return count


def _purge(conversation: Conversation) -> bool:
    with transaction.atomic():
        lock(conversation.owner)
        # It may have been restored meanwhile.
        found = Conversation.objects.expired().filter(pk=conversation.pk).first()
        if found:
            found.delete()
    return found is not None
