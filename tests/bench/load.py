"""The process of the clients. It is one of its own, so that what they use is not taken for the site's."""

import asyncio
import gc
import multiprocessing
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import uvloop

from tests.bench.clients import Bare, Client, Tab

# Sockets that are opened at a time.
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Target:
    """What clients connect to.

    base_url: of the upstream, whose process is `upstream`. pids: the processes to measure. cookies: of people who take
    turns; there are none at the baseline.
    """

    url: str
    base_url: str
    upstream: int
    pids: tuple[int, ...]
    cookies: tuple[str, ...] = ()

    def client(self, session: aiohttp.ClientSession, number: int) -> Client:
        if self.cookies:
            return Tab(session, self.url, self.cookies[number % len(self.cookies)])
        return Bare(session, self.url)


class Load:
    """Runs coroutine functions of modules in the other process; what they take and give must pickle."""

    def __enter__(self) -> Self:
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, spawn, initializer=gc.freeze)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def run(self, work: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        """Gives what it gives, raises what it raises."""
        return self._pool.submit(_run, work, *args).result()


def _run(work: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    return uvloop.run(work(*args))


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """For any number of connections."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as opened:
        yield opened


@asynccontextmanager
async def connected(clients: Sequence[Client]) -> AsyncIterator[None]:
    """Open all of them, a few at a time, and close them in the end."""
    places = asyncio.Semaphore(AT_ONCE)

    async def do(step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async with places:
            await step()

    await asyncio.gather(*(do(client.open) for client in clients))
    try:
        yield
    finally:
        await asyncio.gather(*(do(client.close) for client in clients))
