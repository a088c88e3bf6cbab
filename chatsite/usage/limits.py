"""How much of their limits a person has used. Read by one statement, and only on a site that has limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Q, Subquery, Sum
from django.utils import timezone

from chatsite.usage.models import COST_UNIT, Extra, Limit, UsageDay
from chatsite.usage.periods import beginning, next_month, this_month, today

# From this share of a limit on, the page shows a notice.
WARNING_SHARE = Decimal("0.8")
HOUR = timedelta(hours=1)
MEASURES = ("messages_an_hour", "tokens_a_month", "cost_a_month")


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How much of a limit is used: both in the limit's own unit. `sentence`: for the person."""

    used: Decimal
    limit: Decimal
    sentence: str

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.limit

    @property
    def is_near(self) -> bool:
        return self.used >= self.limit * WARNING_SHARE


def limit_uses(user: Any, begun: Callable[[Any, Any], Any]) -> list[LimitUse]:
    """Return how much of each of their limits a person has used.

    begun: makes a query for how many answers of a user began after a time.
    """
    rows = list(_rows(user, begun))
    if not rows:
        return []
    widest = _widest(rows)
    used = rows[0]
    found = []
    if (limit := widest["messages_an_hour"]) is not None:
        found.append(_of_the_hour(Decimal(used["begun"] or 0), limit))
    if (limit := widest["tokens_a_month"]) is not None:
        allowed = limit + (used["more_tokens"] or 0)
        found.append(_of_the_month(Decimal(used["tokens"] or 0), allowed, "tokens", nothing="0 tokens"))
    if (limit := widest["cost_a_month"]) is not None:
        cost = (used["cost_units"] or 0) * COST_UNIT
        allowed = limit + (used["more_cost"] or 0)
        found.append(_of_the_month(round(cost, 2), allowed, "of cost", nothing="a cost of 0"))
    return found


def _widest(rows: list[dict[str, Any]]) -> dict[str, Decimal | None]:
    """Return the limit of each measure; None for no limit."""
    own = [row for row in rows if row["person"]]
    of_groups = [row for row in rows if row["group"]]
    applying = own or of_groups or rows
    return {
        name: None if any(row[name] is None for row in applying) else max(row[name] for row in applying)
        for name in MEASURES
    }


def _of_the_hour(used: Decimal, limit: Decimal) -> LimitUse:
    sentence = f"{used:,} of your {limit:,} messages of this hour are used."
    if not limit:
        sentence = "Your limit is 0 messages an hour: you cannot ask anything here."
    elif used >= limit:
        # The oldest may have been sent an hour ago, or just now.
        sent = "1 message" if limit == 1 else f"{limit:,} messages"
        sentence = (
            f"You have sent {sent} within an hour, the most here. "
            "You can send the next one when the oldest of them is an hour old."
        )
    return LimitUse(used, limit, sentence)


def _of_the_month(used: Decimal, limit: Decimal, what: str, nothing: str) -> LimitUse:
    """what: the unit, after a number. nothing: a limit of 0 in words."""
    if not limit:
        return LimitUse(used, limit, f"Your limit is {nothing} a month: you cannot ask anything here.")
    begins = beginning(next_month(today()))
    sentence = f"{used:,} of your {limit:,} {what} of this month are used. They start again on {begins}."
    if used >= limit:
        sentence = f"Your {limit:,} {what} of this month are used up. They start again on {begins}."
    return LimitUse(used, limit, sentence)


def _rows(user: Any, begun: Callable[[Any, Any], Any]) -> Any:
    """The limits that may apply to a person, each with what the person has used."""
    groups = get_user_model().groups.through.objects.filter(user=user).values("group")
    mine = Q(person=user) | Q(group__in=groups) | Q(person=None, group=None)
    first = this_month()
    used = UsageDay.objects.filter(person=user, day__gte=first).order_by().values("person")
    more = Extra.objects.filter(person=user, month=first).order_by().values("person")
    return Limit.objects.filter(mine).values(
        "person",
        "group",
        *MEASURES,
        begun=Subquery(begun(user, timezone.now() - HOUR)),
        tokens=Subquery(used.annotate(sum=Sum(F("input_tokens") + F("output_tokens"))).values("sum")),
        cost_units=Subquery(used.annotate(sum=Sum("cost_units")).values("sum")),
        more_tokens=Subquery(more.annotate(sum=Sum("tokens")).values("sum")),
        more_cost=Subquery(more.annotate(sum=Sum("cost")).values("sum")),
    )
