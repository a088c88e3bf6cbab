"""Queries the index: which messages and titles of one person match."""

from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from chatsite.history.search import postgresql_queries, sqlite_queries
from chatsite.history.search.search import Search

# "Best match" ranks at most this many of the newest matches.
MAX_RANKED = 1000
MAX_PLACE = 2**63 - 1


class Found(NamedTuple):
    """A message in the index. score: smaller is better; 0 if matches are not ranked."""

    place: int
    message: int
    score: float = 0


def newest(search: Search, below: int | None, count: int) -> list[Found]:
    """Return the newest matching messages whose place is below this one."""
    return [Found(*row) for row in _queries().newest(search, _places(search, below), count)]


def best(search: Search) -> list[Found]:
    """Return the newest matches, the best one first."""
    rows = _queries().ranked(search, _places(search, None), MAX_RANKED)
    return sorted((Found(*row) for row in rows), key=lambda found: (found.score, -found.place))


def messages(search: Search, count: int) -> RawSQL:
    """Return a subquery for the ids of the newest matching messages."""
    sql, params = _queries().newest_statement(search, _places(search, None), count)
    return RawSQL(f"SELECT message_id FROM ({sql}) found", params)


def titles(search: Search) -> RawSQL:
    """Return a subquery for the ids of conversations whose titles match."""
    return RawSQL(*_queries().titles(search))


def _places(search: Search, below: int | None) -> tuple[int, int]:
    """Return the range of places to search; its end is excluded."""
    place = _queries().place
    after, before = search.query.after, search.query.before
    first = place(after.timestamp()) if after else -MAX_PLACE
    end = place(before.timestamp()) if before else MAX_PLACE
    return first, min(end, below) if below is not None else end


def _queries():  # type: ignore[no-untyped-def]
    return sqlite_queries if connection.vendor == "sqlite" else postgresql_queries
