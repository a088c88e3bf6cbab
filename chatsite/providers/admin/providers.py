"""Providers in the admin."""

from functools import partial

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from chatsite.audit.audited import Audited
from chatsite.providers import views
from chatsite.providers.forms import (
    TIMES,
    UNREADABLE,
    ProviderForm,
    readable_headers,
    takes_key,
)
from chatsite.providers.header_field import MASK
from chatsite.providers.models import Origin, Provider
from chatsite.providers.presets import BY_SLUG, PRESETS
from chatsite.providers.rests import end_rests, failure_summary
from chatsite.providers.schedule import ask_at_once
from chatsite.wording import counted

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
    actions = ["ask_for_models", "try_again"]
    audited_fields = ("name", "base_url", "key_variable", "enabled", "offers_new_models", "priority", *TIMES)
    change_form_template = "admin/providers/provider/form.html"

    def get_urls(self):
        return [
            path("add/test/", views.test_provider, {"admin": self}, name="providers_provider_test_new"),
            path(
                "<int:pk>/change/test/", views.test_provider, {"admin": self}, name="providers_provider_test"
            ),
            path(
                "<int:pk>/change/try-again/",
                self.admin_site.admin_view(require_POST(self.try_again_view)),
                name="providers_provider_try_again",
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
        context |= {
            "presets": PRESETS if add else (),
            "preset": chosen,
            "failure_summary": obj and failure_summary(obj),
        }
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
        """Return its state in sentences."""
        if not provider.applies:
            return "Not needed now."
        if not provider.enabled:
            return "Switched off."
        if reason := provider.why_unusable():
            return reason
        return " ".join(filter(None, [failure_summary(provider), self._listed(provider)]))

    def _listed(self, provider):
        """Return what its list of models was, and when."""
        if not provider.asked:
            return "Not asked for its models yet."
        ago = timesince(provider.asked, depth=1)
        if ago.startswith("0") and not provider.error and not provider.model_count:
            return "Being asked for its models."
        found = provider.error or f"{counted(provider.model_count, 'model')}."
        return f"{found} Asked just now." if ago.startswith("0") else f"{found} Asked {ago} ago."

    def save_model(self, request, provider, form, change):
        super().save_model(request, provider, form, change)
        end_rests(provider)  # it may be mended now
        if form.cleared:
            what = ", ".join(form.cleared)
            sentence = f"The address leads to another server, so this was forgotten: {what}. Type again what is needed."
            self.message_user(request, sentence, messages.WARNING)
        if form.key_hint:
            self.message_user(request, form.key_hint, messages.WARNING)
        if provider.enabled:
            self._ask(request, [provider])

    @admin.action(description="Ask for their models again", permissions=["change"])
    def ask_for_models(self, request, providers):
        for provider in providers:
            self.record(request, "asked for models", provider)
        self._ask(request, list(providers))

    def _ask(self, request, providers):
        """Ask in the background, after the commit: a page waits for no network."""
        transaction.on_commit(partial(ask_at_once, providers))
        names = ", ".join(map(str, providers))
        sentence = (
            f"Asking {names} for models. The list of providers says what came; load it again. {BY_HAND}"
        )
        self.message_user(request, sentence, messages.INFO)

    @admin.action(description="Try again now", permissions=["change"])
    def try_again(self, request, providers):
        failing = [provider for provider in providers if provider.failing_since]
        for provider in failing:
            self.record(request, "ended the rest of", provider, reason=provider.failure)
        end_rests(*failing)
        names = ", ".join(map(str, failing))
        sentence = (
            f"Asked again from the next answer on: {names}." if failing else "None of these was failing."
        )
        self.message_user(request, sentence)

    def try_again_view(self, request, pk):
        provider = get_object_or_404(Provider, pk=pk)
        if not self.has_change_permission(request, provider):
            raise PermissionDenied
        self.try_again(request, [provider])
        return redirect("admin:providers_provider_change", pk)
