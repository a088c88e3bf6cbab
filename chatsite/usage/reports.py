"""What the ledger says: sums by day, person, model and others, and where this month will end."""

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from chatsite.usage.ledger import COUNTS
from chatsite.usage.models import COST_UNIT, Source, UsageDay

# What rows can be summed by: the heading, and the columns that distinguish rows.
DIMENSIONS = {
    "day": ("Day", ("day",)),
    "person": ("Person", ("person_name", "person")),
    "group": ("Group", ("person__groups__name",)),
    "model": ("Model", ("model",)),
    "provider": ("Provider", ("provider_name",)),
    "prompt": ("System prompt", ("prompt_name",)),
    "source": ("Source", ("source",)),
}
MISSING = {
    "person": "deleted person",
    "group": "in no group",
    "provider": "none answered",
    "prompt": "no prompt",
}
MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Only:
    """A part of the ledger: the rows of one model, say.

    value: as a row of that dimension has it; empty: the rows that have none.
    """

    dimension: str
    value: str

    @property
    def heading(self) -> str:
        return DIMENSIONS[self.dimension][0]

    @property
    def label(self) -> str:
        return _label(self.dimension, self.value)

    def of(self, days: QuerySet[Any]) -> QuerySet[Any]:
        column = DIMENSIONS[self.dimension][1][0]
        wanted = Q(**{column: self.value})
        return days.filter(wanted if self.value else wanted | Q(**{column: None}))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its label and its sums. value: what the row is of, as its column has it."""

    label: str
    answers: int = 0
    failed: int = 0
    stopped: int = 0
    unreported: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_units: int = 0
    value: str = ""

    @property
    def cost(self) -> Decimal:
        return self.cost_units * COST_UNIT


@dataclass(frozen=True, slots=True)
class Report:
    """Sums of the days from `first` to `last`, by one dimension. `is_cut`: there are more rows than it shows. `only`:
    the part of the ledger that it is of."""

    dimension: str
    first: date
    last: date
    lines: list[Line]
    total: Line
    is_cut: bool
    only: Only | None = None

    @property
    def heading(self) -> str:
        return DIMENSIONS[self.dimension][0]


def report(dimension: str, first: date, last: date, only: Only | None = None) -> Report:
    """Return the sums by a name of DIMENSIONS: days in order, all others by cost and answers."""
    _, columns = DIMENSIONS[dimension]
    days = _days(first, last, only)
    order = ["-day"] if dimension == "day" else ["-cost_units_sum", "-answers_sum", *columns]
    rows = _summed(days.values(*columns)).order_by(*order)[: MAX_ROWS + 1]
    lines = [_line(_label(dimension, row[columns[0]]), row, row[columns[0]]) for row in rows]
    every = total("All", first, last, only)
    return Report(dimension, first, last, lines[:MAX_ROWS], every, len(lines) > MAX_ROWS, only)


def total(label: str, first: date, last: date, only: Only | None = None) -> Line:
    """Return the sums of all these days."""
    return _line(label, _days(first, last, only).aggregate(**_sums()))


def by_day(first: date, last: date, only: Only | None = None) -> dict[date, Line]:
    """Return the sums of each day that has any."""
    rows = _summed(_days(first, last, only).values("day"))
    return {row["day"]: _line(str(row["day"]), row) for row in rows}


@dataclass(frozen=True, slots=True)
class Month:
    """This month so far, and where it ends if it continues like that."""

    so_far: Line
    share: float

    @property
    def answers_at_end(self) -> int:
        return round(self.so_far.answers / self.share)

    @property
    def cost_at_end(self) -> Decimal:
        return round(self.so_far.cost / Decimal(self.share), 2)


def month(today: date, only: Only | None = None) -> Month:
    """Return the month of `today`, which counts as a whole day."""
    so_far = total("This month", today.replace(day=1), today, only)
    return Month(so_far, today.day / calendar.monthrange(today.year, today.month)[1])


def _days(first: date, last: date, only: Only | None) -> QuerySet[Any]:
    days = UsageDay.objects.filter(day__range=(first, last))
    return only.of(days) if only else days


def _sums() -> dict[str, Any]:
    return {f"{name}_sum": Sum(name) for name in COUNTS}


def _summed(rows: Any) -> Any:
    return rows.annotate(**_sums())


def _line(label: str, row: dict[str, Any], value: Any = "") -> Line:
    sums = {name: int(row[f"{name}_sum"] or 0) for name in COUNTS}
    return Line(label, value=str(value or ""), **sums)


def _label(dimension: str, value: Any) -> str:
    if dimension == "source":
        return str(Source(value).label)
    return str(value or MISSING.get(dimension, "unknown"))
