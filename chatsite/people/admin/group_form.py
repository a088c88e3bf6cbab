"""The form of a group: its name, and boxes for the models and system prompts that it may use."""

from django import forms
from django.contrib.auth.models import Group

from chatsite.people.offers import offers
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model

MAX_WORDS_CHARACTERS = 100


class Boxes(forms.ModelMultipleChoiceField):
    """A box for each object of `kind`; the template writes what is beside it."""

    def __init__(self, kind, title: str, may_change: str) -> None:
        super().__init__(kind.objects.none(), widget=forms.CheckboxSelectMultiple, required=False)
        self.kind, self.title, self.may_change = kind, title, may_change


class GroupForm(forms.ModelForm):
    """`editor`: who fills it in, and whether they `may_save` it. `words`: only what these are found in is shown, and
    changed."""

    models = Boxes(Model, "Models", "providers.change_model")
    prompts = Boxes(SystemPrompt, "System prompts", "prompts.change_systemprompt")

    editor = None
    may_save = False
    words = ""

    class Meta:
        model = Group
        fields = ["name", "permissions"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        group = self.instance if self.instance.pk else None
        for name in ("models", "prompts"):
            field = self.fields[name]
            field.queryset = offers(field.kind, group, self.words)
            field.disabled = not (self.may_save and self.editor.has_perm(field.may_change))
            self.initial[name] = [each.pk for each in field.queryset if each.is_for_group]

    @property
    def columns(self):
        """The two lists of boxes, for a template."""
        return [(self.fields[name], self[name]) for name in ("models", "prompts")]
