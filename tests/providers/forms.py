"""What an admin does with the forms of providers and models."""

import threading

from chatsite.providers.models import Model, Provider
from chatsite.providers.schedule import ASKED_ONCE
from chatsite.providers.serving import choices_for

TIMES = {"connect_timeout": 5, "first_token_timeout": 120, "idle_timeout": 60, "total_timeout": 600}
FIELDS = {
    "name": "Mine",
    "header_values": "{}",
    "priority": 0,
    "enabled": "on",
    "offers_new_models": "on",
} | TIMES
SECRET = "sk-live-SECRETKEY-abcdefgh12345678"
NOWHERE = "http://127.0.0.1:9/v1"


def save(client, provider: Provider | None = None, **fields) -> list[str]:
    """Save the form of a provider, and wait until it was asked; the notes on the next page, or the form's errors."""
    response = send(client, provider, **fields)
    form = response.context.get("adminform")
    if form and form.form.errors:
        return [error for errors in form.form.errors.values() for error in errors]
    asked()
    return [str(note) for note in response.context["messages"]]


def send(client, provider: Provider | None = None, **fields):
    """Send the form of a provider; the response."""
    place = f"{provider.pk}/change" if provider else "add"
    url = (
        {} if provider and provider.origin != "admin" else {"base_url": provider.base_url if provider else ""}
    )
    return client.post(f"/admin/providers/provider/{place}/", FIELDS | url | fields, follow=True)


def asked() -> None:
    """Wait until the providers that an admin has saved were asked."""
    for thread in threading.enumerate():
        if thread.name == ASKED_ONCE:
            thread.join(20)


def page(client, provider: Provider) -> str:
    return client.get(f"/admin/providers/provider/{provider.pk}/change/").content.decode()


def stored(**fields) -> Provider:
    return Provider.objects.create(name="Mine", base_url=NOWHERE, **fields)


def offered() -> list[str]:
    return [model.name for model in choices_for(None)]


def model_form(model: Model, **fields) -> dict:
    return {"provider": model.provider_id, "name": model.name, "kind": model.kind, "offered": "on"} | fields
