"""Rows of a query, read a part at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet


def in_parts(rows: QuerySet, ordering: Sequence[str], size: int) -> Iterator[Any]:
    """Yield all rows. `ordering`: the names of their order, which is total and of columns without NULL.

    Each part is a separate query that begins after the last row of the previous part. So no cursor stays open while a
    slow client reads, and with an index for the order, a late part costs the same as an early one.
    """
    rows = rows.order_by(*ordering)
    part = list(rows[:size])
    while part:
        yield from part
        part = list(rows.filter(_behind(part[-1], ordering))[:size]) if len(part) == size else []


def _behind(row: Any, ordering: Sequence[str]) -> Q:
    """Return the condition for rows that follow this one."""
    behind, equal = Q(), {}
    for each in ordering:
        name, value = each.removeprefix("-"), getattr(row, each.removeprefix("-"))
        behind |= Q(**equal, **{f"{name}__{_follows(each)}": value})
        equal[name] = value
    # It follows from the rest; databases find the beginning in an index by it.
    first = ordering[0].removeprefix("-")
    return Q(**{f"{first}__{_follows(ordering[0])}e": getattr(row, first)}) & behind


def _follows(each: str) -> str:
    return "lt" if each.startswith("-") else "gt"
