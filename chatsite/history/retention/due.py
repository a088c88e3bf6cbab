"""Which conversations the rule deletes, and when."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Min, Q
from django.db.models.functions import Now

from chatsite.conversations.models import Conversation
from chatsite.history.retention.models import RetentionRule

# How long people see a notice before.
NOTICE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ending:
    """The notice that a person sees: how many of their conversations are deleted soon, and the first day of that."""

    count: int
    day: datetime


def covered(rule: RetentionRule, ahead: timedelta = timedelta()) -> Q:
    """Return which conversations are old enough for the rule now, or after the time `ahead`."""
    old = Q(updated__lte=Now() - (timedelta(days=rule.days or 0) - ahead), deleted=None, temporary_until=None)
    if rule.keep_pinned:
        old &= Q(pinned=False)
    return old & Q(folder=None) if rule.keep_in_folders else old


def due(rule: RetentionRule) -> Q:
    """Return which conversations may be deleted now: those whose owner saw a notice of this rule for a week.

    To unpin a conversation, or to take it out of a folder, changes it: its week begins then.
    """
    days, keep_pinned, keep_in_folders = rule.terms
    same = {"days": days, "keep_pinned": keep_pinned, "keep_in_folders": keep_in_folders}
    announced = RetentionRule.objects.filter(**same, since__lte=Now() - NOTICE)
    return covered(rule) & Q(changed__lte=Now() - NOTICE) & Q(Exists(announced))


def ending(user: User, rule: RetentionRule | None = None) -> Any:
    """Return the person's conversations that are deleted within a week, the oldest first. `rule`: if it was read."""
    rule = rule or RetentionRule.objects.in_force()
    if not rule:
        return Conversation.objects.none()
    return Conversation.objects.of(user).filter(covered(rule, NOTICE)).order_by("updated", "id")


def day_of(rule: RetentionRule, updated: datetime, changed: datetime) -> datetime:
    """Return when a conversation is deleted."""
    return max(updated + timedelta(days=rule.days or 0), changed + NOTICE, rule.since + NOTICE)


def notice(user: User) -> Ending | None:
    """Return the notice for a person; None where none of their conversations is deleted soon."""
    rule = RetentionRule.objects.in_force()
    if not rule:
        return None
    first = (
        ending(user, rule).order_by().aggregate(n=Count("pk"), updated=Min("updated"), changed=Min("changed"))
    )
    return Ending(first["n"], day_of(rule, first["updated"], first["changed"])) if first["n"] else None


def by_person(condition: Q) -> Counter[str]:
    """Return how many conversations meet a condition, by their person's name."""
    rows = Conversation.objects.filter(condition).values_list("owner__username").annotate(Count("pk"))
    return Counter(dict(rows.order_by()))
