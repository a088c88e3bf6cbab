"""Discovery: makes the provider that needs no admin, and asks providers for their models.

Nothing here is called inside a transaction: on SQLite all messages would wait for the network.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from chatsite.completions import AsyncClient, CompletionError
from chatsite.completions import demo as demo_model
from chatsite.completions.types import Model as ListedModel
from chatsite.providers.clients import make_client
from chatsite.providers.lists import keep
from chatsite.providers.models import Model, Origin, Provider

logger = logging.getLogger(__name__)

# Seconds for a model server to list its models, and for Ollama to be found.
LIST_SECONDS = 10
FIND_SECONDS = 3

DEMO = (
    "Demo model: answers are canned. Connect a real one: start Ollama, which is found within a minute, "
    "or set OPENAI_BASE_URL and start the site again."
)
NOT_STORED = "Its models could not be stored. The site's log says why."
KEY_ALONE = (
    "OPENAI_API_KEY is set without OPENAI_BASE_URL, so it is not used. Set both, for example "
    "OPENAI_BASE_URL=https://api.openai.com/v1."
)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a provider answered: its models, or why it listed none."""

    provider: Provider
    models: list[ListedModel]
    error: str = ""
    is_unreachable: bool = False

    def __str__(self) -> str:
        if self.provider.origin == Origin.DEMO:
            return demo_sentence()
        if self.error:
            return f"{self.provider}: {self.error}"
        names = ", ".join(model.id for model in self.models[:3]) + (" …" if len(self.models) > 3 else "")
        count = f"{len(self.models)} {'model' if len(self.models) == 1 else 'models'}"
        return f"{self.provider}: {count} ({names})." if names else f"{self.provider}: {count}."


def demo_sentence() -> str:
    """Return what a person should know about the demo."""
    return f"{DEMO} {KEY_ALONE}" if settings.OPENAI_API_KEY and not settings.OPENAI_BASE_URL else DEMO


def connect() -> list[Discovery]:
    """Choose the automatic provider, and ask all providers in use for their models."""
    choose_automatic()
    return discover(Provider.objects.in_use())


def choose_automatic(look_for_ollama: bool = True) -> None:
    """Choose the one provider that needs no admin: the environment's, else Ollama once it was found, else the demo if
    there is no other. An admin can still disable it."""
    if settings.OPENAI_BASE_URL:
        _apply(Origin.ENVIRONMENT, "OPENAI_BASE_URL", settings.OPENAI_BASE_URL)
    elif ollama_applies() or (look_for_ollama and ollama_answers()):
        _apply(Origin.OLLAMA, "Ollama", settings.OLLAMA_BASE_URL)
    elif Provider.objects.filter(origin=Origin.ADMIN).exists():
        _apply(None)
    else:
        _apply(Origin.DEMO, "Demo", demo_model.BASE_URL)


def ollama_applies() -> bool:
    """Return whether Ollama was found before. From then on it is a provider like any other, also while it is down."""
    return Provider.objects.filter(origin=Origin.OLLAMA, applies=True).exists()


def _apply(origin: Origin | None, name: str = "", base_url: str = "") -> None:
    automatic = Provider.objects.exclude(origin=Origin.ADMIN)
    applying = list(automatic.filter(applies=True).values_list("origin", "base_url"))
    if applying == ([(origin, base_url)] if origin else []):
        return  # the usual case; nothing is written
    with transaction.atomic():
        automatic.exclude(origin=origin or "").update(applies=False)
        if origin and not automatic.filter(origin=origin).update(applies=True, base_url=base_url):
            Provider.objects.create(name=_free(name), base_url=base_url, origin=origin)


def _free(name: str) -> str:
    taken = set(Provider.objects.values_list("name", flat=True))
    return next(
        free for free in (name, *(f"{name} {n}" for n in range(2, len(taken) + 3))) if free not in taken
    )


def ollama_answers() -> bool:
    """Return whether a server answers at Ollama's default address."""

    async def ask() -> bool:
        async with AsyncClient(settings.OLLAMA_BASE_URL, "", max_retries=0, connect_timeout=1) as client:
            try:
                await asyncio.wait_for(client.models.list(), FIND_SECONDS)
            except (CompletionError, TimeoutError):
                return False
            return True

    return asyncio.run(ask())


def discover(providers: Iterable[Provider]) -> list[Discovery]:
    """Ask providers for their models, all at the same time, and store the lists. Models that are no longer listed are
    not offered any more.

    If the database cannot be written, for example on a full disk, nothing changes, and a later call tries again.
    """
    asked = list(providers)
    try:
        Provider.objects.filter(pk__in=[provider.pk for provider in asked]).update(asked=Now())
        answers = [_stored(discovery) for discovery in asyncio.run(_ask_all(asked))]
        Model.objects.pick()
    except DatabaseError:
        logger.exception("The answers of providers could not be stored.")
        return [Discovery(provider, [], NOT_STORED) for provider in asked]
    return answers


async def _ask_all(providers: list[Provider]) -> list[Discovery]:
    return await asyncio.gather(*map(_ask, providers))


async def _ask(provider: Provider) -> Discovery:
    try:
        async with make_client(provider) as client, asyncio.timeout(LIST_SECONDS):
            return Discovery(provider, await client.models.list())
    except CompletionError as error:
        return Discovery(provider, [], str(error), is_unreachable=error.retryable)
    except TimeoutError:
        return Discovery(provider, [], "The model server does not answer.", is_unreachable=True)
    except ValueError as error:  # a stored setting is invalid
        return Discovery(provider, [], str(error))
    except Exception:  # one provider must not stop the others, or the start of the site
        logger.exception("A provider could not be asked for its models.")
        return Discovery(provider, [], "It could not be asked for its models. The site's log says why.")


def _stored(discovery: Discovery) -> Discovery:
    # Only if it was not edited meanwhile: the list may be another server's.
    current = Provider.objects.filter(pk=discovery.provider.pk, base_url=discovery.provider.base_url)
    try:
        current.update(asked=Now(), error=discovery.error[:1000], is_unreachable=discovery.is_unreachable)
        if not discovery.error and current.exists():
            keep(discovery.provider, discovery.models)
    except DatabaseError:
        logger.exception("The models of a provider could not be stored.")
        return Discovery(discovery.provider, [], NOT_STORED)
    return discovery
