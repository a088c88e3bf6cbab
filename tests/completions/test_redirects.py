"""Redirects: within the server only."""

import pytest

from chatsite.completions import AsyncClient
from tests.completions.conftest import ask
from tests.upstream import Upstream


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_within_the_server_is_followed_with_all(
    upstream: Upstream, client: AsyncClient, status: int
) -> None:
    upstream.reply(body="", status=status, headers={"Location": "/v1/elsewhere"})
    upstream.reply("Hello", path="/v1/elsewhere")
    assert (await ask(client)).text == "Hello"
    first, second = upstream.requests[0], upstream.other_requests[0]
    assert (first.method, first.body, first.headers["authorization"]) == (
        second.method,
        second.body,
        second.headers["authorization"],
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_elsewhere_is_not_followed(
    client: AsyncClient, upstream: Upstream, status: int
) -> None:
    async with Upstream() as other:
        upstream.reply(body="", status=status, headers={"Location": f"{other.base_url}/chat/completions"})
        failure = (await ask(client)).error
        assert (failure.kind, failure.status, other.connections) == ("protocol", status, [])


async def test_a_redirect_within_the_server_that_changes_the_method_is_not_followed(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(body="", status=302, headers={"Location": "/v1/login"})
    assert (await ask(client)).error.kind == "protocol"
    assert upstream.other_requests == []


async def test_redirects_in_a_circle_end(upstream: Upstream, client: AsyncClient) -> None:
    for _ in range(9):
        upstream.reply(body="", status=307, headers={"Location": "/v1/chat/completions"})
    assert (await ask(client)).error.kind == "protocol"
    assert len(upstream.requests) == 5
