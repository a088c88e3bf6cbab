"""Which part of the ledger to show."""

from datetime import date, timedelta

from django import forms

from chatsite.usage.models import Extra, Limit
from chatsite.usage.periods import today
from chatsite.usage.person_field import PersonField
from chatsite.usage.reports import DIMENSIONS, Only

DEFAULT_DAYS = 30
MAX_DAYS = 3 * 366
# The first day that has as many days before it.
FIRST_END = date.min + timedelta(days=DEFAULT_DAYS - 1)


class PeriodForm(forms.Form):
    """Days from `first` to `last`, and what to sum by. Without them: the last 30 days, by day. `of` and `value`: the
    part of the ledger that a row of another table led to."""

    by = forms.ChoiceField(
        label="By", choices=[(name, heading) for name, (heading, _) in DIMENSIONS.items()], required=False
    )
    first = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    of = forms.ChoiceField(
        choices=[(name, heading) for name, (heading, _) in DIMENSIONS.items() if name != "day"],
        required=False,
        widget=forms.HiddenInput,
    )
    value = forms.CharField(required=False, max_length=200, strip=False, widget=forms.HiddenInput)

    @property
    def only(self) -> Only | None:
        of = self.cleaned_data["of"]
        return Only(of, self.cleaned_data["value"]) if of else None

    def clean(self):
        self.cleaned_data["by"] = self.cleaned_data.get("by") or "day"
        last = self.cleaned_data["last"] = self.cleaned_data.get("last") or today()
        first = self.cleaned_data.get("first") or max(last, FIRST_END) - timedelta(days=DEFAULT_DAYS - 1)
        self.cleaned_data["first"] = first
        if first > last:
            self.add_error("first", "The first day must not be after the last one.")
        elif (last - first).days >= MAX_DAYS:
            self.add_error("first", f"Choose at most {MAX_DAYS} days.")


class LimitForm(forms.ModelForm):
    """Whose limit it is, and what that is."""

    person = PersonField(
        required=False,
        help_text="Their username. Without a person and a group, the limit is everybody’s.",
    )

    class Meta:
        model = Limit
        fields = ["person", "group", "messages_an_hour", "tokens_a_month", "cost_a_month"]


class ExtraForm(forms.ModelForm):
    """Who gets more, how much, and why."""

    person = PersonField(help_text="Their username. What you add is for this month.")

    class Meta:
        model = Extra
        fields = ["person", "tokens", "cost", "note"]
        help_texts = {
            "tokens": "On top of the limit of tokens.",
            "cost": "On top of the limit of cost, in the currency of the models’ prices.",
        }
