"""Finds words in one conversation."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.safestring import SafeString

from chatsite.conversations.models import Conversation
from chatsite.conversations.models.branch import ids
from chatsite.history.search import postgresql_queries, sqlite_queries
from chatsite.history.search.phrases import Phrase, is_too_short
from chatsite.history.search.query import Query, read
from chatsite.history.search.search import Search
from chatsite.history.search.snippets import snippet

PAGE = 50
# The most parameters that both databases take.
AT_ONCE = 900
NO_FILTERS = "Filters such as “model:” work in the search of all conversations."


def read_words(typed: str) -> Query:
    """Parse what is to be found in a conversation: as in the search box, but without filters. Words that begin like
    these match, too, unless something is in quotes."""
    query = read(typed)
    if query.has_filter:
        query.problem = query.problem or NO_FILTERS
    if '"' not in query.typed:
        query.phrases = [_beginning(phrase) for phrase in query.phrases]
    return query


def _beginning(phrase: Phrase) -> Phrase:
    beginning = replace(phrase, is_beginning=True)
    return phrase if is_too_short(beginning) else beginning


@dataclass(frozen=True, slots=True)
class Matches:
    """The messages of a conversation that match, by their ids, in the order of the conversation. shown: those on the
    branch that is shown."""

    query: Query
    all: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)

    @property
    def other_versions(self) -> int:
        """How many are on other branches only."""
        return len(self.all) - len(self.shown)


def find_within(conversation: Conversation, typed: str) -> Matches:
    """Return the messages of a conversation that have these words."""
    query = read_words(typed)
    if query.problem or not query.phrases:
        return Matches(query)
    queries = sqlite_queries if connection.vendor == "sqlite" else postgresql_queries
    found = sorted(queries.within(Search(query, conversation.owner_id), conversation.pk))
    branch = ids(conversation.pk, conversation.head_id) if found else set()
    return Matches(query, found, [pk for pk in found if pk in branch])


@dataclass(frozen=True, slots=True)
class Hit:
    """html: the text around the first match, with <mark>."""

    message: UUID
    role: str
    date: datetime
    html: SafeString
    is_shown: bool


def hits(conversation: Conversation, matches: Matches, after: str) -> tuple[list[Hit], UUID | None]:
    """Return the next hits after that of a message, and the last of them where more follow."""
    start = _position(conversation, matches, after)
    part = matches.all[start : start + PAGE]
    shown = set(matches.shown)
    rows = conversation.messages.filter(pk__in=part).values_list("pk", "uuid", "role", "created", "text")
    found = [_hit(matches.query, pk in shown, *row) for pk, *row in rows.order_by("pk")]
    return found, found[-1].message if found and start + PAGE < len(matches.all) else None


def _hit(query: Query, is_shown: bool, uuid: UUID, role: str, date: datetime, text: str) -> Hit:
    return Hit(uuid, role, date, snippet(text, query.phrases, role == "assistant"), is_shown)


def _position(conversation: Conversation, matches: Matches, after: str) -> int:
    pk = id_of(conversation, after)
    return sum(each <= pk for each in matches.all) if pk else 0


def id_of(conversation: Conversation, message: str) -> int | None:
    """Return the id of a message of the conversation; None where it has none with this uuid."""
    try:
        found: Any = conversation.messages.filter(uuid=UUID(message))
    except ValueError:
        return None
    pk: int | None = found.values_list("pk", flat=True).first()
    return pk


def uuids(conversation: Conversation, pks: list[int]) -> list[UUID]:
    """Return the uuids of these messages, in the order of the conversation."""
    found: list[UUID] = []
    for at in range(0, len(pks), AT_ONCE):
        part = conversation.messages.filter(pk__in=pks[at : at + AT_ONCE])
        found += part.order_by("pk").values_list("uuid", flat=True)
    return found
