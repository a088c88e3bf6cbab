"""Queries for conversations: whose they are, which lists show them, and in which order."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.db.models.functions import Now
from django.utils import timezone

from chatsite.conversations.models.completion import Completion
from chatsite.conversations.models.status import Status

# A longer query only costs time.
MAX_QUERY_WORDS = 20
MAX_QUERY_WORD_LENGTH = 100


# One for each list, in its order.
INDEXES = [
    models.Index(fields=["owner", "-updated", "id"], name="conversations_by_owner"),
    models.Index(
        fields=["owner", "-pinned", "-updated", "id"],
        condition=Q(archived=False, deleted=None),
        name="conversations_listed",
    ),
    models.Index(
        fields=["folder", "-pinned", "-updated", "id"],
        condition=Q(folder__isnull=False),
        name="conversations_in_folder",
    ),
    models.Index(
        fields=["owner", "-updated", "id"],
        condition=Q(archived=True, deleted=None),
        name="conversations_archived",
    ),
    models.Index(
        fields=["owner", "-deleted", "id"],
        condition=Q(deleted__isnull=False),
        name="conversations_deleted",
    ),
    models.Index(
        fields=["temporary_until"],
        condition=Q(temporary_until__isnull=False),
        name="conversations_temporary",
    ),
]


# How long a temporary conversation stays without an open page, such as after a reload or while the network is lost; and
# the most that it stays in any case.
TEMPORARY_GRACE = timedelta(minutes=10)
MAX_TEMPORARY = timedelta(days=1)
# Temporary conversations whose time is over.
OVER = Q(temporary_until__isnull=False) & (
    Q(temporary_until__lt=Now()) | Q(created__lt=Now() - MAX_TEMPORARY)
)


class ConversationQuerySet(models.QuerySet):
    def of(self, user):
        """Return this person's own conversations, without those that they deleted, and without temporary ones."""
        return self.open_to(user).filter(temporary_until=None)

    def open_to(self, user):
        """Return those whose page this person may open: their own, also temporary ones, without deleted ones."""
        return self.filter(owner=user, deleted=None)

    def live(self, time):
        """Keep temporary ones for `time` from now on, by the database's clock."""
        self.filter(temporary_until__isnull=False).update(temporary_until=Now() + time)

    def stay_open(self, uuids) -> None:
        """Put off the deletion of those of these conversations that are temporary: pages of them are open."""
        temporary = self.filter(uuid__in=uuids, temporary_until__isnull=False)
        # Usually there are none, and an update would wait for other writers.
        if found := list(temporary.values_list("pk", flat=True)):
            self.filter(pk__in=found).live(TEMPORARY_GRACE)

    def deleted_by(self, user):
        """Return those that this person deleted and can restore, the last deleted one first."""
        return self.filter(owner=user, deleted__gt=_last_expired()).order_by("-deleted", "id")

    def deleted_after(self, deleted, pk: int):
        """Return those that follow this position in the order of `deleted_by`."""
        return self.filter(*_after(deleted, pk, "deleted"))

    def expired(self):
        """Return those that were deleted so long ago that they cannot be restored."""
        return self.filter(deleted__lte=_last_expired())

    def listed(self):
        """Return those that lists show by default."""
        return self.filter(archived=False)

    def titled(self, query: str):
        """Return those whose title has every word of the query."""
        matching = self
        for word in query.replace("\0", " ").split()[:MAX_QUERY_WORDS]:
            matching = matching.filter(title__icontains=word[:MAX_QUERY_WORD_LENGTH])
        return matching

    def entitle(self, pk: int, first: str, title: str) -> bool:
        """Give a conversation its title in place of its first words; an empty one keeps these for good. Returns whether
        the title has changed: a person may have renamed it meanwhile, and that stays."""
        provisional = self.filter(pk=pk, title=first, title_is_provisional=True)
        if not title:
            provisional.update(title_is_provisional=False)
            return False
        return bool(provisional.update(title=title, title_is_provisional=False, changed=Now()))

    def newest_first(self):
        return self.order_by("-updated", "id")

    def after(self, updated, pk: int):
        """Return those that follow this position in the order of `newest_first`."""
        return self.filter(*_after(updated, pk))

    def pinned_first(self):
        """Order by `newest_first`, but the pinned ones before all others."""
        return self.order_by("-pinned", "-updated", "id")

    def after_pinned(self, pinned: bool, updated, pk: int):
        """Return those that follow this position in the order of `pinned_first`."""
        later = _after(updated, pk)
        if pinned:
            return self.filter(Q(*later, pinned=True) | Q(pinned=False)).pinned_first()
        # In this order without the pinned ones: SQLite would sort all that follow.
        return self.filter(*later, pinned=False).newest_first()

    def with_answering(self):
        """Add `is_answering` to each: whether an answer is being written in it."""
        # From all running answers, which are few. One conversation's messages may be many.
        running = Completion.objects.filter(status=Status.STREAMING).values("message__conversation")
        return self.annotate(is_answering=ExpressionWrapper(Q(pk__in=running), models.BooleanField()))


def _after(moment, pk: int, field: str = "updated") -> tuple[Q, Q]:
    """Conditions for what follows a position. The first one alone is one range of an index."""
    return Q(**{f"{field}__lte": moment}), Q(**{f"{field}__lt": moment}) | Q(pk__gt=pk)


def _last_expired():
    return timezone.now() - timedelta(days=settings.KEEP_DELETED_DAYS)
