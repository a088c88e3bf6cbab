"""The ledger of use, and limits of it."""

from chatsite.usage.models.limit import Extra, Limit
from chatsite.usage.models.usage_day import COST_UNIT, Source, UsageDay

__all__ = ["COST_UNIT", "Extra", "Limit", "Source", "UsageDay"]
