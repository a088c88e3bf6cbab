"""The attempts to sign in that were spent, shared by all workers; and invitations."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction

from chatsite.accounts.invitations import Invitation

__all__ = ["Allowance", "Invitation", "SpentAttempts"]

MAX_EXPIRED_ROWS = 1000


class Allowance(NamedTuple):
    """Allows `attempts` at once; each is free again after `seconds`. `key` says whose they are."""

    key: str
    attempts: int
    seconds: int

    def wait(self, until: datetime, now: datetime) -> float:
        """Return the seconds until the next attempt, `seconds` at most; 0 or less when one is free."""
        spent = min((until - now).total_seconds(), self.attempts * self.seconds)
        return spent - (self.attempts - 1) * self.seconds


class SpentAttemptsQuerySet(models.QuerySet):
    def take(self, allowances: Sequence[Allowance], now: datetime) -> float:
        """Spend one attempt of each allowance and return 0, or spend none and return the seconds to wait."""
        self._delete_expired(now)
        with transaction.atomic():
            # Always in the same order, so that two processes cannot deadlock.
            rows = {each: self._locked(each, now) for each in sorted(allowances)}
            waits = [allowance.wait(row.until, now) for allowance, row in rows.items()]
            if max(waits) > 0:
                return max(waits)
            for allowance, row in rows.items():
                row.until = max(row.until, now) + timedelta(seconds=allowance.seconds)
                row.save()
        return 0

    def give_back(self, allowance: Allowance) -> None:
        """Free an attempt again: the password was right, or was not verified."""
        spent = models.F("until") - timedelta(seconds=allowance.seconds)
        self.filter(key=allowance.key).update(until=spent)

    def _locked(self, allowance: Allowance, now: datetime) -> "SpentAttempts":
        row, _ = self.select_for_update().get_or_create(key=allowance.key, defaults={"until": now})
        # A clock that was set back must lock no one out.
        row.until = min(row.until, now + timedelta(seconds=allowance.attempts * allowance.seconds))
        return row

    def _delete_expired(self, now: datetime) -> None:
        """Rows that others have locked are in use again; waiting for them could deadlock."""
        with transaction.atomic():
            expired = self.select_for_update(skip_locked=True).filter(until__lt=now)
            self.filter(pk__in=list(expired.values_list("pk", flat=True)[:MAX_EXPIRED_ROWS])).delete()


class SpentAttempts(models.Model):
    """The attempts of one allowance are all free again at `until`. A row whose `until` has passed means nothing."""

    key = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    objects = SpentAttemptsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "spent attempts"

    def __str__(self) -> str:
        return self.key
