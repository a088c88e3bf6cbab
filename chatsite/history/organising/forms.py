"""The form of a folder."""

from django import forms
from django.contrib.auth.models import User

from chatsite.conversations.models import Folder
from chatsite.conversations.models.folder import clean_name, key_of
from chatsite.prompts.models import SystemPrompt

EMPTY = "A folder's name needs at least one letter, digit or sign."
TOO_LONG = f"A folder's name has at most {Folder.MAX_NAME_CHARACTERS} characters."
TAKEN = "You have a folder with this name already."


class NameField(forms.CharField):
    def to_python(self, value) -> str:
        return clean_name(value or "")


class FolderForm(forms.Form):
    """Makes or changes a folder of this person. A default prompt that they may not use any more stays until they choose
    another one."""

    name = NameField(required=False)
    prompt = forms.ModelChoiceField(SystemPrompt.objects.none(), required=False, to_field_name="name")

    def __init__(self, user: User, folder: Folder, data=None):
        super().__init__(data)
        self.user, self.folder = user, folder
        self.fields["prompt"].queryset = SystemPrompt.objects.usable_by(user)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if not name:
            raise forms.ValidationError(EMPTY)
        if len(name) > Folder.MAX_NAME_CHARACTERS:
            raise forms.ValidationError(TOO_LONG)
        others = Folder.objects.of(self.user).exclude(pk=self.folder.pk)
        if others.filter(key=key_of(name)).exists():
            raise forms.ValidationError(TAKEN)
        return name

    @property
    def problem(self) -> str:
        """What is wrong, in one sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    def save(self) -> Folder:
        self.folder.owner, self.folder.name = self.user, self.cleaned_data["name"]
        self.folder.system_prompt = self.cleaned_data["prompt"]
        self.folder.save()
        return self.folder
