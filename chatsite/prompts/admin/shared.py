"""Variables of the whole site, and snippets, in the admin."""

from django import forms
from django.contrib import admin, messages
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from chatsite.audit.audited import Audited
from chatsite.prompts.lint import MAX_TEXT_BYTES
from chatsite.prompts.models import PromptSnippet, PromptVariable
from chatsite.prompts.snippets import older_copies
from chatsite.prompts.variables import BUILT_IN
from chatsite.wording import counted


class VariableForm(forms.ModelForm):
    class Meta:
        model = PromptVariable
        fields = ["name", "default"]
        widgets = {
            name: forms.TextInput(attrs={"class": "vTextField", "aria-label": label})
            for name, label in (("name", "Name"), ("default", "Value"))
        }

    def clean_name(self):
        name = self.cleaned_data["name"]
        if name in BUILT_IN:
            raise forms.ValidationError(f"{name} is built in: {BUILT_IN[name]}.")
        return name

    def clean_default(self):
        if "\0" in self.cleaned_data["default"]:
            raise forms.ValidationError("The value has a character without a meaning (NUL).")
        return self.cleaned_data["default"]


@admin.register(PromptVariable)
class VariableAdmin(Audited, admin.ModelAdmin):
    """The variables that all prompts may use. Those of one prompt are on its own page."""

    form = VariableForm
    list_display = ["name", "default"]
    audited_fields = ("name", "default")
    search_fields = ["name", "default"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(prompt=None)


class VariableFormSet(BaseInlineFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = "Delete"


class VariableInline(admin.TabularInline):
    model = PromptVariable
    formset = VariableFormSet
    form = VariableForm
    extra = 1
    verbose_name_plural = "variables of this prompt (a change takes effect at once)"


class SnippetForm(forms.ModelForm):
    class Meta:
        model = PromptSnippet
        fields = ["name", "text"]

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        if len(text.encode()) > MAX_TEXT_BYTES:
            raise forms.ValidationError(f"{MAX_TEXT_BYTES // 1024} KB is the most.")
        return text


@admin.register(PromptSnippet)
class SnippetAdmin(Audited, admin.ModelAdmin):
    """Texts that drafts take over. A change reaches a prompt when a draft of it is saved again."""

    form = SnippetForm
    list_display = ["name", "changed", "older"]
    audited_fields = ("name",)
    search_fields = ["name", "text"]

    @admin.display(description="older copies in")
    def older(self, snippet):
        return ", ".join(older_copies(snippet)) or "–"

    def save_model(self, request, snippet, form, change):
        snippet.changed = timezone.now()
        super().save_model(request, snippet, form, change)
        behind = older_copies(snippet)
        if behind:
            using = counted(len(behind), "prompt uses", "prompts use")
            sentence = f"{using} an older “{snippet}”: {', '.join(behind)}. Save their drafts again."
            self.message_user(request, sentence, messages.WARNING)
