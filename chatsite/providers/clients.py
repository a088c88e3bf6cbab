"""The process's completion clients, one a provider, and the route to a model through them."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings

from chatsite.completions import AsyncClient, CompletionError, ConfigurationError
from chatsite.completions.aiohttp_sessions import changed
from chatsite.completions.routing import Endpoint, Router
from chatsite.providers import rests
from chatsite.providers.models import Model, Provider


class CachedClient(NamedTuple):
    """A client, and the settings that it was made from."""

    made_from: tuple[Any, ...]
    client: AsyncClient
    total_timeout: float


class Clients:
    """One client a provider, for each event loop: a client's connections belong to the loop that opened them."""

    def __init__(self) -> None:
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, CachedClient]]
        self._clients = WeakKeyDictionary()
        self._closing: set[asyncio.Task[None]] = set()
        self._counting: set[asyncio.Task[None]] = set()

    def router(self, models: Sequence[Model]) -> Router:
        """Return the route to a model: all that serve it, the one to ask first at the head. Those that rest come last.

        A provider whose settings are unusable is left out. Raises ConfigurationError when all are.
        """
        endpoints, unusable = [], None
        for model in models:
            try:
                client = self._client(model.provider)
            except ValueError as error:
                unusable = ConfigurationError(f"The provider “{model.provider}” cannot be asked: {error}")
            else:
                endpoints.append(self._endpoint(client, model))
        if unusable and not endpoints:
            raise unusable
        return Router(endpoints)

    async def close(self) -> None:
        """Close this event loop's clients, once it is stored how they have answered."""
        if counting := [task for task in self._counting if task.get_loop() is asyncio.get_running_loop()]:
            await asyncio.wait(counting)
        for cached in self._clients.pop(asyncio.get_running_loop(), {}).values():
            await cached.client.aclose()

    def _endpoint(self, client: AsyncClient, model: Model) -> Endpoint:
        provider = model.provider
        report = partial(self._report, provider)
        return Endpoint(client, model.name, provider.name, provider.is_resting, report)

    def _report(self, provider: Provider, error: CompletionError | None) -> None:
        """Store, in the background, that a provider has failed, or that one that was failing has answered."""
        if error is None and provider.failing_since:
            self._count(rests.note_answer, provider)
        elif error and rests.is_own_failure(error):
            self._count(rests.count_failure, provider, error)

    def _count(self, work: Callable[..., None], *given: Any) -> None:
        task = asyncio.create_task(database_sync_to_async(work)(*given))
        self._counting.add(task)
        task.add_done_callback(self._counting.discard)

    def _client(self, provider: Provider) -> AsyncClient:
        """Return the provider's client, a new one when the provider was edited."""
        clients = self._clients.setdefault(asyncio.get_running_loop(), {})
        made_from = _settings(provider)
        cached = clients.get(provider.pk)
        if cached and cached.made_from == made_from:
            return cached.client
        if cached:
            self._close_later(cached)
        clients[provider.pk] = CachedClient(made_from, make_client(provider), provider.total_timeout)
        return clients[provider.pk].client

    def _close_later(self, cached: CachedClient) -> None:
        """Close the client of a provider that was edited, once no answer can still come through it."""
        task = asyncio.create_task(_close_after(cached.total_timeout, cached.client))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def make_client(provider: Provider, **more: Any) -> AsyncClient:
    """Return a new client, which the caller closes. more: for the client alone, not of the provider."""
    return AsyncClient(
        provider.base_url,
        provider.api_key,
        connect_timeout=provider.connect_timeout,
        # The default depends on where the server is.
        first_token_timeout=None if _has_default_timeout(provider) else provider.first_token_timeout,
        idle_timeout=provider.idle_timeout,
        total_timeout=provider.total_timeout,
        headers=provider.headers,
        ca_file=settings.CA_FILE,
        proxy=settings.PROXY,
        **more,
    )


def _has_default_timeout(provider: Provider) -> bool:
    return provider.first_token_timeout == Provider._meta.get_field("first_token_timeout").default


def _settings(provider: Provider) -> tuple[Any, ...]:
    times = (
        provider.connect_timeout,
        provider.first_token_timeout,
        provider.idle_timeout,
        provider.total_timeout,
    )
    sent = (provider.base_url, settings.OPENAI_API_KEY, *provider.sent_secrets)
    authorities = settings.CA_FILE and changed(settings.CA_FILE)
    return (*sent, *times, settings.CA_FILE, authorities, settings.PROXY)


async def _close_after(seconds: float, client: AsyncClient) -> None:
    await asyncio.sleep(seconds)
    await client.aclose()
