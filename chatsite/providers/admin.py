"""Providers and models in the admin."""

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q
from django.urls import path
from django.utils.timesince import timesince

from chatsite.audit.audited import Audited
from chatsite.providers import views
from chatsite.providers.forms import (
    MASK,
    TIMES,
    UNREADABLE,
    ModelForm,
    ProviderForm,
    readable_headers,
    takes_key,
)
from chatsite.providers.models import MadeBy, Model, Origin, Provider
from chatsite.providers.presets import BY_SLUG, PRESETS
from chatsite.providers.schedule import ask_at_once

# Seconds that an admin's page waits for a model server. A list that comes later is stored, too.
WAIT_SECONDS = 2

SECRETS = {"key", "headers_json"}
BY_HAND = "Models that a server does not list can be added by hand, under Models."
URL_SET_BY = {
    Origin.ENVIRONMENT: "set by OPENAI_BASE_URL",
    Origin.OLLAMA: "found on this machine",
    Origin.DEMO: "built in",
}


@admin.register(Provider)
class ProviderAdmin(Audited, admin.ModelAdmin):
    form = ProviderForm
    list_display = ["name", "base_url", "priority", "enabled", "state", "origin"]
    readonly_fields = ["fixed_url", "key_state", "masked_headers", "state"]
    actions = ["ask_for_models"]
    audited_fields = ("name", "base_url", "key_variable", "enabled", "offers_new_models", "priority", *TIMES)
    change_form_template = "admin/providers/provider/form.html"

    def get_urls(self):
        return [
            path("add/test/", views.test_provider, {"admin": self}, name="providers_provider_test_new"),
            path(
                "<int:pk>/change/test/", views.test_provider, {"admin": self}, name="providers_provider_test"
            ),
            *super().get_urls(),
        ]

    def get_changeform_initial_data(self, request):
        """Fill in what is known of the server that the admin chose."""
        preset = BY_SLUG.get(request.GET.get("preset", ""))
        known = {"name": preset.name, "base_url": preset.base_url} if preset and preset.base_url else {}
        return super().get_changeform_initial_data(request) | known

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        chosen = BY_SLUG.get(request.GET.get("preset", ""))
        context |= {"presets": PRESETS if add else (), "preset": chosen}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def lookup_allowed(self, lookup, value, request=None):
        """Forbid filters by a secret: they would reveal it, one character after another."""
        return lookup.split("__")[0] not in SECRETS and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request):
        listed = Count("models", filter=Q(models__available=True))
        return super().get_queryset(request).annotate(model_count=listed)

    def get_fields(self, request, provider=None):
        """Return the fields that can be set here. What the environment sets is only shown, and secrets are not."""
        if provider is None:
            return ["name", "base_url", "new_key", *self._variable(), "header_values", *self._switches]
        may_change = self.has_change_permission(request, provider)
        url = "base_url" if provider.origin == Origin.ADMIN else "fixed_url"
        key = ["key_state"]
        if may_change and takes_key(provider):
            key = ["new_key", "forget_key", *self._variable(provider)]
        headers = "header_values" if may_change else "masked_headers"
        return ["name", url, *key, headers, *self._switches, "state"]

    def _variable(self, provider=None):
        """A variable can only be chosen where there is one."""
        return ["key_variable"] if settings.PROVIDER_KEYS or (provider and provider.key_variable) else []

    _switches = ["enabled", "offers_new_models", "priority", *TIMES]

    @admin.display(description="base URL")
    def fixed_url(self, provider):
        return f"{provider.base_url} ({URL_SET_BY[provider.origin]})"

    @admin.display(description="API key")
    def key_state(self, provider):
        if provider.origin == Origin.ENVIRONMENT:
            return "set by OPENAI_API_KEY" if settings.OPENAI_API_KEY else "none; OPENAI_API_KEY is not set"
        if provider.key_variable:
            return f"read from {provider.key_variable}"
        return "stored" if provider.key else "none"

    @admin.display(description="headers")
    def masked_headers(self, provider):
        headers = readable_headers(provider)
        if headers is None:
            return UNREADABLE
        return ", ".join(f"{name}: {MASK}" for name in headers) or "none"

    @admin.display(description="state")
    def state(self, provider):
        """Return its state as a sentence."""
        if not provider.applies:
            return "Not needed now."
        if not provider.enabled:
            return "Switched off."
        if reason := provider.why_unusable():
            return reason
        if not provider.asked:
            return "Not asked yet."
        sentence = (
            provider.error or f"{provider.model_count} model{'' if provider.model_count == 1 else 's'}."
        )
        ago = timesince(provider.asked, depth=1)
        return f"{sentence} Asked just now." if ago.startswith("0") else f"{sentence} Asked {ago} ago."

    def save_model(self, request, provider, form, change):
        super().save_model(request, provider, form, change)
        if form.cleared:
            what = ", ".join(form.cleared)
            sentence = f"The address leads to another server, so this was forgotten: {what}. Type again what is needed."
            self.message_user(request, sentence, messages.WARNING)
        # After the commit: the database's lock is held until then, and nobody could send a message.
        transaction.on_commit(lambda: self._ask(request, [provider] if provider.enabled else []))

    @admin.action(description="Ask for their models again", permissions=["change"])
    def ask_for_models(self, request, providers):
        for provider in providers:
            self.record(request, "asked for models", provider)
        self._ask(request, list(providers))

    def _ask(self, request, providers):
        answers = ask_at_once(providers, WAIT_SECONDS)
        if answers is None:
            names = ", ".join(map(str, providers))
            sentence = (
                f"Asking {names} for its models. Load this page again to see what it answers. {BY_HAND}"
            )
            self.message_user(request, sentence, messages.INFO)
        for found in answers or []:
            if found.error:
                self.message_user(request, f"{found} {BY_HAND}", messages.WARNING)
            else:
                self.message_user(request, str(found), messages.SUCCESS)


