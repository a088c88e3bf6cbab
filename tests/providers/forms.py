"""What an admin does with the forms of providers and models."""

from chatsite.providers.models import Model, Provider
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
    """Save the form of a provider; the notes on the page that follows, or the errors on the form."""
    place = f"{provider.pk}/change" if provider else "add"
    url = (
        {} if provider and provider.origin != "admin" else {"base_url": provider.base_url if provider else ""}
    )
    response = client.post(f"/admin/providers/provider/{place}/", FIELDS | url | fields, follow=True)
    form = response.context.get("adminform")
    if form and form.form.errors:
        return [error for errors in form.form.errors.values() for error in errors]
    return [str(note) for note in response.context["messages"]]


def page(client, provider: Provider) -> str:
    return client.get(f"/admin/providers/provider/{provider.pk}/change/").content.decode()


def stored(**fields) -> Provider:
    return Provider.objects.create(name="Mine", base_url=NOWHERE, **fields)


def offered() -> list[str]:
    return [model.name for model in choices_for(None)]


def model_form(model: Model, **fields) -> dict:
    return {"provider": model.provider_id, "name": model.name, "kind": model.kind, "offered": "on"} | fields
