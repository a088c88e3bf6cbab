"""A model that a provider serves."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.core.validators import MinValueValidator
from django.db import models

from chatsite.providers.kinds import Kind
from chatsite.providers.listed import ABILITIES
from chatsite.providers.models.model_queries import ModelQuerySet
from chatsite.providers.models.provider import Provider
from chatsite.providers.params import MAX_TOKENS, TEMPERATURE, TOP_P, TYPED, Effort, validate_other_params

PRICE = [MinValueValidator(0)]

# The decimal places of an answer's stored cost, and the highest cost that can be stored.
COST_PLACES = 8
MAX_COST = Decimal("999999.99999999")


class MadeBy(models.TextChoices):
    """Who made a model's row. A row that an admin added stays, also if the provider does not list it."""

    LIST = "list", "its provider's list"
    ADMIN = "admin", "an admin"


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
    # What its provider's list says; an admin's own values are those without “listed”.
    listed_window = models.PositiveIntegerField(null=True, editable=False)
    listed_images = models.BooleanField(null=True, editable=False)
    listed_tools = models.BooleanField(null=True, editable=False)
    listed_reasoning = models.BooleanField(null=True, editable=False)
    listed_input_price = models.DecimalField(max_digits=12, decimal_places=6, null=True, editable=False)
    listed_output_price = models.DecimalField(max_digits=12, decimal_places=6, null=True, editable=False)
    input_price = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, validators=PRICE
    )
    output_price = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, validators=PRICE
    )
    temperature = models.FloatField(
        null=True,
        blank=True,
        validators=TEMPERATURE,
        help_text="0 to 2; higher varies more. Empty: not sent, the server decides. The same holds for the next ones.",
    )
    top_p = models.FloatField("top_p", null=True, blank=True, validators=TOP_P, help_text="0 to 1.")
    max_tokens = models.PositiveIntegerField(
        "max_tokens",
        null=True,
        blank=True,
        validators=MAX_TOKENS,
        help_text="The most tokens of an answer. What is longer is cut, and can be continued.",
    )
    reasoning_effort = models.CharField(
        max_length=10, choices=Effort, blank=True, default="", help_text="Only for a model that reasons."
    )
    other_params = models.JSONField(
        "other parameters",
        default=dict,
        blank=True,
        validators=[validate_other_params],
        help_text='A JSON object of what else is sent with each request, such as {"seed": 1}.',
    )
    images = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether it reads images. Nothing depends on it yet: messages are texts.",
    )
    tools = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether it calls tools. Nothing depends on it yet: the site offers it none.",
    )
    reasoning = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether it reasons before it answers. A reasoning effort can be set then, and people see it.",
    )
    system_as_user = models.BooleanField(
        "system prompt as first user message",
        default=False,
        help_text="For a model that refuses system messages: the system prompt is put before a person's first message.",
    )
    groups = models.ManyToManyField(
        Group,
        blank=True,
        verbose_name="groups that may use it",
        help_text="None chosen: everyone may. A model that is not offered is for nobody.",
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

    def validate_constraints(self, exclude=None):
        """Accept another default: it is removed when this one is saved."""
        super().validate_constraints({*(exclude or ()), "default"})

    @property
    def window(self) -> int | None:
        """The context window in tokens: an admin's number, else the list's; None if unknown."""
        return self.context_window or self.listed_window

    def can(self, ability: str) -> bool | None:
        """Return whether it has one of the abilities: as an admin says, else the list; None if unknown."""
        typed: bool | None = getattr(self, ability)
        listed: bool | None = getattr(self, f"listed_{ability}")
        return listed if typed is None else typed

    @property
    def abilities(self) -> list[str]:
        """The names of the abilities that it is known to have."""
        return [name for name in ABILITIES if self.can(name)]

    @property
    def prices(self) -> tuple[Decimal | None, Decimal | None]:
        """Its prices of input and output: an admin's, where one is there; else the list's. They are not mixed, because
        an admin's may be in another currency."""
        if self.input_price is None and self.output_price is None:
            return self.listed_input_price, self.listed_output_price
        return self.input_price, self.output_price

    @property
    def description(self) -> str:
        """What people who choose a model should know of it; empty where nothing is known."""
        window = f"Context window: {self.window:,} tokens." if self.window else ""
        return f"{window} {'Reasons before it answers.' if self.can('reasoning') else ''}".strip()

    @property
    def default_params(self) -> dict[str, Any]:
        """What is sent with each request unless a command or conversation says otherwise."""
        typed = {name: getattr(self, name) for name in TYPED}
        return self.other_params | {name: value for name, value in typed.items() if value not in (None, "")}

    def cost(self, prompt_tokens: int | None, completion_tokens: int | None) -> Decimal | None:
        """Return the cost of an answer of these tokens; None if a price or count is unknown, or the cost too high."""
        input_price, output_price = self.prices
        if input_price is None or output_price is None or completion_tokens is None:
            return None
        cost = ((prompt_tokens or 0) * input_price + completion_tokens * output_price) / 1_000_000
        return round(cost, COST_PLACES) if abs(cost) <= MAX_COST else None

    @property
    def label(self) -> str:
        return self.title or self.name