@admin.register(Model)
class ModelAdmin(Audited, admin.ModelAdmin):
    form = ModelForm
    list_display = ["name", "provider", "offered", "is_default", "kind", "tokens", "available", "made_by"]
    list_filter = ["offered", "kind", "provider", "available", "made_by"]
    list_select_related = ["provider"]
    search_fields = ["name", "title"]
    readonly_fields = ["made_by", "listed_window"]
    actions = ["offer", "withdraw"]
    audited_fields = tuple(ModelForm.Meta.fields)

    def get_fields(self, request, model=None):
        return [*ModelForm.Meta.fields, *(self.readonly_fields if model else [])]

    def get_readonly_fields(self, request, model=None):
        """The provider's list names a listed model."""
        named = ["provider", "name"] if model and model.made_by == MadeBy.LIST else []
        return [*self.readonly_fields, *named]

    @admin.display(description="context window", ordering="context_window")
    def tokens(self, model):
        return model.window

    @admin.display(description="default")
    def is_default(self, model):
        if model.default:
            return "default"
        return "picked by the site" if model.picked and not self._has_default() else ""

    def _has_default(self):
        return Model.objects.offered().filter(default=True).exists()

    def save_model(self, request, model, form, change):
        """Keep one default: the last one chosen."""
        if model.default:
            Model.objects.filter(default=True).exclude(pk=model.pk).update(default=False)
        super().save_model(request, model, form, change)
        Model.objects.pick()

    @admin.action(description="Offer", permissions=["change"])
    def offer(self, request, models):
        self._set_offered(request, models, True, "offered now")

    @admin.action(description="Do not offer", permissions=["change"])
    def withdraw(self, request, models):
        self._set_offered(request, models, False, "not offered any more")

    def _set_offered(self, request, models, offered, said):
        for model in models:
            before, after = {"offered": model.offered}, {"offered": offered}
            self.record(request, "changed", model, before=before, after=after)
        count = models.update(offered=offered)
        Model.objects.pick()
        self.message_user(request, f"{count} model{' is' if count == 1 else 's are'} {said}.")
