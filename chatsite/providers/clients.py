"""The process's completion clients, one a provider, and the route to a model through them."""

import asyncio
import json
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings

from chatsite.completions import AsyncClient, ConfigurationError
from chatsite.completions.routing import Endpoint, Router
from chatsite.providers.models import Model, Provider


class Held(NamedTuple):
    """A client, and what it was made from."""

    made_from: tuple[Any, ...]
    client: AsyncClient
    total_timeout: float


# A client's connections belong to the event loop that they were opened in.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Held]] = WeakKeyDictionary()
_closing: set[asyncio.Task[None]] = set()


def router(models: list[Model]) -> Router:
    """The way to a model: all that serve it, the one to ask first at the head.

    A provider that cannot be asked as it is set up is passed over; raises ConfigurationError when all are so.
    """
    endpoints, unusable = [], None
    for model in models:
        try:
            client = client_for(model.provider)
        except ValueError as error:
            unusable = ConfigurationError(f"The provider “{model.provider}” cannot be asked: {error}")
        else:
            endpoints.append(Endpoint(client, model.name, model.provider.name))
    if unusable and not endpoints:
        raise unusable
    return Router(endpoints)


def client_for(provider: Provider) -> AsyncClient:
    """The client of this provider, made anew when the provider was edited."""
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    made_from = _settings(provider)
    held = clients.get(provider.pk)
    if held and held.made_from == made_from:
        return held.client
    if held:
        _close_later(held)
    clients[provider.pk] = Held(made_from, make_client(provider), provider.total_timeout)
    return clients[provider.pk].client


def make_client(provider: Provider) -> AsyncClient:
    """A client of the caller's own, to be closed by it."""
    return AsyncClient(
        provider.base_url,
        provider.api_key,
        connect_timeout=provider.connect_timeout,
        # One that nobody changed depends on where the server is.
        first_token_timeout=None if _is_untouched(provider) else provider.first_token_timeout,
        idle_timeout=provider.idle_timeout,
        total_timeout=provider.total_timeout,
        headers=provider.headers,
        ca_file=settings.CA_FILE,
        proxy=settings.PROXY,
    )


def _is_untouched(provider: Provider) -> bool:
    return provider.first_token_timeout == Provider._meta.get_field("first_token_timeout").default


async def close_clients() -> None:
    """Close this event loop's clients."""
    for held in _clients.pop(asyncio.get_running_loop(), {}).values():
        await held.client.aclose()


def _settings(provider: Provider) -> tuple[Any, ...]:
    times = (
        provider.connect_timeout,
        provider.first_token_timeout,
        provider.idle_timeout,
        provider.total_timeout,
    )
    sent = (provider.base_url, provider.api_key, json.dumps(provider.headers, sort_keys=True))
    return (*sent, *times, settings.CA_FILE, settings.PROXY)


def _close_later(held: Held) -> None:
    """Close the client of a provider that was edited, once no answer can still come through it."""
    task = asyncio.create_task(_close_after(held.total_timeout, held.client))
    _closing.add(task)
    task.add_done_callback(_closing.discard)


async def _close_after(seconds: float, client: AsyncClient) -> None:
    await asyncio.sleep(seconds)
    await client.aclose()
