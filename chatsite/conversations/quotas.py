"""What one person may ask for: answers at once, and what an admin allows."""

import time

from django.contrib.auth.models import User

from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion
from chatsite.limits import MAX_RUNNING_ANSWERS_PER_USER
from chatsite.statements import Select
from chatsite.usage.limits import LimitUse, limit_uses
from chatsite.usage.models import Limit

HAS_LIMITS = Select(lambda: Limit.objects.values_list("pk")[:1])
# After this time the database is queried again for whether the site has limits. Each turn also reads it.
LEARNED_SECONDS = 30.0
BUSY_PERSON = (
    f"{MAX_RUNNING_ANSWERS_PER_USER} of your answers are being written, the most at once. "
    "Wait for one to end, or stop one."
)


def refuse_busy_person(running: int) -> None:
    """Raises Refusal at the limit. `running`: the person's answers that are being written, on all workers."""
    if running >= MAX_RUNNING_ANSWERS_PER_USER:
        raise Refusal("busy_person", BUSY_PERSON)


def refuse_used_up(user: User) -> None:
    """Raises Refusal where the person has used up one of their limits. Answers that are being written continue."""
    for use in limit_uses_of(user):
        if use.is_used_up:
            raise Refusal("used_up", use.sentence)


def limit_uses_of(user: User) -> list[LimitUse]:
    """Return how much of each of their limits a person has used."""
    return limit_uses(user, Completion.objects.begun_by)


def warning_for(user: User) -> str:
    """Return a sentence where a limit is nearly used up, or is; else an empty one."""
    SITE_LIMITS.learned(bool(HAS_LIMITS.rows()))
    if not SITE_LIMITS.exist():
        return ""
    return next((each.sentence for each in limit_uses_of(user) if each.is_near), "")


class SiteLimits:
    """Whether the site has limits of use for anybody, as this process learned last."""

    def __init__(self) -> None:
        self._exist = False
        self._until = 0.0

    def learned(self, exist: bool) -> None:
        self._exist, self._until = exist, time.monotonic() + LEARNED_SECONDS

    @property
    def are_none(self) -> bool:
        """Whether a turn, or a page, has found none lately."""
        return not self._exist and time.monotonic() < self._until

    def exist(self) -> bool:
        """Return it by a query only where no turn began lately."""
        if time.monotonic() >= self._until:
            self.learned(bool(HAS_LIMITS.rows()))
        return self._exist


SITE_LIMITS = SiteLimits()
