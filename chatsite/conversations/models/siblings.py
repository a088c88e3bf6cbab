"""The alternatives of a message: those with the same parent."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import IntegerField, UUIDField
from django.db.models.expressions import RawSQL

from chatsite.statements import Given


class Siblings(NamedTuple):
    """A message among its alternatives, oldest first. position: from 1."""

    position: int = 1
    count: int = 1
    previous: UUID | None = None
    next: UUID | None = None

    @classmethod
    def between(cls, before: int, after: int, previous: UUID | None, next: UUID | None) -> "Siblings":
        """`before`, `after`: how many there are on each side."""
        return cls(before + 1, before + 1 + after, previous, next)


_BEFORE = "sibling.id < conversations_message.id"
_AFTER = "sibling.id > conversations_message.id"
# PostgreSQL would otherwise read all messages in the order of their ids where it expects to meet a sibling soon.
_NEAREST = "ORDER BY sibling.id + 0"


def _of_each(siblings: str) -> dict[str, RawSQL]:
    """Return what `Siblings.between` takes, for each message of a query. siblings: a condition for them."""
    select = "SELECT {} FROM conversations_message sibling WHERE " + siblings
    count, uuid = select.format("COUNT(*)"), select.format("sibling.uuid")
    return {
        "siblings_before": RawSQL(f"{count} AND {_BEFORE}", [], IntegerField()),
        "siblings_after": RawSQL(f"{count} AND {_AFTER}", [], IntegerField()),
        "previous_sibling": RawSQL(f"{uuid} AND {_BEFORE} {_NEAREST} DESC LIMIT 1", [], UUIDField()),
        "next_sibling": RawSQL(f"{uuid} AND {_AFTER} {_NEAREST} LIMIT 1", [], UUIDField()),
    }


SIBLINGS = _of_each("sibling.parent_id = conversations_message.parent_id")
# The plus keeps databases from reading the first messages of all conversations.
SIBLINGS_OF_FIRST = _of_each(
    "sibling.conversation_id = conversations_message.conversation_id AND +sibling.parent_id IS NULL"
)


def firsts(message: Given) -> RawSQL:
    """Return how many first messages the conversation of this message has, for first messages; 0 for others.

    PostgreSQL counts them once where one is read. It would plan for `SIBLINGS_OF_FIRST` of all messages.
    """
    conversation = "SELECT conversation_id FROM conversations_message WHERE id = %s"
    return RawSQL(
        f"""CASE WHEN conversations_message.parent_id IS NULL THEN (
            SELECT COUNT(*) FROM conversations_message first
            WHERE first.conversation_id = ({conversation}) AND +first.parent_id IS NULL
        ) ELSE 0 END""",
        [message],
        IntegerField(),
    )
