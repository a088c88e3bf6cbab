"""The alternatives of a message: those with the same parent."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import IntegerField, UUIDField
from django.db.models.expressions import RawSQL


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


def _of_each(column: str, condition: str, output_field: IntegerField | UUIDField) -> RawSQL:
    """Return the column of each message's siblings. A first message's are looked for in its conversation only: the
    plus keeps databases from reading the first messages of all conversations."""
    select = f"SELECT {column} FROM conversations_message sibling WHERE"
    return RawSQL(
        f"""CASE WHEN conversations_message.parent_id IS NULL THEN ({select}
            sibling.conversation_id = conversations_message.conversation_id AND +sibling.parent_id IS NULL
            AND {condition})
        ELSE ({select} sibling.parent_id = conversations_message.parent_id AND {condition}) END""",
        [],
        output_field,
    )


_BEFORE = "sibling.id < conversations_message.id"
_AFTER = "sibling.id > conversations_message.id"
# PostgreSQL would otherwise read all messages in the order of their ids where it expects to meet a sibling soon.
_NEAREST = "ORDER BY sibling.id + 0"

# For `Siblings.between`.
SIBLINGS = {
    "siblings_before": _of_each("COUNT(*)", _BEFORE, IntegerField()),
    "siblings_after": _of_each("COUNT(*)", _AFTER, IntegerField()),
    "previous_sibling": _of_each("sibling.uuid", f"{_BEFORE} {_NEAREST} DESC LIMIT 1", UUIDField()),
    "next_sibling": _of_each("sibling.uuid", f"{_AFTER} {_NEAREST} LIMIT 1", UUIDField()),
}
