"""The admin's forms of models."""

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, Q

from chatsite.providers.known_prices import Known, is_installed, known_of, known_of_model, written
from chatsite.providers.listed import ABILITIES
from chatsite.providers.models import Model
from chatsite.providers.params import ALTERNATIVES, TYPED
from chatsite.wording import counted

BAD_JSON = 'Write a JSON object, such as {"seed": 1}.'
IN_DOLLARS = "Prices that are filled in are in dollars."


class ObjectField(forms.JSONField):
    """A JSON object, as it was typed."""

    def to_python(self, value):
        try:
            written = super().to_python(value)
        # ValueError: a number of thousands of digits.
        except (ValidationError, RecursionError, ValueError) as error:
            raise ValidationError(BAD_JSON) from error
        if written is None:
            return {}
        if not isinstance(written, dict):
            raise ValidationError(BAD_JSON)
        return written

    def bound_data(self, data, initial):
        """Return the text as it was typed: not every value that can be parsed can be shown."""
        return initial if self.disabled else forms.fields.InvalidJSONInput(data or "")


class ModelForm(forms.ModelForm):
    """A model as a provider serves it."""

    other_params = ObjectField(
        label="Other parameters",
        required=False,
        initial=dict,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "spellcheck": "false"}),
        help_text=Model._meta.get_field("other_params").help_text,
    )

    class Meta:
        model = Model
        fields = [
            *["provider", "name", "kind", "title", "offered", "default", "groups"],
            *["context_window", *ABILITIES, "system_as_user"],
            *["input_price", "output_price"],
            *[*TYPED, "other_params"],
        ]
        labels = {"top_p": "Top p", "max_tokens": "Max tokens"}
        help_texts = {
            "input_price": "For a million tokens of questions.",
            "output_price": "For a million tokens of answers.",
        }

    # What “Fill in known prices” says of what it did; shown above the fields.
    filled = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ABILITIES:
            if field := self.fields.get(name):
                of_list = f"as its provider’s list says{self._listed(name)}"
                field.widget.choices = [("unknown", of_list), ("true", "yes"), ("false", "no")]

    def _listed(self, ability: str) -> str:
        """Return what the list says of an ability, for a model that is stored."""
        says = {True: ": yes", False: ": no", None: ": nothing"}
        return says[getattr(self.instance, f"listed_{ability}")] if self.instance.pk else ""

    def is_valid(self):
        """Filling in known prices shows the page again, with what was typed, and saves nothing."""
        if "_prices" in self.data and self.is_bound and is_installed():
            self._fill_in()
            return False
        return super().is_valid()

    def clean(self):
        super().clean()
        if self.cleaned_data.get("default") and not self.cleaned_data.get("offered"):
            self.add_error("default", "The default must be offered.")
        reasons = self.cleaned_data.get("reasoning")
        if self.cleaned_data.get("reasoning_effort") and not (
            self.instance.listed_reasoning if reasons is None else reasons
        ):
            self.add_error(
                "reasoning_effort",
                "Only a model that reasons takes an effort: choose “yes” at “Reasoning”, or no effort.",
            )
        self._refuse_alternatives()

    def _refuse_alternatives(self):
        sent = {name for name in TYPED if self.cleaned_data.get(name) is not None}
        sent |= set(self.cleaned_data.get("other_params") or {})
        for names in ALTERNATIVES:
            if names <= sent:
                self.add_error(
                    "other_params", f"Set {' or '.join(sorted(names))}, not both: servers refuse that."
                )

    def _fill_in(self):
        """Put known numbers into empty fields. What an admin wrote stays."""
        known = self._known()
        if known is None:
            self.filled = "Nothing is known of this model at this provider's address."
            return
        self.data = self.data.copy()
        empty = [name for name, value in known._asdict().items() if value and not self.data.get(name)]
        for name in empty:
            self.data[name] = written(getattr(known, name))
        what = ", ".join(str(self.fields[name].label).lower() for name in empty)
        self.filled = (
            f"Filled in: {what}. Nothing is saved yet. {IN_DOLLARS}"
            if empty
            else "There is nothing to fill in: what is known is there already, or other numbers are."
        )

    def _known(self) -> Known | None:
        """Return what is known of the model that is typed; of a listed one, whose name is fixed."""
        if "provider" not in self.fields:
            return known_of_model(self.instance)
        try:
            provider = self.fields["provider"].clean(self.data.get("provider"))
        except ValidationError:
            return None
        return known_of(self.data.get("name", ""), provider.base_url)


class GroupsForm(forms.Form):
    """For whom chosen models are."""

    EVERYONE, GROUPS = "everyone", "groups"

    who = forms.ChoiceField(
        label="Who may use them",
        choices=[(EVERYONE, "Everyone"), (GROUPS, "Only these groups:")],
        widget=forms.RadioSelect,
    )
    groups = forms.ModelMultipleChoiceField(
        Group.objects.none(),
        label="Groups",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "A group was deleted meanwhile. Choose again."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = Count("user", filter=Q(user__is_active=True))
        field = self.fields["groups"]
        field.queryset = Group.objects.annotate(people=people).order_by("name")
        field.label_from_instance = lambda group: (
            f"{group.name} ({counted(group.people, 'person', 'people')})"
        )

    def clean(self):
        super().clean()
        is_for_groups = self.cleaned_data.get("who") == self.GROUPS
        if is_for_groups and "groups" in self.cleaned_data and not self.cleaned_data["groups"]:
            self.add_error("groups", "Choose at least one group, or everyone.")
        if self.cleaned_data.get("who") == self.EVERYONE and self.changed_data == ["groups"]:
            self.add_error("who", "Groups are ticked. Choose “Only these groups”, or untick them.")

    @property
    def chosen(self) -> list[Group]:
        """The groups; none means everyone."""
        return list(self.cleaned_data["groups"]) if self.cleaned_data["who"] == self.GROUPS else []
