"""System prompts in the admin: each save of a changed text is a new version."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from chatsite.prompts.models import SystemPrompt, SystemPromptVersion


class SystemPromptForm(forms.ModelForm):
    """A prompt with the text of its live version, which can be changed, and a note on the change."""

    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField"}),
        help_text="A change makes a new version. Earlier answers still name the version that they were written with.",
    )
    note = forms.CharField(max_length=200, required=False, help_text="What changed, and why.")

    class Meta:
        model = SystemPrompt
        fields = ["name", "text", "note", "is_default", "groups", "enabled"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.live:
            self.initial["text"] = self.instance.live.text

    def _get_validation_exclusions(self):
        """Accept another default: it is removed when this one is saved."""
        return super()._get_validation_exclusions() | {"is_default"}


class VersionInline(admin.TabularInline):
    """The versions, newest first, read-only."""

    model = SystemPromptVersion
    fields = readonly_fields = ["number", "text", "note", "author", "made"]
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def _stays(prompt):
    answers = "1 answer names" if prompt.answers == 1 else f"{prompt.answers} answers name"
    url = reverse("admin:prompts_systemprompt_change", args=[prompt.pk])
    sentence = '{} it. <a href="{}">Open “{}”</a> and take the tick from “Enabled”.'
    return format_html(sentence, answers, url, prompt)


@admin.register(SystemPrompt)
class SystemPromptAdmin(admin.ModelAdmin):
    form = SystemPromptForm
    inlines = [VersionInline]
    list_display = ["name", "version", "is_default", "enabled"]
    list_select_related = ["live"]
    filter_horizontal = ["groups"]
    search_fields = ["name", "versions__text"]

    @admin.display(ordering="live__number")
    def version(self, prompt):
        return f"v{prompt.live.number}" if prompt.live else "–"

    def get_deleted_objects(self, objs, request):
        """Delete unused prompts with their versions. For used ones, say why they cannot be deleted."""
        used = SystemPrompt.objects.filter(pk__in=[prompt.pk for prompt in objs]).used()
        sentences = [_stays(prompt) for prompt in used]
        return ([], {}, set(), sentences) if sentences else super().get_deleted_objects(objs, request)

    def save_model(self, request, prompt, form, change):
        default = prompt.is_default
        prompt.is_default = default and SystemPrompt.objects.filter(pk=prompt.pk, is_default=True).exists()
        super().save_model(request, prompt, form, change)
        text = form.cleaned_data["text"]
        if not prompt.live or prompt.live.text != text:
            prompt.publish(text, author=request.user, note=form.cleaned_data["note"])
        if default:
            prompt.make_default()
