"""The admin's form of a provider. Keys and the values of headers can be written, and are never shown."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from chatsite.completions.addresses import origin_of
from chatsite.completions.request import checked_key
from chatsite.encryption import UnreadableSecret
from chatsite.providers.header_field import MASK, HeadersField, checked, key_hint
from chatsite.providers.models import Origin, Provider

AGAIN = "Type again what you want to store."
UNREADABLE = str(UnreadableSecret())
TIMES = ["connect_timeout", "first_token_timeout", "idle_timeout", "total_timeout"]
TIMES_MEAN = {
    "connect_timeout": "Seconds until the server accepts a connection.",
    "first_token_timeout": "Seconds until the first word of an answer.",
    "idle_timeout": "Seconds between two words of an answer.",
    "total_timeout": "Seconds for a whole answer.",
}


def takes_key(provider: Provider) -> bool:
    """Return whether a key can be stored: the environment's is set there, and the demo needs none."""
    return provider.origin not in (Origin.ENVIRONMENT, Origin.DEMO)


def readable_headers(provider: Provider) -> dict[str, str] | None:
    """Return the stored headers; None when they cannot be decrypted."""
    try:
        return provider.headers
    except UnreadableSecret:
        return None


def leads_elsewhere(before: str, after: str) -> bool:
    """Return whether two base URLs lead to different servers."""
    try:
        return origin_of(before) != origin_of(after)
    except ValueError:
        return True


class ProviderForm(forms.ModelForm):
    """A provider. Its key and headers are only sent to the server that they were typed for."""

    new_key = forms.CharField(
        label="API key",
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    forget_key = forms.BooleanField(required=False, label="Forget the key")
    key_variable = forms.ChoiceField(
        label="Read the key from",
        required=False,
        help_text="A variable of the site's environment whose name begins with CHATSITE_KEY_, instead of a stored key.",
    )
    header_values = HeadersField(
        label="Headers",
        required=False,
        initial=dict,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=f'Extra request headers, such as {{"X-Team": "blue"}}. A stored value is shown as {MASK}; '
        "leave that to keep it.",
    )

    class Meta:
        model = Provider
        fields = ["name", "base_url", "enabled", "offers_new_models", "priority", *TIMES]
        help_texts = TIMES_MEAN

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cleared: list[str] = []
        self._stored_headers = readable_headers(self.instance)
        if self._stored_headers is None:
            self.fields["header_values"].help_text = f"{UNREADABLE} Type the headers again."
        self.initial["header_values"] = dict.fromkeys(self._stored_headers or {}, MASK)
        self._hint(() if self.is_bound else self._stored_headers or ())
        if not takes_key(self.instance):
            del self.fields["new_key"], self.fields["forget_key"], self.fields["key_variable"]
            return
        if self.instance.key:
            self.fields["new_key"].help_text = "A key is stored. Leave this empty to keep it."
        self._offer_variables()

    def _offer_variables(self):
        stored = self.instance.key_variable
        self.initial["key_variable"] = stored
        names = sorted({*settings.PROVIDER_KEYS, stored} - {""})
        if not names:
            del self.fields["key_variable"]
            return
        labels = [
            (name, name if name in settings.PROVIDER_KEYS else f"{name} (not set now)") for name in names
        ]
        self.fields["key_variable"].choices = [("", "no variable"), *labels]

    def clean_new_key(self):
        return _checked(checked_key, self.cleaned_data["new_key"])

    def clean_header_values(self):
        return checked(self.cleaned_data["header_values"], self._stored_headers or {})

    def full_clean(self):
        """A form that is refused does not show what was typed into it as a secret, and says so."""
        super().full_clean()
        headers = self["header_values"]
        typed = headers.field.typed_names(self._typed("header_values"))
        self._hint(typed or ())
        if not self.errors:
            return
        if self._typed("new_key") and "new_key" in self.fields:
            self["new_key"].help_text = f"The key that you typed is not shown again. {AGAIN}"
        if typed is None or not all(typed.values()):
            headers.help_text = f"Values that you typed are not shown again. {AGAIN} {headers.help_text}"

    def _typed(self, name):
        return self.data.get(self.add_prefix(name), "").strip() if self.is_bound else ""

    def _hint(self, names):
        """Say at the field if a header seems to carry a key."""
        headers, self.key_hint = self["header_values"], key_hint(names)
        headers.help_text = f"{self.key_hint} {headers.help_text}".strip()

    def clean(self):
        super().clean()
        # The form has no address of an automatic provider.
        before = self.initial.get("base_url", "")
        after = self.cleaned_data.get("base_url", before)
        self._moves = bool(self.instance.pk) and leads_elsewhere(before, after)
        if self.cleaned_data.get("new_key") and self.cleaned_data.get("key_variable"):
            self.add_error("key_variable", "Type a key or choose a variable, not both.")

    def save(self, commit=True):
        if takes_key(self.instance):
            self._set_key()
        self._set_headers()
        return super().save(commit)

    def _set_key(self):
        stored, variable = self.instance.key, self.cleaned_data.get("key_variable", "")
        if self._moves and variable and variable == self.instance.key_variable:
            variable = ""
            self.cleared.append("the variable of the API key")
        self.instance.key_variable = variable
        if self.cleaned_data["new_key"]:
            self.instance.key = self.cleaned_data["new_key"]
        elif self.cleaned_data["forget_key"] or variable:
            self.instance.key = ""
        elif stored and self._moves:
            self.instance.key = ""
            self.cleared.append("the API key")

    def _set_headers(self):
        written, stored = self.cleaned_data["header_values"], self._stored_headers or {}
        kept = {name: stored[name] for name, value in written.items() if value == MASK}
        if self._moves and kept:
            self.cleared.append(f"the header{'s' if len(kept) > 1 else ''} {', '.join(kept)}")
            kept = {}
        typed = {name: value for name, value in written.items() if value != MASK}
        self.instance.headers = kept | typed


def _checked(check, value):
    """Return the value if the client can send it."""
    try:
        return check(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error
