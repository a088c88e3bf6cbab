"""The site's rule: after how many days without a message conversations are deleted."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

MIN_DAYS, MAX_DAYS = 14, 36_500
ONLY = 1


class RetentionRuleQuerySet(models.QuerySet):
    def in_force(self) -> "RetentionRule | None":
        """Return the rule; None where the site deletes nothing by itself."""
        return self.filter(days__isnull=False).first()


class RetentionRule(models.Model):
    """There is one row, or none. since: when the rule became what it is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    days = models.PositiveIntegerField(
        "days after the last message",
        null=True,
        blank=True,
        validators=[MinValueValidator(MIN_DAYS), MaxValueValidator(MAX_DAYS)],
        help_text="Conversations without a message for so long are deleted for good. Empty: nothing is deleted.",
    )
    keep_pinned = models.BooleanField("keep pinned ones", default=True)
    keep_in_folders = models.BooleanField("keep those in folders", default=True)
    since = models.DateTimeField(db_default=Now(), editable=False)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "retention rule"
        constraints = [models.CheckConstraint(condition=models.Q(id=ONLY), name="one_retention_rule")]

    def __str__(self) -> str:
        return f"Deleted {self.days} days after the last message" if self.days else "Nothing is deleted"

    def save(self, *args, **kwargs) -> None:
        """A changed rule begins now: nothing is deleted before its owner saw a notice for a week."""
        stored = RetentionRule.objects.filter(pk=self.pk).first()
        if stored and stored.terms != self.terms:
            self.since = Now()
        super().save(*args, **kwargs)
        self.refresh_from_db()

    @property
    def terms(self) -> tuple[int | None, bool, bool]:
        return self.days, self.keep_pinned, self.keep_in_folders
