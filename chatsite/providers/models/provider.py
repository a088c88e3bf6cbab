"""A provider: one OpenAI-compatible completion server."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from chatsite.completions.addresses import MAX_CHARACTERS, checked_base_url
from chatsite.encryption import SecretField

# How long a list of models is fresh, and how long a provider that did not answer is left alone.
MAX_LIST_AGE = timedelta(minutes=10)
UNREACHABLE_RETRY_INTERVAL = timedelta(minutes=1)

MAX_TIMEOUT_SECONDS = 24 * 3600
TIMEOUT = [MinValueValidator(0.1), MaxValueValidator(MAX_TIMEOUT_SECONDS)]


class Origin(models.TextChoices):
    """Who made a provider. All but the admin's are chosen by the site, at the start and later."""

    ADMIN = "admin", "an admin"
    ENVIRONMENT = "environment", "the environment"
    OLLAMA = "ollama", "Ollama, found on this machine"
    DEMO = "demo", "the built-in demo"


def validate_base_url(value: str) -> None:
    """Check it as the environment's is checked, with the same sentences."""
    try:
        checked_base_url(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class ProviderQuerySet(models.QuerySet):
    def in_use(self):
        """Return those that can answer: enabled, and, if the site made them, applicable now."""
        return self.filter(enabled=True, applies=True)

    def due(self):
        """Return those in use whose list of models is old, or from the future, after a clock was set back."""
        old = (
            Q(asked=None)
            | Q(asked__lt=Now() - MAX_LIST_AGE)
            | Q(asked__gt=Now() + UNREACHABLE_RETRY_INTERVAL)
        )
        return self.in_use().filter(
            old | Q(is_unreachable=True, asked__lt=Now() - UNREACHABLE_RETRY_INTERVAL)
        )


class Provider(models.Model):
    """One OpenAI-compatible server. Times are in seconds."""

    name = models.CharField(max_length=100, unique=True)
    base_url = models.CharField(
        "base URL",
        max_length=MAX_CHARACTERS,
        validators=[validate_base_url],
        help_text="Up to and including /v1, such as http://127.0.0.1:8080/v1.",
    )
    key = SecretField()
    key_variable = models.CharField(
        "read the key from",
        max_length=200,
        blank=True,
        help_text="A variable of the site's environment whose name begins with CHATSITE_KEY_.",
    )
    headers_json = SecretField()
    connect_timeout = models.FloatField(default=5, validators=TIMEOUT)
    first_token_timeout = models.FloatField(default=120, validators=TIMEOUT)
    idle_timeout = models.FloatField(default=60, validators=TIMEOUT)
    total_timeout = models.FloatField(default=600, validators=TIMEOUT)
    priority = models.IntegerField(
        default=0, help_text="Where several providers serve a model of one name, the highest is asked first."
    )
    enabled = models.BooleanField(default=True)
    offers_new_models = models.BooleanField(
        "offer new models",
        default=True,
        help_text="Models for chat that appear in its list are offered to people at once.",
    )
    origin = models.CharField("made by", max_length=12, choices=Origin, default=Origin.ADMIN, editable=False)
    applies = models.BooleanField(
        default=True, editable=False, help_text="False for one that the site made and has no use for now."
    )
    asked = models.DateTimeField(
        null=True, editable=False, help_text="When it was last asked for its models."
    )
    error = models.CharField(max_length=1000, blank=True, editable=False, help_text="Why it gave no list.")
    is_unreachable = models.BooleanField(default=False, editable=False)
    failures = models.PositiveIntegerField(
        default=0, editable=False, help_text="Answers in a row that failed before their first word."
    )
    failing_since = models.DateTimeField(null=True, editable=False, help_text="The first of these failures.")
    failure = models.CharField(max_length=1000, blank=True, editable=False, help_text="The last of them.")
    rests_until = models.DateTimeField(
        null=True, editable=False, help_text="Until then other providers are asked first."
    )

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_resting(self) -> bool:
        """Whether it has kept failing, so that others are asked first."""
        return self.rests_until is not None and self.rests_until > timezone.now()

    @property
    def api_key(self) -> str:
        """Return the key to send. The environment's is never stored. Raises ValueError with a sentence."""
        if self.origin == Origin.ENVIRONMENT:
            return str(settings.OPENAI_API_KEY)
        if self.key_variable:
            return self._variable()
        return self.key.reveal()

    def _variable(self) -> str:
        if self.key_variable not in settings.PROVIDER_KEYS:
            raise ValueError(f"{self.key_variable} is not set in the site's environment.")
        return str(settings.PROVIDER_KEYS[self.key_variable])

    @property
    def headers(self) -> dict[str, str]:
        """Extra request headers. Raises UnreadableSecret."""
        headers: dict[str, str] = json.loads(self.headers_json.reveal() or "{}")
        return headers

    @headers.setter
    def headers(self, headers: dict[str, str]) -> None:
        self.headers_json = json.dumps(headers) if headers else ""

    def why_unusable(self) -> str:
        """Return why its key or headers cannot be sent; empty when they can."""
        for read in (lambda: self.api_key, lambda: self.headers):
            try:
                read()
            except ValueError as error:
                return str(error)
        return ""

    @property
    def sent_secrets(self) -> tuple[Any, ...]:
        """What changes whenever its key or headers change, without decrypting them."""
        variable = settings.PROVIDER_KEYS.get(self.key_variable)
        return self.key, self.headers_json, self.key_variable, variable
