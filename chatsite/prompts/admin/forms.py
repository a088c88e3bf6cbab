"""The forms of a prompt's pages. What cannot be saved is refused by a sentence at its field."""

import re

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.utils import timezone

from chatsite.prompts.lint import refusals
from chatsite.prompts.models import PromptSnippet, PromptVariable, SystemPrompt, SystemPromptVersion
from chatsite.prompts.variables import OWN_NAME
from chatsite.providers.serving import choices_for

SETTINGS = ["description", "enabled", "is_default", "groups", "for_models", "shows_text", "needs_approval"]
ROWS = 24


class TextField(forms.CharField):
    """A text as it was typed: spaces at its ends are kept, and all line breaks become LF."""

    widget = forms.Textarea(
        attrs={"rows": ROWS, "class": "vLargeTextField prompt-text", "spellcheck": "true"}
    )

    def __init__(self, **options):
        super().__init__(strip=False, validators=[], **options)
        # The form says it in its own words.
        self.validators = []

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class PromptForm(forms.ModelForm):
    """A prompt's newest text, which can be saved as a draft, and its settings."""

    text = TextField(required=False)
    note = forms.CharField(
        label="What changed, and why",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    for_models = forms.MultipleChoiceField(
        label="Models it is for",
        required=False,
        widget=FilteredSelectMultiple("models", is_stacked=False),
        help_text="None chosen: for all models. Others cannot be asked with it.",
    )

    class Meta:
        model = SystemPrompt
        fields = ["name", *SETTINGS]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.instance.pk:
            # Of two people who save at the same time, the second one is shown the first one's text.
            list(SystemPrompt.objects.select_for_update().filter(pk=self.instance.pk).values_list("pk"))
        # A chosen model is kept, also where it is not offered now.
        names = {model.name for model in choices_for(None)} | {*self.instance.for_models}
        self.fields["for_models"].choices = [(name, name) for name in sorted(names)]
        self.newest = self.instance.versions.first() if self.instance.pk else None
        self.collision: SystemPromptVersion | None = None
        if self.newest:
            self.initial |= {"text": self.newest.typed, "based_on": self.newest.pk}
            number = self.newest.number
            self.fields[
                "text"
            ].help_text = f"This is v{number}, the newest. Another text is saved as v{number + 1}."

    def is_valid(self):
        """A preview shows the page again, with what was typed, and saves nothing."""
        return super().is_valid() and "_preview" not in self.data

    def clean_text(self):
        typed = self.cleaned_data["text"]
        snippets = dict(PromptSnippet.objects.values_list("name", "text"))
        found = refusals(typed, self._own_names(), snippets)
        if found:
            raise forms.ValidationError(found)
        return typed

    def clean_is_default(self):
        chosen = self.cleaned_data["is_default"]
        if chosen and self.instance.archived:
            raise forms.ValidationError("An archived prompt cannot be the default. Bring it back first.")
        return chosen

    def clean(self):
        """Refuse a text that was written on an older one than the newest, and show both."""
        cleaned = super().clean()
        if self.newest and cleaned.get("based_on") != self.newest.pk:
            if cleaned.get("text") not in (self.newest.typed, None):
                self.collision = self.newest
                self.add_error("text", self._both())
            self.data = self.data.copy()
            self.data["based_on"] = self.newest.pk
        return cleaned

    def _both(self) -> str:
        who = self.newest.author_name or "Somebody"
        return (
            f"{who} saved v{self.newest.number} while you wrote. Nothing is lost: both texts are below. "
            "Put into yours what you want to keep of theirs, and save again."
        )

    def _own_names(self) -> list[str]:
        """Return the names of own variables: stored ones, and those that this form adds."""
        mine = PromptVariable.objects.filter(prompt=None)
        if self.instance.pk:
            mine |= self.instance.variables.all()
        typed = [str(value) for key, value in self.data.items() if re.fullmatch(r"variables-\d+-name", key)]
        return sorted({*mine.values_list("name", flat=True), *filter(re.compile(OWN_NAME).fullmatch, typed)})


class PublishForm(forms.Form):
    """For whom and from when a version is in force. `is_rollback`: back to an earlier version."""

    ALL, SHARE = "all", "share"
    NOW, LATER = "now", "later"

    to = forms.ChoiceField(
        label="For whom",
        choices=[(ALL, "All new conversations"), (SHARE, "A share of new conversations, as a trial")],
        widget=forms.RadioSelect,
        initial=ALL,
    )
    share = forms.IntegerField(
        label="Share, in percent", required=False, initial=10, help_text="Who gets it stays with it."
    )
    when = forms.ChoiceField(
        label="When", choices=[(NOW, "Now"), (LATER, "Later")], widget=forms.RadioSelect, initial=NOW
    )
    at = forms.DateTimeField(
        label="Later, at",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        error_messages={"invalid": "Give a date and a time, as in 2026-12-01T08:00."},
    )
    follow = forms.BooleanField(
        label="Running conversations get it, too",
        required=False,
        help_text="Otherwise they keep the version that they began with.",
    )
    note = forms.CharField(
        label="What changes for people, and why",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": "Say what changes, and why. It stays in the history."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = f"By the clock of {timezone.get_current_timezone_name()}."

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("to") == self.SHARE and "share" in cleaned:
            self._check_share(cleaned["share"])
        if cleaned.get("when") == self.LATER and "at" in cleaned:
            self._check_at(cleaned["at"])
        return cleaned

    def _check_share(self, share: int | None) -> None:
        if share is None or not 1 <= share <= 99:
            self.add_error("share", "A share is from 1 to 99 %. For everybody, choose all new conversations.")

    def _check_at(self, at) -> None:
        if at is None:
            self.add_error("at", "Say when.")
        elif at <= timezone.now():
            self.add_error("at", "This time is over. Give a later one, or publish it now.")

    def release(self) -> dict:
        """Return what was chosen, as `publishing.release` takes it."""
        chosen = self.cleaned_data
        return {
            "share": chosen["share"] if chosen["to"] == self.SHARE else 100,
            "at": chosen["at"] if chosen["when"] == self.LATER else None,
            "follow": chosen["follow"],
            "note": chosen["note"],
        }


class ReasonForm(forms.Form):
    """Why something is done, which stays in the history."""

    note = forms.CharField(
        label="Why",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": "Say why. It stays in the history."},
    )


class StopForm(ReasonForm):
    follow = forms.BooleanField(
        label="Conversations on trial go back to the live version",
        required=False,
        initial=True,
        help_text="Otherwise they keep the version on trial.",
    )
