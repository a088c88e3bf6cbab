"""A page of results: conversations by their titles, and messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.safestring import SafeString

from chatsite.conversations.models import Conversation, Folder, Role
from chatsite.history.search import index_queries, rows
from chatsite.history.search.index_queries import Found
from chatsite.history.search.query import Query
from chatsite.history.search.rows import FoundMessage
from chatsite.history.search.search import Search
from chatsite.history.search.snippets import highlighted, snippet
from chatsite.prompts.models import SystemPrompt

PAGE = 20
# Titles that are shown above the messages.
FEW_TITLES = 5
# Matches that are checked for deleted conversations, `is:pinned` and `is:archived`.
MAX_CANDIDATES = 20_000
CANDIDATES_AT_ONCE = 900

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The largest time in microseconds, and the largest place.
_LAST, _LAST_PLACE = 2**57, 2**63 - 1
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?(e-?\d{1,3})?", re.ASCII)
_PLACE = re.compile(r"-?\d{1,20}", re.ASCII)

NO_FOLDER = "You have no folder with “{}” in its name."
ONLY_NEWEST = f"Only the newest {MAX_CANDIDATES:,} matches were searched."


@dataclass(frozen=True, slots=True)
class Hit:
    """conversation: its uuid. archived: whether it is. message: None for a hit by title. html: the title or the
    snippet, with <mark>."""

    conversation: UUID
    title: str
    html: SafeString
    date: datetime
    archived: bool
    message: UUID | None = None
    role: str = ""


@dataclass(slots=True)
class Results:
    """more: the cursor of the next part; empty at the end. note: a sentence about what was left out."""

    titles: list[Hit] = field(default_factory=list)
    messages: list[Hit] = field(default_factory=list)
    has_more_titles: bool = False
    more: str = ""
    note: str = ""


def find(user: User, query: Query, cursor: str = "", best: bool = False) -> Results:
    """Return a page of results. cursor: `more` of the page before. best: order by best match."""
    search = search_for(user, query)
    if query.folders and not search.folders:
        return Results(note=NO_FOLDER.format("” or “".join(query.folders)))
    if search.is_empty:
        return _titles_page(search, user, cursor)
    results = Results()
    if not cursor:
        hits = [_title_hit(query, conversation) for conversation in titles(search, user)[: FEW_TITLES + 1]]
        results.titles, results.has_more_titles = hits[:FEW_TITLES], len(hits) > FEW_TITLES
    found = list(islice(_shown(search, cursor, best, results), PAGE + 1))
    results.messages = _message_hits(query, user, found[:PAGE])
    if len(found) > PAGE:
        results.more = _cursor(found[PAGE - 1], best)
    return results


def search_for(user: User, query: Query) -> Search:
    """Return the search of this person, with the prompts and folders that the query names."""
    return Search(query, user.pk, _prompts(query), _folders(user, query))


def _prompts(query: Query) -> tuple[int, ...]:
    named = SystemPrompt.objects.filter(_any("name__icontains", query.prompts))
    return tuple(named.values_list("pk", flat=True)) if query.prompts else ()


def _folders(user: User, query: Query) -> tuple[int, ...]:
    """Return their ids; none where the query names no folder or only unknown ones."""
    named = (Folder.objects.of(user).named(name).values_list("pk", flat=True) for name in query.folders)
    return tuple(pk for pks in named for pk in pks)


def _shown(search: Search, cursor: str, best: bool, results: Results) -> Iterator[Found]:
    """Yield the matches after the cursor whose conversations have the flags of the query. What was deleted stays in
    the index until it cannot be restored any more."""
    looked = 0
    for batch in _batches(search, cursor, best):
        allowed = rows.allowed(search, [found.message for found in batch])
        yield from (found for found in batch if found.message in allowed)
        looked += len(batch)
        if looked >= MAX_CANDIDATES:
            results.note = ONLY_NEWEST
            return


def _batches(search: Search, cursor: str, best: bool) -> Iterator[list[Found]]:
    if best:
        score, place = _read_cursor(cursor)
        ranked = index_queries.best(search)
        yield [each for each in ranked if not cursor or (each.score, -each.place) > (score, -place)]
        return
    size = CANDIDATES_AT_ONCE if search.of_conversations else PAGE + 1
    below = _read_cursor(cursor)[1] if cursor else None
    while batch := index_queries.newest(search, below, size):
        yield batch
        if len(batch) < size:
            return
        below, size = batch[-1].place, CANDIDATES_AT_ONCE


def _message_hits(query: Query, user: User, found: list[Found]) -> list[Hit]:
    messages = rows.found_messages(user.pk, [each.message for each in found]) if found else {}
    return [_message_hit(query, messages[each.message]) for each in found if each.message in messages]


def _message_hit(query: Query, message: FoundMessage) -> Hit:
    html = snippet(message.text, query.phrases, message.role == Role.ASSISTANT)
    return Hit(message.of, message.title, html, message.created, message.archived, message.uuid, message.role)


def _titles_page(search: Search, user: User, cursor: str) -> Results:
    conversations = titles(search, user)
    if cursor:
        moment, pk = _read_cursor(cursor)
        conversations = conversations.after(_EPOCH + timedelta(microseconds=min(abs(moment), _LAST)), pk)
    page = list(conversations[: PAGE + 1])
    results = Results([_title_hit(search.query, conversation) for conversation in page[:PAGE]])
    if len(page) > PAGE:
        results.more = f"{(page[PAGE - 1].updated - _EPOCH) // timedelta(microseconds=1)}_{page[PAGE - 1].pk}"
    return results


def titles(search: Search, user: User) -> Any:
    """Return the person's conversations that match by title and filters, newest first."""
    query = search.query
    conversations: Any = Conversation.objects.of(user).filter(**search.of_conversations)
    if query.phrases:
        conversations = conversations.filter(pk__in=index_queries.titles(search))
    if query.before:
        conversations = conversations.filter(updated__lt=query.before)
    if query.after:
        conversations = conversations.filter(updated__gte=query.after)
    if query.models:
        conversations = conversations.filter(_any("model__icontains", query.models))
    if query.prompts:
        conversations = conversations.filter(_any("system_prompt__name__icontains", query.prompts))
    return conversations.newest_first()


def _any(lookup: str, values: list[str]) -> Q:
    either = Q()
    for value in values:
        either |= Q(**{lookup: value})
    return either


def _title_hit(query: Query, conversation: Conversation) -> Hit:
    title = conversation.title or "Untitled"
    return Hit(
        conversation.uuid,
        title,
        highlighted(title, query.phrases),
        conversation.updated,
        conversation.archived,
    )


def _cursor(last: Found, best: bool) -> str:
    return f"{last.score!r}_{last.place}" if best else f"0_{last.place}"


def _read_cursor(cursor: str) -> tuple[float, int]:
    """Return the number and the place of a cursor; 0 and 0 if it is malformed."""
    number, _, place = cursor.partition("_")
    if not _NUMBER.fullmatch(number) or not _PLACE.fullmatch(place) or abs(int(place)) > _LAST_PLACE:
        return 0, 0
    return float(number), int(place)
