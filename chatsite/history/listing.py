"""The list of a person's conversations: a page at a time, newest first, grouped by day."""

from datetime import UTC, date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from chatsite.conversations.models import Conversation
from chatsite.statements import Given, Objects

CONVERSATIONS_PER_PAGE = 40
MAX_ID_DIGITS = 18


def listing(request) -> dict:
    """Return the list's context. In the query, `before` is the position where the page before ended, and `q` searches
    in titles."""
    return _part(request, _position(request.GET.get("before", "")), request.GET.get("q", "").strip())


def side_list(request) -> dict:
    """Return the context of the list beside a page: its newest part."""
    return {"side": _shown(NEWEST.all(user=request.user.pk), "")}


def _part(request, position, query: str) -> dict:
    conversations = Conversation.objects.of(request.user).titled(query).with_answering().newest_first()
    if position:
        conversations = conversations.after(*position)
    return _shown(list(conversations[: CONVERSATIONS_PER_PAGE + 1]), query)


def _shown(found: list[Conversation], query: str) -> dict:
    page = found[:CONVERSATIONS_PER_PAGE]
    older = _older(page[-1], query) if len(found) > len(page) else ""
    return {"groups": _by_day(page), "older": older, "query": query}


def _position(before: str):
    """Return the position that an earlier page's link names; None when it names none."""
    moment, _, pk = before.rpartition("_")
    if not pk.isdecimal() or len(pk) > MAX_ID_DIGITS:
        return None
    try:
        updated = parse_datetime(moment)
        return (updated.astimezone(UTC), int(pk)) if updated and timezone.is_aware(updated) else None
    except (ValueError, OverflowError):  # no date, or one that UTC puts outside the calendar
        return None


def _older(last: Conversation, query: str) -> str:
    position = {"before": f"{last.updated.isoformat()}_{last.pk}"}
    return "?" + urlencode({"q": query, **position} if query else position)


def _by_day(conversations: list[Conversation]) -> list[tuple[str, list[Conversation]]]:
    today = timezone.localdate()
    days = groupby(conversations, lambda found: _day(timezone.localdate(found.updated), today))
    return [(label, list(found)) for label, found in days]


def _day(day: date, today: date) -> str:
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=8):
        return "Previous 7 days"
    return date_format(day, "F Y")


def _newest() -> Any:
    mine = Conversation.objects.of(Given("user", User._meta.pk))
    return mine.with_answering().newest_first()[: CONVERSATIONS_PER_PAGE + 1]


NEWEST = Objects(_newest)
