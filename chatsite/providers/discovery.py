"""Finding model servers and asking them for their models."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from chatsite.completions import AsyncClient, CompletionError
from chatsite.completions import demo as demo_model
from chatsite.completions.types import Model as ListedModel
from chatsite.providers.clients import make_client
from chatsite.providers.models import Origin, Provider

DEMO = (
    "Demo model: answers are canned. Connect a real one by setting OPENAI_BASE_URL, or start Ollama, "
    "and start the site again."
)

# Seconds for a model server to list its models.
ANSWERS_WITHIN = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a provider said of itself: its models, or why it gave none."""

    provider: Provider
    models: list[ListedModel]
    error: str = ""

    def __str__(self) -> str:
        if self.provider.origin == Origin.DEMO:
            return DEMO
        if self.error:
            return f"{self.provider}: {self.error}"
        names = ", ".join(model.id for model in self.models[:3]) + (" …" if len(self.models) > 3 else "")
        return (
            f"{self.provider}: {len(self.models)} {'model' if len(self.models) == 1 else 'models'} ({names})."
        )


def connect() -> list[Found]:
    """Choose the automatic provider (environment, else Ollama, else demo) and ask every enabled one for models."""
    choose_automatic()
    return discover(Provider.objects.filter(enabled=True))


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


def discover(providers: Iterable[Provider]) -> list[Found]:
    """Ask providers for their models, all at once, and keep what they say. What is no longer listed is not offered."""
    answers = asyncio.run(_ask_all(list(providers)))
    for found in answers:
        if not found.error:
            _keep(found)
    return answers


async def _ask_all(providers: list[Provider]) -> list[Found]:
    return await asyncio.gather(*map(_ask, providers))


async def _ask(provider: Provider) -> Found:
    try:
        async with make_client(provider) as client, asyncio.timeout(ANSWERS_WITHIN):
            return Found(provider, await client.models.list())
    except (CompletionError, TimeoutError, ValueError) as error:  # the last: what was stored makes no client
        return Found(provider, [], str(error) or "The model server does not answer.")


@transaction.atomic
def _keep(found: Found) -> None:
    models = found.provider.models
    models.exclude(name__in=[model.id for model in found.models]).update(available=False)
    for model in found.models:
        kept, _ = models.update_or_create(name=model.id[:200], defaults={"available": True})
        if model.context_window and not kept.context_window:
            models.filter(pk=kept.pk).update(context_window=model.context_window)
