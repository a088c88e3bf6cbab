"""The list of a person's conversations: a page at a time, the pinned ones, then the others by day, newest first."""

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
# What a position among the pinned ones begins with.
PINNED = "p"


def listing(request) -> dict:
    """Return the list's context. In the query, `before` is the position where the page before ended, and `q` searches
    in titles."""
    return _part(request, _position(request.GET.get("before", "")), request.GET.get("q", "").strip())


def side_list(request) -> dict:
    """Return the context of the list beside a page: its newest part."""
    return {"side": _shown(NEWEST.all(user=request.user.pk), "")}


def _part(request, position, query: str) -> dict:
    own = Conversation.objects.of(request.user)
    # A search finds archived ones, too.
    conversations = (own.titled(query) if query else own.listed()).with_answering().pinned_first()
    if position:
        conversations = conversations.after_pinned(*position)
    return _shown(list(conversations[: CONVERSATIONS_PER_PAGE + 1]), query)


def _shown(found: list[Conversation], query: str) -> dict:
    page = found[:CONVERSATIONS_PER_PAGE]
    older = _older(page[-1], query) if len(found) > len(page) else ""
    return {"groups": _by_day(page), "older": older, "query": query}


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


def _by_day(conversations: list[Conversation]) -> list[tuple[str, list[Conversation]]]:
    today = timezone.localdate()
    days = groupby(conversations, lambda found: _label(found, today))
    return [(label, list(found)) for label, found in days]


def _label(conversation: Conversation, today: date) -> str:
    return "Pinned" if conversation.pinned else _day(timezone.localdate(conversation.updated), today)


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
    return mine.listed().with_answering().pinned_first()[: CONVERSATIONS_PER_PAGE + 1]


NEWEST = Objects(_newest)
