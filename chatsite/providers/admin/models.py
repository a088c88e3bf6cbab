"""Models in the admin."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import Q
from django.db.models.functions import Coalesce

from chatsite.audit.audited import Audited
from chatsite.providers.admin import bulk
from chatsite.providers.known_prices import is_installed, written
from chatsite.providers.listed import ABILITIES
from chatsite.providers.model_forms import ModelForm
from chatsite.providers.models import MadeBy, Model
from chatsite.providers.params import TYPED

FOR_WHOM = "These take effect at the next message."
CAN = "What an admin writes wins over what the provider’s list says. What each does now is said below it."
PARAMETERS = (
    "Sent with each request unless a command says otherwise, and stored with the answer. Where several providers serve "
    "a model of this name, those of the one that is asked first are sent."
)
PER_MILLION = (
    "For a million tokens, in a currency of your choice. Both empty: as the provider’s list says, in dollars; where it "
    "does not, cost is not counted. Write 0 for a model that costs nothing."
)


class AbilityFilter(admin.SimpleListFilter):
    """Models that are known to have an ability, by an admin's word or their list's."""

    title = "what it can"
    parameter_name = "can"

    def lookups(self, request, model_admin):
        return [(name, name) for name in ABILITIES]

    def queryset(self, request, models):
        name = self.value()
        if name not in ABILITIES:
            return models
        return models.filter(Q(**{name: True}) | Q(**{name: None, f"listed_{name}": True}))


@admin.register(Model)
class ModelAdmin(Audited, admin.ModelAdmin):
    form = ModelForm
    list_display = [
        *["name", "provider", "offered", "is_default", "audience", "tokens", "can", "prices", "listed"],
    ]
    list_filter = ["offered", "kind", AbilityFilter, "provider", "groups", "available", "made_by"]
    list_select_related = ["provider"]
    search_fields = ["name", "title"]
    readonly_fields = ["made_by", "said_by_list"]
    filter_horizontal = ["groups"]
    actions = ["offer", "withdraw", "to_groups", "fill_in_prices"]
    audited_fields = tuple(ModelForm.Meta.fields)
    change_form_template = add_form_template = "admin/providers/model/form.html"

    def get_fieldsets(self, request, obj=None):
        of_list = self.readonly_fields if obj else []
        return [
            (None, {"fields": ["provider", "name", "title", "kind", *of_list[:1]]}),
            ("Who may use it", {"fields": ["offered", "default", "groups"], "description": FOR_WHOM}),
            (
                "What it can",
                {
                    "fields": [
                        *of_list[1:],
                        "context_window",
                        *ABILITIES,
                        "system_as_user",
                    ],
                    "description": CAN,
                },
            ),
            ("Prices", {"fields": ["input_price", "output_price"], "description": PER_MILLION}),
            ("Default parameters", {"fields": [*TYPED, "other_params"], "description": PARAMETERS}),
        ]

    def get_readonly_fields(self, request, model=None):
        """The provider's list names a listed model."""
        named = ["provider", "name"] if model and model.made_by == MadeBy.LIST else []
        return [*self.readonly_fields, *named]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_changelist_instance(self, request):
        self._has_default = Model.objects.offered().filter(default=True).exists()
        return super().get_changelist_instance(request)

    def has_known_prices_permission(self, request):
        """The action exists only where the package with known prices is installed."""
        return is_installed() and self.has_change_permission(request)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        context |= {"can_fill_in": is_installed(), "filled": getattr(form, "filled", "")}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description="window", ordering=Coalesce("context_window", "listed_window"))
    def tokens(self, model):
        return model.window

    @admin.display(description="can")
    def can(self, model):
        return ", ".join(model.abilities)

    @admin.display(description="its provider’s list says")
    def said_by_list(self, model):
        return said_by_list(model)

    @admin.display(description="default")
    def is_default(self, model):
        if model.default:
            return "default"
        return "picked by the site" if model.picked and not self._has_default else ""

    @admin.display(description="for")
    def audience(self, model):
        return bulk.audience(model)

    @admin.display(description="prices")
    def prices(self, model):
        return written_prices(*model.prices)

    @admin.display(description="listed", boolean=True, ordering="available")
    def listed(self, model):
        return model.available

    def save_model(self, request, model, form, change):
        """Keep one default: the last one chosen."""
        if model.default:
            Model.objects.filter(default=True).exclude(pk=model.pk).update(default=False)
        super().save_model(request, model, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        Model.objects.pick()

    @admin.action(description="Offer", permissions=["change"])
    def offer(self, request, models):
        bulk.set_offered(self, request, models, True)

    @admin.action(description="Do not offer", permissions=["change"])
    def withdraw(self, request, models):
        bulk.set_offered(self, request, models, False)

    @admin.action(description="To groups…", permissions=["change"])
    def to_groups(self, request, models):
        return bulk.to_groups(self, request, models)

    @admin.action(description="Fill in known prices…", permissions=["known_prices"])
    def fill_in_prices(self, request, models):
        return bulk.fill_in_prices(self, request, models)


def said_by_list(model: Model) -> str:
    """Return what a provider's list says of a model, in words."""
    listed = {name: getattr(model, f"listed_{name}") for name in ABILITIES}
    window = f"{model.listed_window:,} tokens" if model.listed_window else ""
    can = [name if is_so else f"no {name}" for name, is_so in listed.items() if is_so is not None]
    prices = written_prices(model.listed_input_price, model.listed_output_price)
    said = [window, *can, f"{prices} dollars for a million tokens" if prices else ""]
    return ", ".join(filter(None, said)) or "nothing"


def written_prices(input_price: Decimal | None, output_price: Decimal | None) -> str:
    if input_price is None and output_price is None:
        return ""
    return " / ".join(written(price) or "–" for price in (input_price, output_price))
