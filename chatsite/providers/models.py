"""Providers (completion servers), and the models that they serve."""

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from chatsite.completions.addresses import MAX_CHARACTERS, checked_base_url
from chatsite.encryption import SecretField
from chatsite.providers.kinds import Kind
from chatsite.statements import Objects

# How long a list of models is fresh, and how long a provider that did not answer is left alone.
MAX_LIST_AGE = timedelta(minutes=10)
UNREACHABLE_RETRY_INTERVAL = timedelta(minutes=1)

MAX_TIMEOUT_SECONDS = 24 * 3600
TIMEOUT = [MinValueValidator(0.1), MaxValueValidator(MAX_TIMEOUT_SECONDS)]
PRICE = [MinValueValidator(0)]

# The decimal places of an answer's stored cost, and the highest cost that can be stored.
COST_PLACES = 8
MAX_COST = Decimal("999999.99999999")


class Origin(models.TextChoices):
    """Who made a provider. All but the admin's are chosen by the site, at the start and later."""

    ADMIN = "admin", "an admin"
    ENVIRONMENT = "environment", "the environment"
    OLLAMA = "ollama", "Ollama, found on this machine"
    DEMO = "demo", "the built-in demo"


class MadeBy(models.TextChoices):
    """Who made a model's row. What an admin added stays, whatever the provider's list says."""

    LIST = "list", "its provider's list"
    ADMIN = "admin", "an admin"


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

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "name"]

    def __str__(self) -> str:
        return self.name

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
        return dict(json.loads(self.headers_json.reveal() or "{}"))

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


class ModelQuerySet(models.QuerySet):
    def offered(self):
        """Return what people can choose: offered, and either listed by the provider or added by an admin."""
        in_use = self.filter(provider__enabled=True, provider__applies=True)
        offered = in_use.filter(offered=True, available=True).select_related("provider")
        return offered.order_by("-provider__priority", "provider__name", "name")

    def choices(self) -> "list[Model]":
        """Return one offered model for each name."""
        return _one_a_name(OFFERED.all())

    def default(self, among: "list[Model] | None" = None) -> "Model | None":
        """Return the model for new conversations: an admin's choice, else the site's pick, else what it would pick.
        `among`: the choices, if they were queried already."""
        choices = self.choices() if among is None else among
        chosen = [model for model in choices if model.default]
        picked = [model for model in choices if model.picked and model.kind == Kind.CHAT]
        return next(iter(chosen + picked), None) or _best(choices)

    def pick(self) -> None:
        """Pick the default that applies until an admin chooses one. It stays while it is offered, whatever is added."""
        with transaction.atomic():
            chats = self.offered().filter(kind=Kind.CHAT)
            if chats.filter(picked=True).exists():
                return
            best = chats.order_by("-provider__priority", "provider_id", "position", "pk").first()
            self.filter(picked=True).update(picked=False)
            self.filter(pk=best and best.pk).update(picked=True)


def _one_a_name(models: "Iterable[Model]") -> "list[Model]":
    """Return the first of each name. It is the default if any of that name is."""
    firsts: dict[str, Model] = {}
    for model in models:
        first = firsts.setdefault(model.name, model)
        first.default = first.default or model.default
        first.picked = first.picked or model.picked
    return list(firsts.values())


def _best(models: "Iterable[Model]") -> "Model | None":
    """Return the first model for chat of the provider that is asked first, or of the oldest of equal providers."""
    chats = [model for model in models if model.kind == Kind.CHAT]
    return min(
        chats,
        key=lambda model: (-model.provider.priority, model.provider_id, model.position, model.pk),
        default=None,
    )


class Model(models.Model):
    """A model as a provider names it. Prices are per million tokens."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="models")
    name = models.CharField(
        max_length=200,
        help_text="As its server names it. What the server does not list can be added here by hand, and stays.",
    )
    made_by = models.CharField(max_length=5, choices=MadeBy, default=MadeBy.ADMIN, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CHAT)
    title = models.CharField(
        "label", max_length=200, blank=True, help_text="What people see; empty: the name."
    )
    context_window = models.PositiveIntegerField(
        null=True, blank=True, help_text="In tokens; empty: as its provider's list says."
    )
    listed_window = models.PositiveIntegerField(null=True, editable=False)
    input_price = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, validators=PRICE
    )
    output_price = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, validators=PRICE
    )
    offered = models.BooleanField(db_column="enabled", default=True, help_text="Shown to people as a choice.")
    available = models.BooleanField(
        default=True, editable=False, help_text="Listed by its provider when it was last asked."
    )
    position = models.PositiveIntegerField(default=0, editable=False, help_text="In its provider's list.")
    default = models.BooleanField(default=False, help_text="Chosen for new conversations.")
    picked = models.BooleanField(
        default=False, editable=False, help_text="The default that the site picked while no admin chose one."
    )

    objects = ModelQuerySet.as_manager()

    class Meta:
        ordering = ["provider", "name"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="one_model_a_name_and_provider"),
            models.UniqueConstraint(
                fields=["default"], condition=models.Q(default=True), name="one_default_model"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def window(self) -> int | None:
        """The context window in tokens: an admin's number, else the list's; None if unknown."""
        return self.context_window or self.listed_window

    def cost(self, prompt_tokens: int | None, completion_tokens: int | None) -> Decimal | None:
        """Return the cost of an answer of so many tokens; None if a price or count is unknown, or the cost too high."""
        if self.input_price is None or self.output_price is None or completion_tokens is None:
            return None
        cost = ((prompt_tokens or 0) * self.input_price + completion_tokens * self.output_price) / 1_000_000
        return round(cost, COST_PLACES) if abs(cost) <= MAX_COST else None

    @property
    def label(self) -> str:
        return self.title or self.name


OFFERED = Objects(lambda: Model.objects.offered())
