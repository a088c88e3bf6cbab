"""Reads the messages that the index found, as their owner may see them."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from chatsite.conversations.models import Message
from chatsite.history.search.search import Search
from chatsite.statements import Given, Row, Select

# The numbers of a JSON list. A statement with one parameter for each would have to be built for each search.
_NUMBERS = {
    "sqlite": "SELECT value FROM json_each(%s)",
    "postgresql": "SELECT value::bigint FROM json_array_elements_text(%s::json)",
}


class FoundMessage(NamedTuple):
    """What a hit shows of a message, and of its conversation: `of`, its title and whether it is archived."""

    uuid: UUID
    role: str
    text: str
    created: Any
    of: UUID
    title: str
    archived: bool


def allowed(search: Search, messages: Iterable[int]) -> set[int]:
    """Return the ids of those that were not deleted, and whose conversations have the flags of the query."""
    if not search.of_conversations:
        return {pk for (pk,) in _run(ALLOWED, search.owner, messages)}
    found = Message.objects.among(list(messages), search.owner).filter(**search.of_messages)
    return set(found.values_list("pk", flat=True))


def found_messages(owner: int, messages: Iterable[int]) -> dict[int, FoundMessage]:
    """Return what hits show, by the ids of their messages, without what was deleted meanwhile."""
    return {pk: FoundMessage(*row) for pk, *row in _run(FOUND_MESSAGES, owner, messages)}


def _run(statement: Select, owner: int, messages: Iterable[int]) -> list[Row]:
    return statement.rows(numbers=json.dumps(list(messages)), owner=owner)


def _among() -> Any:
    numbers = RawSQL(_NUMBERS[connection.vendor], [Given("numbers", TextField())])
    return Message.objects.among(numbers, Given("owner", Message._meta.pk))


_OF_CONVERSATION = [f"conversation__{name}" for name in ("uuid", "title", "archived")]
ALLOWED = Select(lambda: _among().values_list("pk"))
FOUND_MESSAGES = Select(
    lambda: _among().values_list("pk", "uuid", "role", "text", "created", *_OF_CONVERSATION)
)
