"""Which providers the site makes by itself, and asking providers for their models.

Nothing here is called inside a transaction: on SQLite it would keep everybody's messages waiting for the network.
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
class Found:
    """What a provider said of itself: its models, or why it gave none."""

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
    """What a person should know about the demo."""
    return f"{DEMO} {KEY_ALONE}" if settings.OPENAI_API_KEY and not settings.OPENAI_BASE_URL else DEMO


def connect() -> list[Found]:
    """Choose the automatic provider and ask every provider in use for its models."""
    choose_automatic()
    return discover(Provider.objects.in_use())


def choose_automatic(look_for_ollama: bool = True) -> None:
    """Let the one provider apply that needs no admin: the environment's, else Ollama once it was found, else, where
    there is no other, the demo. Whether it is switched on is the admin's to say."""
    if settings.OPENAI_BASE_URL:
        _apply(Origin.ENVIRONMENT, "OPENAI_BASE_URL", settings.OPENAI_BASE_URL)
    elif ollama_applies() or (look_for_ollama and ollama_answers()):
        _apply(Origin.OLLAMA, "Ollama", settings.OLLAMA_BASE_URL)
    elif Provider.objects.filter(origin=Origin.ADMIN).exists():
        _apply(None)
    else:
        _apply(Origin.DEMO, "Demo", demo_model.BASE_URL)


def ollama_applies() -> bool:
    """Whether Ollama was found before. From then on it is asked like any other, and told when it is away."""
    return Provider.objects.filter(origin=Origin.OLLAMA, applies=True).exists()


def _apply(origin: Origin | None, name: str = "", base_url: str = "") -> None:
    automatic = Provider.objects.exclude(origin=Origin.ADMIN)
    applying = list(automatic.filter(applies=True).values_list("origin", "base_url"))
    if applying == ([(origin, base_url)] if origin else []):
        return  # most often, and then nothing is written
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
    """Whether a server answers where Ollama listens by default."""

    async def ask() -> bool:
        async with AsyncClient(settings.OLLAMA_BASE_URL, "", max_retries=0, connect_timeout=1) as client:
            try:
                await asyncio.wait_for(client.models.list(), FIND_SECONDS)
            except (CompletionError, TimeoutError):
                return False
            return True

    return asyncio.run(ask())


def discover(providers: Iterable[Provider]) -> list[Found]:
    """Ask providers for their models, all at once, and keep what they say. What is no longer listed is not offered.

    Where nothing can be written, as on a full disk, all stays as it is: people can read, and it is tried again."""
    asked = list(providers)
    try:
        Provider.objects.filter(pk__in=[provider.pk for provider in asked]).update(asked=Now())
        answers = [_kept(found) for found in asyncio.run(_ask_all(asked))]
        Model.objects.pick()
    except DatabaseError:
        logger.exception("What providers say could not be stored.")
        return [Found(provider, [], NOT_STORED) for provider in asked]
    return answers


async def _ask_all(providers: list[Provider]) -> list[Found]:
    return await asyncio.gather(*map(_ask, providers))


async def _ask(provider: Provider) -> Found:
    try:
        async with make_client(provider) as client, asyncio.timeout(LIST_SECONDS):
            return Found(provider, await client.models.list())
    except CompletionError as error:
        return Found(provider, [], str(error), is_unreachable=error.retryable)
    except TimeoutError:
        return Found(provider, [], "The model server does not answer.", is_unreachable=True)
    except ValueError as error:  # what is stored makes no client
        return Found(provider, [], str(error))
    except Exception:  # one provider keeps neither the others from being asked nor the site from starting
        logger.exception("A provider could not be asked for its models.")
        return Found(provider, [], "It could not be asked for its models. The site's log says why.")


def _kept(found: Found) -> Found:
    # Not where it was edited meanwhile: that was another server's list.
    current = Provider.objects.filter(pk=found.provider.pk, base_url=found.provider.base_url)
    try:
        current.update(asked=Now(), error=found.error[:1000], is_unreachable=found.is_unreachable)
        if not found.error and current.exists():
            keep(found.provider, found.models)
    except DatabaseError:
        logger.exception("The models of a provider could not be stored.")
        return Found(found.provider, [], NOT_STORED)
    return found
