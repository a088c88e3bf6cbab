"""A form field for one person of many: their name is typed, so that it needs neither a long list nor JavaScript."""

from django import forms
from django.contrib.auth.models import User


class PersonField(forms.ModelChoiceField):
    """`help_text` says what it means to leave it empty."""

    def __init__(self, **options) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}))
        super().__init__(User.objects.all(), to_field_name="username", **options)

    def prepare_value(self, value):
        """Show a stored person, whom a form has by number, by name."""
        if isinstance(value, int):
            return User.objects.filter(pk=value).values_list("username", flat=True).first()
        return super().prepare_value(value)

    def to_python(self, value):
        name = value.strip() if isinstance(value, str) else value
        try:
            return super().to_python(name)
        except forms.ValidationError as error:
            raise forms.ValidationError(f"There is no person “{name}” here.", "invalid_choice") from error
