"""How a run ended, and the values that a completion stores of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from chatsite.providers.models import Provider

# The largest number that a column of counts holds in every database.
MAX_COUNT = 2**31 - 1
MAX_FINISH_REASON_LENGTH = 100
MAX_ERROR_LENGTH = 1000


def count(value: int | None) -> int | None:
    """Return a count that can be stored; None for an impossible one, which some servers report."""
    return value if value is not None and 0 <= value <= MAX_COUNT else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `text` and `reasoning` are the whole message's, `error` is a sentence for people.

    is_seen: whether the person sees the conversation now.
    """

    status: str
    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    error_kind: str = ""
    error: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    provider: Provider | None = None
    cost: Decimal | None = None
    first_delta: datetime | None = None
    is_seen: bool = False

    def bare(self) -> "Outcome":
        """Return the outcome without what a model server reported, for a database that refuses that."""
        return replace(
            self,
            finish_reason="",
            prompt_tokens=None,
            completion_tokens=None,
            cached_tokens=None,
            provider=None,
            cost=None,
        )

    def columns(self) -> dict[str, Any]:
        """The values to store in a completion."""
        return {
            "status": self.status,
            "first_delta": self.first_delta,
            "finish_reason": self.finish_reason[:MAX_FINISH_REASON_LENGTH],
            "error_kind": self.error_kind,
            "error": self.error[:MAX_ERROR_LENGTH],
            "prompt_tokens": count(self.prompt_tokens),
            "completion_tokens": count(self.completion_tokens),
            "cached_tokens": count(self.cached_tokens),
            "provider": self.provider and self.provider.pk,
            "cost": self.cost,
        }


# The columns of a completion that an outcome sets.
OUTCOME = tuple(Outcome("").columns())
