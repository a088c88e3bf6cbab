"""A scripted upstream on a real port, a client of it, and one way to read an answer to its end."""

import ssl
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import trustme

from chatsite.completions import AsyncClient, CompletionError, CompletionStream, aiohttp_sessions
from tests.upstream import Upstream

KEY = "sk-test-0123456789abcdef"


class Outcome(NamedTuple):
    text: str
    error: CompletionError | None
    stream: CompletionStream


async def read(stream: CompletionStream) -> Outcome:
    """Iterate to the end; an error of the tree is an outcome, any other one is the test's failure."""
    error = None
    try:
        async for _ in stream:
            pass
    except CompletionError as caught:
        error = caught
    return Outcome(stream.text, error, stream)


async def ask(client: AsyncClient, **params: object) -> Outcome:
    return await read(client.chat.completions.create("Hi", "test-model", stream=True, **params))


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with Upstream() as server:
        yield server


@pytest.fixture(params=["plain", "tls"])
async def any_upstream(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Upstream]:
    tls = None
    if request.param == "tls":
        authority = trustme.CA()
        tls, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
        authority.issue_cert("127.0.0.1").configure_cert(tls)
        authority.configure_trust(trusting)
        monkeypatch.setattr(aiohttp_sessions, "_ssl_context", lambda: trusting)
    async with Upstream(tls=tls) as server:
        yield server


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[AsyncClient]:
    """Asks once only, and has more patience than a busy machine needs."""
    async with AsyncClient(
        upstream.base_url, KEY, max_retries=0, first_token_timeout=20, idle_timeout=20, total_timeout=60
    ) as made:
        yield made


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
