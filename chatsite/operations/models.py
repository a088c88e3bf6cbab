"""When each chore of a site is due: one row a chore, whatever the number of workers."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

MAX_ERROR_CHARACTERS = 500


class ChoreQuerySet(models.QuerySet):
    def claim(self, name: str, lease: timedelta) -> bool:
        """Take a chore that is due; others leave it alone for `lease`. Returns whether it is ours.

        One conditional update by the database's clock, so that of several workers one takes it.
        """
        is_known = self.filter(name=name).exists()
        if not is_known:
            self.bulk_create([Chore(name=name)], ignore_conflicts=True)
        due = self.filter(name=name, due__lte=Now())
        # Usually it is not due, and an update would wait for other writers.
        return due.exists() and bool(due.update(due=Now() + lease))

    def done(self, name: str, pause: timedelta) -> None:
        """It is due again after a pause."""
        self.filter(name=name).update(due=Now() + pause, done=Now(), error="")

    def failed(self, name: str, reason: str) -> None:
        """Keep why; it is due again when its lease is over."""
        self.filter(name=name).update(error=" ".join(reason.split())[:MAX_ERROR_CHARACTERS])


class Chore(models.Model):
    """A chore, and when it is due. While a worker does it, that is when another worker may take it over.

    done: when it was done last. error: why it failed since.
    """

    name = models.CharField(max_length=50, primary_key=True)
    due = models.DateTimeField(db_default=Now())
    done = models.DateTimeField(null=True)
    error = models.CharField(max_length=MAX_ERROR_CHARACTERS, default="", db_default="")

    objects = ChoreQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
