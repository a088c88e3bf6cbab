"""Finding model servers and asking them for their models."""

import asyncio
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from chatsite.completions import AsyncClient, CompletionError
from chatsite.completions import demo as demo_model
from chatsite.providers.clients import make_client
from chatsite.providers.models import Model, Origin, Provider

DEMO = (
    "Demo model: answers are canned. Connect a real one by setting OPENAI_BASE_URL, or start Ollama, "
    "and start the site again."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a provider said of itself: its models' names, or why it gave none."""

    provider: Provider
    models: list[str]
    error: str = ""

    def __str__(self) -> str:
        if self.provider.origin == Origin.DEMO:
            return DEMO
        if self.error:
            return f"{self.provider}: {self.error}"
        names = ", ".join(self.models[:3]) + (" …" if len(self.models) > 3 else "")
        return (
            f"{self.provider}: {len(self.models)} {'model' if len(self.models) == 1 else 'models'} ({names})."
        )


def connect() -> list[Found]:
    """Choose the automatic provider (environment, else Ollama, else demo) and ask every enabled one for models."""
    choose_automatic()
    return [discover(provider) for provider in Provider.objects.filter(enabled=True)]


def choose_automatic() -> None:
    """Enable the one provider that needs no admin. The demo steps back when an admin's provider is enabled."""
    if settings.OPENAI_BASE_URL:
        _enable(Origin.ENVIRONMENT, "OPENAI_BASE_URL", settings.OPENAI_BASE_URL)
    elif ollama_answers():
        _enable(Origin.OLLAMA, "Ollama", settings.OLLAMA_BASE_URL)
    elif Provider.objects.filter(enabled=True, origin=Origin.ADMIN).exists():
        _enable(None)
    else:
        _enable(Origin.DEMO, "Demo", demo_model.BASE_URL)


def _enable(origin: Origin | None, name: str = "", base_url: str = "") -> None:
    with transaction.atomic():
        automatic = Provider.objects.exclude(origin=Origin.ADMIN)
        automatic.exclude(origin=origin or "").update(enabled=False)
        if origin and not automatic.filter(origin=origin).update(enabled=True, base_url=base_url):
            Provider.objects.create(name=_free(name), base_url=base_url, origin=origin)


def _free(name: str) -> str:
    taken = set(Provider.objects.values_list("name", flat=True))
    return next(
        free for free in (name, *(f"{name} {n}" for n in range(2, len(taken) + 3))) if free not in taken
    )


def ollama_answers() -> bool:
    """Whether a server answers where Ollama listens by default."""

    async def ask() -> bool:
        async with AsyncClient(settings.OLLAMA_BASE_URL, "", max_retries=0, connect_timeout=1) as client:
            try:
                await asyncio.wait_for(client.models.list(), 3)
            except (CompletionError, TimeoutError):
                return False
            return True

    return asyncio.run(ask())


def discover(provider: Provider) -> Found:
    """Ask a provider for its models and keep what it says. Models that it no longer lists stop being offered."""
    try:
        listed = asyncio.run(_models_of(provider))
    except (CompletionError, TimeoutError) as error:
        return Found(provider, [], str(error) or "The model server does not answer.")
    with transaction.atomic():
        provider.models.exclude(name__in=[model.id for model in listed]).update(available=False)
        for model in listed:
            kept, _ = Model.objects.update_or_create(
                provider=provider, name=model.id[:200], defaults={"available": True}
            )
            if model.context_window and not kept.context_window:
                Model.objects.filter(pk=kept.pk).update(context_window=model.context_window)
    return Found(provider, [model.id for model in listed])


async def _models_of(provider: Provider) -> list:
    async with make_client(provider) as client:
        return await asyncio.wait_for(client.models.list(), 10)
