"""The list of a person's conversations: a page at a time, the pinned ones, then the others by day, newest first."""

from datetime import UTC, date, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Exists
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from chatsite.conversations.models import Conversation
from chatsite.history.retention.due import notice
from chatsite.history.retention.models import RetentionRule
from chatsite.statements import Given, Objects

CONVERSATIONS_PER_PART = 40
# A script that shows again what was loaded before asks for so many at once.
MAX_CONVERSATIONS_PER_PART = 200
MAX_ID_DIGITS = 18
# What a position among the pinned ones begins with.
PINNED = "p"
DAYS_WITH_A_NAME = 7


class Group(NamedTuple):
    """Conversations under one heading. `day`: theirs; None for the pinned ones."""

    label: str
    day: date | None
    conversations: list[Conversation]


def listing(request) -> dict:
    """Return the list's context. In the query, `before` is the position where the part before ended, `q` searches in
    titles, and `count` says how many conversations to list."""
    return _part(request, _position(request.GET.get("before", "")), request.GET.get("q", "").strip())


def side_list(request) -> dict:
    """Return the context of the list beside a page: its newest part."""
    found = NEWEST.all(user=request.user.pk)
    return {"side": _shown(found, "", CONVERSATIONS_PER_PART) | {"ending": _ending(request.user, found)}}


def _ending(user: User, newest: list[Conversation]):
    """Return what to tell the person of conversations that are deleted soon. A site without a rule queries nothing."""
    may_be = newest[0].has_retention_rule if newest else True
    return notice(user) if may_be else None


def _part(request, position, query: str) -> dict:
    own = Conversation.objects.of(request.user)
    # A search finds archived ones, too.
    conversations = (own.titled(query) if query else own.listed()).with_answering().pinned_first()
    if position:
        conversations = conversations.after_pinned(*position)
    count = _count(request.GET.get("count", ""))
    return _shown(list(conversations[: count + 1]), query, count)


def _count(text: str) -> int:
    """Return how many conversations a part has."""
    is_count = text.isascii() and text.isdecimal() and len(text) <= MAX_ID_DIGITS
    return min(max(int(text), 1), MAX_CONVERSATIONS_PER_PART) if is_count else CONVERSATIONS_PER_PART


def _shown(found: list[Conversation], query: str, count: int) -> dict:
    part = found[:count]
    older = _older(part[-1], query) if len(found) > len(part) else ""
    was_read = any(each.read_by_staff for each in part)
    return {"groups": _by_day(part), "older": older, "query": query, "was_read": was_read}


def _position(before: str):
    """Return the position that an earlier page's link names; None when it names none."""
    moment, _, pk = before.removeprefix(PINNED).rpartition("_")
    if not pk.isdecimal() or len(pk) > MAX_ID_DIGITS:
        return None
    try:
        updated = parse_datetime(moment)
        is_whole = updated and timezone.is_aware(updated)
        return (before.startswith(PINNED), updated.astimezone(UTC), int(pk)) if is_whole else None
    except (ValueError, OverflowError):  # no date, or one that UTC puts outside the calendar
        return None


def _older(last: Conversation, query: str) -> str:
    pinned = PINNED if last.pinned else ""
    position = {"before": f"{pinned}{last.updated.isoformat()}_{last.pk}"}
    return "?" + urlencode({"q": query, **position} if query else position)


def _by_day(conversations: list[Conversation]) -> list[Group]:
    today = timezone.localdate()
    days = groupby(conversations, _day)
    return [Group(_label(day, today) if day else "Pinned", day, list(found)) for day, found in days]


def _day(conversation: Conversation) -> date | None:
    return None if conversation.pinned else timezone.localdate(conversation.updated)


def _label(day: date, today: date) -> str:
    """Return the heading of a day. static/js/days.js writes the same ones when the day turns."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=DAYS_WITH_A_NAME):
        return date_format(day, "l")
    return date_format(day, "j F" if day.year == today.year else "j F Y")


def _newest() -> Any:
    mine = Conversation.objects.of(Given("user", User._meta.pk))
    mine = mine.annotate(has_retention_rule=Exists(RetentionRule.objects.filter(days__isnull=False)))
    return mine.listed().with_answering().pinned_first()[: CONVERSATIONS_PER_PART + 1]


NEWEST = Objects(_newest)
