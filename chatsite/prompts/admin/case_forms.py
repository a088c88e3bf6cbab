"""The form of a case: messages by turns, and a check. What cannot be saved is refused by a sentence at its field."""

from typing import Any

from django import forms
from django.utils import timezone

from chatsite.prompts import checks
from chatsite.prompts.admin.forms import TextField
from chatsite.prompts.case_rules import ROLES, messages_of, refused_message, refused_messages
from chatsite.prompts.models import PromptCase
from chatsite.prompts.models.case import MAX_CASE_MESSAGES

LABELS = {"user": "The person says", "assistant": "The model says"}
NO_CHECK = "none: people judge the answer"
ROWS = 4
MAX_NUMBER_DIGITS = 4


class MessageField(TextField):
    """What one side says."""

    widget = forms.Textarea(attrs={"rows": ROWS, "class": "vLargeTextField case-message"})


class CaseForm(forms.ModelForm):
    """As many messages as were posted, or as the case has. `more`: two further ones, to fill in."""

    check_text = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Of the first three checks. Whether letters are small or capital counts in regular expressions only.",
    )
    check_tokens = forms.IntegerField(
        label="Tokens",
        required=False,
        help_text="The most that an answer may have.",
        error_messages={"invalid": f"Give a number of tokens from 1 to {checks.MAX_TOKENS:,}."},
    )

    class Meta:
        model = PromptCase
        fields = ["name", "check_kind", "check_text", "check_tokens"]
        labels = {"check_kind": "An answer"}
        error_messages = {"name": {"required": "Give the case a name."}}

    def __init__(self, data=None, *args, more: bool = False, **kwargs):
        typed = data is not None and more
        super().__init__(None if typed else data, *args, **kwargs)
        if typed:
            self.initial |= {name: data[name] for name in data}
        self.fields["check_kind"].choices = [("", NO_CHECK), *checks.KINDS.items()]
        self.fields["name"].widget.attrs["class"] = "vTextField"
        self._add_messages(data, more)

    def _add_messages(self, data, more: bool) -> None:
        stored = [message["text"] for message in self.instance.messages]
        count = _count(data) if data is not None else max(len(stored), 1)
        for index in range(min(count + 2 * more, MAX_CASE_MESSAGES)):
            label = LABELS[ROLES[index % 2]]
            self.fields[f"message_{index}"] = MessageField(label=label, required=False)
            self.initial.setdefault(f"message_{index}", stored[index] if index < len(stored) else "")

    @property
    def messages(self) -> list:
        """Its fields of messages."""
        return [self[name] for name in self.fields if name.startswith("message_")]

    @property
    def can_grow(self) -> bool:
        return len(self.messages) < MAX_CASE_MESSAGES

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = PromptCase.objects.filter(prompt=self.instance.prompt_id, name=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(taken(name))
        return name

    def clean(self):
        cleaned = super().clean()
        self._clean_messages(cleaned)
        kind = cleaned.get("check_kind")
        if kind and not {"check_text", "check_tokens"} & set(self.errors):
            check = checks.Check(kind, cleaned.get("check_text") or "", cleaned.get("check_tokens"))
            for field, sentence in checks.refusals(check).items():
                self.add_error(f"check_{field}", sentence)
        # What another kind of check needed is not kept.
        if kind not in checks.WITH_TEXT:
            cleaned["check_text"] = ""
        if kind != checks.SHORT:
            cleaned["check_tokens"] = None
        return cleaned

    def _clean_messages(self, cleaned: dict[str, Any]) -> None:
        texts = [cleaned.get(field.name) or "" for field in self.messages]
        while len(texts) > 1 and not texts[-1].strip():
            texts.pop()
        for index, text in enumerate(texts):
            if sentence := refused_message(text, index, len(texts)):
                self.add_error(f"message_{index}", sentence)
        if sentence := refused_messages(texts):
            self.add_error("message_0", sentence)
        self.instance.messages = messages_of(texts)

    def save(self, commit=True):
        self.instance.changed = timezone.now()
        return super().save(commit)


def taken(name: str) -> str:
    return f"There is a case “{name}” already."


def _count(data) -> int:
    """Return how many messages were posted."""
    numbers = [name[8:] for name in data if name.startswith("message_") and name[8:].isdecimal()]
    posted = [int(number) for number in numbers if len(number) <= MAX_NUMBER_DIGITS]
    return max((min(number, MAX_CASE_MESSAGES) + 1 for number in posted), default=1)
