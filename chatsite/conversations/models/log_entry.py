"""The log of a run: its text, in batches."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

# The log of an ended run is only read by its followers.
LOG_KEPT_FOR = timedelta(minutes=10)


class LogEntryQuerySet(models.QuerySet):
    def expired(self):
        """Return the entries of runs that ended so long ago that every follower has read them."""
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
        return f"{self.completion_id}@{self.offset}"
