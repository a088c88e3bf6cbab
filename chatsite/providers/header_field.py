"""The field of a provider's extra headers. Their values can be secrets: they are written, and never shown."""

import re

from django import forms
from django.core.exceptions import ValidationError

from chatsite.completions.request import checked_headers

# Stands for a stored value.
MASK = "••••••••"
# The client sets these by itself; another value would break every request.
OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host"}
    | {"keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
_OF_KEY = re.compile(
    r"authorization|(?:.*[-_])?(?:api[-_]?key|subscription-key|auth-token|api-token)", re.IGNORECASE
)


class HeadersField(forms.JSONField):
    """A JSON object of texts."""

    def to_python(self, value):
        try:
            written = super().to_python(value) or {}
        except (RecursionError, ValueError):  # a number of thousands of digits
            written = None
        if not isinstance(written, dict) or not all(isinstance(value, str) for value in written.values()):
            raise ValidationError('Write an object of texts, such as {"X-Team": "blue"}.')
        return written

    def bound_data(self, data, initial):
        """Return what a refused form shows: the names that were typed, and no value; or the stored ones."""
        names = self.typed_names(data)
        return (
            initial if names is None else {name: MASK if is_kept else "" for name, is_kept in names.items()}
        )

    def typed_names(self, data) -> dict[str, bool] | None:
        """Return the names that were typed, each with whether its stored value is kept; None where they may be no
        names."""
        try:
            written = self.to_python(data)
            return {name: value == MASK for name, value in written.items() if checked_headers({name: ""})}
        except (ValidationError, ValueError):
            return None


def checked(headers: dict[str, str], stored: dict[str, str]) -> dict[str, str]:
    """Return the headers if they can be sent. Raises ValidationError with a sentence that shows no value."""
    if len({name.lower() for name in headers}) < len(headers):
        raise ValidationError("Write each header once. Capital and small letters make no difference.")
    typed = {name: value for name, value in headers.items() if value != MASK}
    try:
        checked_headers(typed)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    for name, value in headers.items():
        if name.lower() in OWN_HEADERS:
            raise ValidationError(f"The header {name} is set by the site itself.")
        if not value or (name not in typed and name not in stored):
            raise ValidationError(f"The header {name} has no stored value; type it.")
    return headers


def key_hint(names) -> str:
    """Return what to say where headers seem to carry a key; empty where none does."""
    found = ", ".join(name for name in names if _OF_KEY.fullmatch(name))
    return found and (
        f"{found}: for a key use the field API key, which is sent as “Authorization: Bearer …”. "
        "Keep it as a header only if the server wants it so."
    )
