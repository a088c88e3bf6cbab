"""Limits of use: of everybody, a group or a person; and what a person gets on top of them."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.template.defaultfilters import date as written

from chatsite.usage.periods import this_month

# Sums of values of this size stay within 64 bits.
MAX_TOKENS = 10**15
MAX_MESSAGES_AN_HOUR = 10**9


class Limit(models.Model):
    """What somebody may use. Without a person and a group it is everybody's.

    A person's own limit replaces all others. Of a person's groups the widest wins, measure by measure. Everybody's
    limit is for those who have neither.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True)
    group = models.OneToOneField(Group, models.CASCADE, null=True, blank=True)
    messages_an_hour = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MAX_MESSAGES_AN_HOUR)],
        help_text="Asking again and continuing count, too. Empty: no limit.",
    )
    tokens_a_month = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MAX_TOKENS)],
        help_text="Of questions and answers together. Empty: no limit.",
    )
    cost_a_month = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="In the currency of the models' prices. Empty: no limit.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None) | Q(group=None),
                name="a_limit_is_of_a_person_or_a_group",
                violation_error_message="Choose a person or a group, not both.",
            ),
            models.UniqueConstraint(
                Value(1),
                condition=Q(person=None, group=None),
                name="one_limit_of_everybody",
                violation_error_message="Everybody has a limit already. Change it, or choose a person or a group.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.group or "everybody")

    @property
    def summary(self) -> str:
        """What it allows, in words."""
        parts = [
            f"{self.messages_an_hour:,} messages an hour" if self.messages_an_hour is not None else "",
            f"{self.tokens_a_month:,} tokens a month" if self.tokens_a_month is not None else "",
            f"a cost of {self.cost_a_month:,} a month" if self.cost_a_month is not None else "",
        ]
        return ", ".join(filter(None, parts)) or "no limit of anything"


class Extra(models.Model):
    """More for one person in one month, on top of the limit."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    month = models.DateField(default=this_month, editable=False)
    tokens = models.PositiveBigIntegerField(default=0, validators=[MaxValueValidator(MAX_TOKENS)])
    cost = models.DecimalField(max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    note = models.CharField(max_length=200, help_text="Why.")

    def __str__(self) -> str:
        return f"more for {self.person} in {written(self.month, 'F Y')}"
