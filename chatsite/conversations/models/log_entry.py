"""The log of a run: what it has written, in batches."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

# The log of an ended run is only read by those who were following it.
LOG_KEPT_FOR = timedelta(minutes=10)


class LogEntryQuerySet(models.QuerySet):
    def outlived(self):
        """Log rows of runs that ended long enough ago for every follower to have read them."""
        return self.filter(completion__finished__lt=Now() - LOG_KEPT_FOR)


class LogEntry(models.Model):
    """One batch of a run's log. `offset` counts the characters of the log before it."""

    class Kind(models.TextChoices):
        TEXT = "text"
        REASONING = "reasoning"

    completion = models.ForeignKey("conversations.Completion", models.CASCADE, related_name="log")
    offset = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.TEXT)
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["completion", "offset"], name="one_log_entry_an_offset"),
        ]

    def __str__(self) -> str:
        return f"{self.completion_id}@{self.offset}: {self.text[:40]}"
