"""Erasures: people who will be deleted with all that is theirs, unless somebody keeps them."""

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone


class ErasureQuerySet(models.QuerySet):
    def due(self):
        """Return those that are due. A person who was activated again is not erased."""
        return self.filter(due__lte=timezone.now(), person__is_active=False).order_by("due", "pk")


class Erasure(models.Model):
    """A person will be erased when it is `due`. `was_active`: whether keeping them activates them again."""

    MAX_REASON_CHARACTERS = 500

    person = models.OneToOneField(User, models.CASCADE, related_name="erasure")
    was_active = models.BooleanField()
    reason = models.CharField(max_length=MAX_REASON_CHARACTERS)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    made = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField(db_index=True)

    objects = ErasureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person}: {self.due:%Y-%m-%d}"

    @property
    def has_begun(self) -> bool:
        """Whether it is too late to keep the person."""
        return self.due <= timezone.now()
