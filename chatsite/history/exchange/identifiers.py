"""The uuids of imported rows: a person gets the same ones for the same file each time; other people get others."""

import hashlib
from uuid import UUID

from django.db import connection
from django.db.models import Model

NAMESPACE = UUID("5f1c8a36-0d4b-5c58-9a55-6f0f4d2f8a11")
# A separator that is in none of the names.
BETWEEN = "\x1f"


def derived(owner: int, source: str, *ids: str) -> UUID:
    """A version 5 uuid of the owner, the source, and the source's own ids. Those are never taken as ours."""
    name = BETWEEN.join([str(owner), source, *ids]).encode("utf-8", "surrogatepass")
    return UUID(bytes=hashlib.sha1(NAMESPACE.bytes + name).digest()[:16], version=5)


def known(id: str) -> UUID | None:
    """The id as a uuid of ours that it may be."""
    try:
        return UUID(id)
    except ValueError:
        return None


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class PrimaryKeys:
    """Primary keys for rows that are to be inserted in this transaction: rows that name each other need them before."""

    def __init__(self) -> None:
        self._next: dict[type[Model], int] = {}

    def take(self, model: type[Model], count: int) -> list[int]:
        table = model._meta.db_table
        if connection.vendor != "sqlite":
            return _from_sequence(table, count)
        # Nobody else inserts while this transaction holds the write lock.
        first = self._next.get(model) or _last(table) + 1
        self._next[model] = first + count
        return list(range(first, first + count))


def _from_sequence(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        cursor.execute(sequence, [table, count])
        return [pk for (pk,) in cursor.fetchall()]


def _last(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    return row[0] if row else 0
