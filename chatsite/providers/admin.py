"""Providers and models in the admin."""

from django import forms
from django.contrib import admin, messages

from chatsite.providers.discovery import choose_automatic, discover
from chatsite.providers.models import Model, Origin, Provider


class ProviderForm(forms.ModelForm):
    """A provider whose key can be set and is never shown."""

    new_key = forms.CharField(
        label="API key",
        required=False,
        strip=True,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    forget_key = forms.BooleanField(required=False, label="Forget the key")

    class Meta:
        model = Provider
        fields = [
            "name",
            "base_url",
            "new_key",
            "forget_key",
            "headers",
            "enabled",
            "priority",
            "connect_timeout",
            "first_token_timeout",
            "idle_timeout",
            "total_timeout",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.api_key:
            hint = f"A key is set (it ends in {self.instance.api_key[-4:]}). Leave this empty to keep it."
            self.fields["new_key"].help_text = hint

    def clean_headers(self):
        headers = self.cleaned_data["headers"] or {}
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise forms.ValidationError('Give an object of texts, such as {"X-Team": "blue"}.')
        return headers

    def save(self, commit=True):
        if self.cleaned_data["new_key"]:
            self.instance.key = self.cleaned_data["new_key"]
        elif self.cleaned_data["forget_key"]:
            self.instance.key = ""
        return super().save(commit)


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    form = ProviderForm
    list_display = ["name", "base_url", "priority", "enabled", "origin"]
    actions = ["ask_for_models"]

    def get_readonly_fields(self, request, provider=None):
        """What an automatic provider is follows what is found at each start."""
        return ["base_url", "origin"] if provider and provider.origin != Origin.ADMIN else []

    def save_model(self, request, provider, form, change):
        super().save_model(request, provider, form, change)
        choose_automatic()
        if provider.enabled:
            self._ask(request, [provider])

    @admin.action(description="Ask for their models again")
    def ask_for_models(self, request, providers):
        self._ask(request, providers)

    def _ask(self, request, providers):
        for found in discover(providers):
            self.message_user(request, str(found), messages.WARNING if found.error else messages.SUCCESS)


class ModelForm(forms.ModelForm):
    """A model as a provider serves it."""

    class Meta:
        model = Model
        fields = [
            "provider",
            "name",
            "title",
            "context_window",
            "input_price",
            "output_price",
            "enabled",
            "default",
        ]

    def _get_validation_exclusions(self):
        """Another default is no mistake here: it steps back when this one is saved."""
        return super()._get_validation_exclusions() | {"default"}


@admin.register(Model)
class ModelAdmin(admin.ModelAdmin):
    form = ModelForm
    list_display = ["name", "provider", "context_window", "enabled", "available", "default"]
    list_filter = ["provider", "enabled", "available"]
    list_select_related = ["provider"]
    search_fields = ["name", "title"]

    def save_model(self, request, model, form, change):
        """One default: the last one chosen."""
        if model.default:
            Model.objects.filter(default=True).exclude(pk=model.pk).update(default=False)
        super().save_model(request, model, form, change)
