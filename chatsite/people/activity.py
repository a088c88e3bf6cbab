"""What the list of people shows of each, by one query."""

from decimal import Decimal
from typing import Any

from django.db.models import Max, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from chatsite.conversations.models import Conversation
from chatsite.usage.models import COST_UNIT, UsageDay
from chatsite.usage.periods import this_month


def with_activity(people: Any) -> Any:
    """Add to each: when the person was last seen, and the answers and the cost of this month."""
    month = UsageDay.objects.filter(person=OuterRef("pk"), day__gte=this_month()).order_by().values("person")
    newest = Conversation.objects.filter(owner=OuterRef("pk")).order_by().values("owner")
    updated = Subquery(newest.annotate(newest=Max("updated")).values("newest"))
    return people.annotate(
        last_seen=Coalesce(Greatest("last_login", updated), "last_login", updated),
        month_answers=Coalesce(_sum(month, "answers"), 0),
        month_cost_units=Coalesce(_sum(month, "cost_units"), 0),
    )


def cost(units: int) -> Decimal:
    return round(units * COST_UNIT, 2)


def _sum(rows: Any, name: str) -> Subquery:
    return Subquery(rows.annotate(sum=Sum(name)).values("sum"))
