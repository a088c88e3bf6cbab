"""Queries the index: which messages and titles of one person match."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from chatsite.history.search import postgresql_queries, sqlite_queries
from chatsite.history.search.query import Query

# "Best match" ranks at most this many of the newest matches.
MAX_RANKED = 1000


class Found(NamedTuple):
    """A message in the index. score: smaller is better; 0 if matches are not ranked."""

    place: int
    message: int
    score: float = 0


@dataclass(frozen=True, slots=True)
class Search:
    """A query of one person. prompts: the ids of the system prompts that the query names."""

    query: Query
    owner: int
    prompts: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no message can match: the query has no words, is for titles only, or names an unknown prompt."""
        return (
            not self.query.phrases or self.query.titles_only or bool(self.query.prompts) and not self.prompts
        )

    def newest(self, below: int | None, count: int) -> list[Found]:
        """Return the newest matching messages whose place is below this one."""
        return [Found(*row) for row in _queries().newest(self, self._places(below), count)]

    def best(self) -> list[Found]:
        """Return the newest matches, the best one first."""
        rows = _queries().ranked(self, self._places(None), MAX_RANKED)
        return sorted((Found(*row) for row in rows), key=lambda found: (found.score, -found.place))

    def titles(self) -> RawSQL:
        """Return a subquery for the ids of conversations whose titles match."""
        return RawSQL(*_queries().titles(self))

    def _places(self, below: int | None) -> tuple[int, int]:
        """Return the range of places to search; its end is excluded."""
        each = _queries().PLACES_A_SECOND
        after, before = self.query.after, self.query.before
        first = int(after.timestamp()) * each if after else -MAX_PLACE
        end = int(before.timestamp()) * each if before else MAX_PLACE
        return first, min(end, below) if below is not None else end


MAX_PLACE = 2**63 - 1


def _queries():  # type: ignore[no-untyped-def]
    return sqlite_queries if connection.vendor == "sqlite" else postgresql_queries
