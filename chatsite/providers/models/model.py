"""A model that a provider serves."""

from collections.abc import Iterable
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models, transaction

from chatsite.providers.kinds import Kind
from chatsite.providers.models.provider import Provider
from chatsite.statements import Objects

PRICE = [MinValueValidator(0)]

# The decimal places of an answer's stored cost, and the highest cost that can be stored.
COST_PLACES = 8
MAX_COST = Decimal("999999.99999999")


class MadeBy(models.TextChoices):
    """Who made a model's row. What an admin added stays, whatever the provider's list says."""

    LIST = "list", "its provider's list"
    ADMIN = "admin", "an admin"


class ModelQuerySet(models.QuerySet):
    def offered(self):
        """Return what people can choose: offered, and either listed by the provider or added by an admin."""
        in_use = self.filter(provider__enabled=True, provider__applies=True)
        offered = in_use.filter(offered=True, available=True).select_related("provider")
        return offered.order_by("-provider__priority", "provider__name", "name")

    def choices(self) -> "list[Model]":
        """Return one offered model for each name."""
        return _one_a_name(OFFERED.shared())

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
    """Return the first of each name. It is the default if any of that name is. Others share it: done twice, it changes
    nothing more."""
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
