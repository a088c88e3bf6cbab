"""Where answers come from: providers (completion servers) and the models that they serve."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator, URLValidator
from django.db import models

# The places behind the point that an answer's cost is stored with, and the highest cost that can be.
COST_PLACES = 8
MAX_COST = Decimal("999999.99999999")


class Origin(models.TextChoices):
    """Who made a provider. All but the admin's follow what is found at each start."""

    ADMIN = "admin", "the admin"
    ENVIRONMENT = "environment", "the environment"
    OLLAMA = "ollama", "Ollama, found on this machine"
    DEMO = "demo", "the built-in demo"


class Provider(models.Model):
    """One OpenAI-compatible server. Times are in seconds."""

    name = models.CharField(max_length=100, unique=True)
    base_url = models.CharField(
        "base URL",
        max_length=500,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="Up to and including /v1, such as http://127.0.0.1:8080/v1.",
    )
    key = models.CharField(max_length=500, blank=True, editable=False)
    headers = models.JSONField(default=dict, blank=True, help_text="Extra request headers, as a JSON object.")
    connect_timeout = models.FloatField(default=5, validators=[MinValueValidator(0.1)])
    first_token_timeout = models.FloatField(default=120, validators=[MinValueValidator(0.1)])
    idle_timeout = models.FloatField(default=60, validators=[MinValueValidator(0.1)])
    total_timeout = models.FloatField(default=600, validators=[MinValueValidator(0.1)])
    priority = models.IntegerField(
        default=0, help_text="Where several providers serve a model of one name, the highest is asked first."
    )
    enabled = models.BooleanField(default=True)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.ADMIN, editable=False)

    class Meta:
        ordering = ["-priority", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def api_key(self) -> str:
        """The key to send. The environment's is never stored."""
        return settings.OPENAI_API_KEY if self.origin == Origin.ENVIRONMENT else self.key


class ModelQuerySet(models.QuerySet):
    def offered(self):
        """What people can choose: enabled, and seen when its provider was last asked."""
        offered = self.filter(enabled=True, available=True, provider__enabled=True)
        return offered.select_related("provider").order_by("-provider__priority", "provider__name", "name")

    def choices(self) -> "list[Model]":
        """One offered model a name."""
        return _one_a_name(list(self.offered()))

    def chosen(self, *names: str, among: "list[Model] | None" = None) -> "Model | None":
        """The first of these names that is offered; else the default; else any. `among`: the choices, if at hand."""
        choices = {model.name: model for model in (self.choices() if among is None else among)}
        for name in names:
            if name in choices:
                return choices[name]
        return next(
            (model for model in choices.values() if model.default), next(iter(choices.values()), None)
        )

    def serving(self, name: str) -> "list[Model]":
        """All offered models of this name, or of the one that is `chosen` in its place, the provider to ask first at
        the head."""
        offered = list(self.offered())
        model = self.chosen(name, among=_one_a_name(offered))
        return [each for each in offered if model and each.name == model.name]


def _one_a_name(models: "list[Model]") -> "list[Model]":
    return list({model.name: model for model in reversed(models)}.values())[::-1]


class Model(models.Model):
    """A model as a provider names it. Prices are per million tokens."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="models")
    name = models.CharField(max_length=200)
    title = models.CharField(
        "label", max_length=200, blank=True, help_text="What people see; empty: the name."
    )
    context_window = models.PositiveIntegerField(
        null=True, blank=True, help_text="In tokens; empty: not known."
    )
    input_price = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    output_price = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    enabled = models.BooleanField(default=True)
    available = models.BooleanField(default=True, help_text="Listed by its provider when it was last asked.")
    default = models.BooleanField(default=False, help_text="Chosen for new conversations.")

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

    def cost(self, prompt_tokens: int | None, completion_tokens: int | None) -> Decimal | None:
        """What an answer of so many tokens costs; None where a price or the count is not known, or none is so high."""
        if self.input_price is None or self.output_price is None or completion_tokens is None:
            return None
        cost = ((prompt_tokens or 0) * self.input_price + completion_tokens * self.output_price) / 1_000_000
        return round(cost, COST_PLACES) if abs(cost) <= MAX_COST else None

    @property
    def label(self) -> str:
        return self.title or self.name
