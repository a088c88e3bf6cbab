"""The ledger of use: what answers took, by day. It outlives conversations, people, providers and prompts."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from chatsite.prompts.models import SystemPromptVersion
from chatsite.providers.models import Provider

# Costs are stored as whole numbers of this part of the currency: sums of them are exact in every database.
COST_UNIT = Decimal("0.00000001")


class Source(models.TextChoices):
    """The feature that requested an answer."""

    CHAT = "chat", "chat"
    TITLE = "title", "titles"
    TRYOUT = "tryout", "tryouts of prompts"


class UsageDay(models.Model):
    """The answers of one day, person, model, provider, prompt version and source. Names outlive the objects."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    day = models.DateField(db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="usage_days"
    )
    person_name = models.CharField(max_length=150)
    model = models.CharField(max_length=200)
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True)
    provider_name = models.CharField(max_length=100, blank=True)
    prompt_version = models.ForeignKey(SystemPromptVersion, models.SET_NULL, null=True)
    prompt_name = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=6, choices=Source, default=Source.CHAT)

    answers = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    stopped = models.PositiveIntegerField(default=0)
    unreported = models.PositiveIntegerField(default=0, help_text="Answers whose server reported no tokens.")
    input_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    cached_tokens = models.PositiveBigIntegerField(default=0)
    cost_units = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "usage"
        verbose_name_plural = "usage"
        default_permissions = ["view"]

    def __str__(self) -> str:
        return f"{self.day}: {self.person_name}, {self.model}"
