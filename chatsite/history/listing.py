"""The list of a person's conversations: a page at a time, the pinned ones, then the others by day, newest first."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Exists
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from chatsite.conversations.models import Conversation, Folder
from chatsite.history.organising import acts
from chatsite.history.organising.list_filters import ARCHIVED, DELETED, ListFilter, list_filter_of
from chatsite.history.retention.due import notice
from chatsite.history.retention.models import RetentionRule
from chatsite.statements import Given, Objects

CONVERSATIONS_PER_PART = 40
# A script that shows again all that it had loaded before asks for up to this number.
MAX_CONVERSATIONS_PER_PART = 200
MAX_ID_DIGITS = 18
# What a position among the pinned ones begins with.
PINNED = "p"
DAYS_WITH_A_NAME = 7


class Group(NamedTuple):
    """The conversations of one day. `day`: None for the pinned ones. `period`: the heading of several days in the
    sidebar, which is too narrow for one of each day."""

    label: str
    period: str
    day: date | None
    conversations: list[Conversation]


def listing(request) -> dict:
    """Return the list's context. In the query, `before` is the position where the part before ended, `q` searches in
    titles, `show` or `folder` names another list, and `count` says how many conversations to list."""
    query = request.GET.get("q", "").strip()
    list_filter = ListFilter() if query else list_filter_of(request.user, request.GET)
    # A search finds archived ones, too.
    own = Conversation.objects.of(request.user)
    found = own.titled(query) if query else list_filter.conversations(request.user)
    conversations = _ordered(list_filter, found, _position(request.GET.get("before", "")))
    count = _count(request.GET.get("count", ""))
    shown = list(conversations.with_answering().select_related("folder")[: count + 1])
    context = _shown(shown, {"q": query} if query else list_filter.query, count, list_filter)
    return context | {"query": query, "list_filter": list_filter}


def side_list(request) -> dict:
    """Return the context of the list beside a page: its newest part, the person's folders, and what was done last."""
    found = NEWEST.all(user=request.user.pk)
    newest = _shown(found, {}, CONVERSATIONS_PER_PART, ListFilter())
    newest |= {"ending": _ending(request.user, found), "max_title": Conversation.MAX_TITLE_CHARACTERS}
    return {"side": newest, "folders": FOLDERS.all(user=request.user.pk), "done": _done(request)}


def _done(request) -> acts.Done | None:
    """Return what the page offers to undo after it was loaded again."""
    act = request.GET.get(acts.DONE)
    return acts.done_before(request.user, act) if act else None


def _ending(user: User, newest: list[Conversation]):
    """Return the notice about conversations that are deleted soon. A site without a rule queries nothing."""
    may_be = newest[0].has_retention_rule if newest else True
    return notice(user) if may_be else None


def _ordered(list_filter: ListFilter, conversations, position):
    if list_filter.show == DELETED:
        return conversations.deleted_after(*position[1:]) if position else conversations
    if list_filter.show == ARCHIVED:
        archived = conversations.newest_first()
        return archived.after(*position[1:]) if position else archived
    pinned_first = conversations.pinned_first()
    return pinned_first.after_pinned(*position) if position else pinned_first


def _count(text: str) -> int:
    """Return how many conversations a part has."""
    is_count = text.isascii() and text.isdecimal() and len(text) <= MAX_ID_DIGITS
    return min(max(int(text), 1), MAX_CONVERSATIONS_PER_PART) if is_count else CONVERSATIONS_PER_PART


def _shown(found: list[Conversation], query: dict[str, str], count: int, list_filter: ListFilter) -> dict:
    part = found[:count]
    older = _older(part[-1], query, list_filter) if len(found) > len(part) else ""
    was_read = any(each.read_by_staff for each in part)
    return {"groups": _by_day(part, list_filter), "older": older, "was_read": was_read}


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


def _older(last: Conversation, query: dict[str, str], list_filter: ListFilter) -> str:
    pinned = PINNED if _is_on_top(last, list_filter) else ""
    return "?" + urlencode({**query, "before": f"{pinned}{_moment(last, list_filter).isoformat()}_{last.pk}"})


def _by_day(conversations: list[Conversation], list_filter: ListFilter) -> list[Group]:
    today = timezone.localdate()
    days = groupby(conversations, lambda each: _day(each, list_filter))
    return [Group(*_headings(day, today), day, list(found)) for day, found in days]


def _headings(day: date | None, today: date) -> tuple[str, str]:
    return (_label(day, today), _period(day, today)) if day else ("Pinned", "Pinned")


def _day(conversation: Conversation, list_filter: ListFilter) -> date | None:
    is_on_top = _is_on_top(conversation, list_filter)
    return None if is_on_top else timezone.localdate(_moment(conversation, list_filter))


def _is_on_top(conversation: Conversation, list_filter: ListFilter) -> bool:
    return conversation.pinned and list_filter.show not in (ARCHIVED, DELETED)


def _moment(conversation: Conversation, list_filter: ListFilter) -> datetime:
    return conversation.deleted if list_filter.show == DELETED else conversation.updated


def _label(day: date, today: date) -> str:
    """Return the heading of a day. static/js/days.js writes the same ones at midnight."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=DAYS_WITH_A_NAME):
        return date_format(day, "l")
    return date_format(day, "j F" if day.year == today.year else "j F Y")


def _period(day: date, today: date) -> str:
    """Return the heading of a day in the sidebar, where following days share one; see static/js/days.js, too."""
    if day >= today - timedelta(days=1):
        return _label(day, today)
    if day > today - timedelta(days=DAYS_WITH_A_NAME):
        return "Previous 7 days"
    return date_format(day, "F" if day.year == today.year else "F Y")


def _newest() -> Any:
    mine = Conversation.objects.of(Given("user", User._meta.pk))
    mine = mine.annotate(has_retention_rule=Exists(RetentionRule.objects.filter(days__isnull=False)))
    return mine.listed().with_answering().pinned_first()[: CONVERSATIONS_PER_PART + 1]


NEWEST = Objects(_newest)
FOLDERS = Objects(lambda: Folder.objects.of(Given("user", User._meta.pk)))
