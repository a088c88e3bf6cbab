"""What was spent of the allowances to try a password, shared by all workers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction

MAX_EXPIRED_ROWS = 1000


class Allowance(NamedTuple):
    """So many attempts at once; each comes back after so many seconds. `key` says whose they are."""

    key: str
    attempts: int
    seconds: int

    def wait(self, until: datetime, now: datetime) -> float:
        """Seconds until the next attempt, at most those of one; 0 or less when one is free."""
        spent = min((until - now).total_seconds(), self.attempts * self.seconds)
        return spent - (self.attempts - 1) * self.seconds


class SpentAttemptsQuerySet(models.QuerySet):
    def take(self, allowances: Sequence[Allowance], now: datetime) -> float:
        """Spend one attempt of each allowance and return 0, or spend none and return the seconds to wait."""
        self._delete_expired(now)
        with transaction.atomic():
            # In one order, so that two processes cannot wait for each other.
            rows = {each: self._locked(each, now) for each in sorted(allowances)}
            waits = [allowance.wait(row.until, now) for allowance, row in rows.items()]
            if max(waits) > 0:
                return max(waits)
            for allowance, row in rows.items():
                row.until = max(row.until, now) + timedelta(seconds=allowance.seconds)
                row.save()
        return 0

    def give_back(self, allowance: Allowance) -> None:
        """The attempt was a right one, so it counts for nothing."""
        spent = models.F("until") - timedelta(seconds=allowance.seconds)
        self.filter(key=allowance.key).update(until=spent)

    def _locked(self, allowance: Allowance, now: datetime) -> "SpentAttempts":
        row, _ = self.select_for_update().get_or_create(key=allowance.key, defaults={"until": now})
        # A clock that was set back must not lock anybody out.
        row.until = min(row.until, now + timedelta(seconds=allowance.attempts * allowance.seconds))
        return row

    def _delete_expired(self, now: datetime) -> None:
        """Rows that others hold are in use again; waiting for them could stop both."""
        with transaction.atomic():
            expired = self.select_for_update(skip_locked=True).filter(until__lt=now)
            self.filter(pk__in=list(expired.values_list("pk", flat=True)[:MAX_EXPIRED_ROWS])).delete()


class SpentAttempts(models.Model):
    """The attempts of one allowance are all free again at `until`; a row from before now says nothing."""

    key = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    objects = SpentAttemptsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "spent attempts"

    def __str__(self) -> str:
        return self.key
