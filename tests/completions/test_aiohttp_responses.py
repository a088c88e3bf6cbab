"""What comes from a connection while nobody asks for it, plain and over TLS."""

import asyncio
import errno
import os
import time

import aiohttp
import pytest
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from chatsite.completions import (
    APIConnectionError,
    APITimeoutError,
    AsyncClient,
    CompletionError,
)
from chatsite.completions.aiohttp_responses import HeldResponse, missing_parts
from tests.completions.conftest import ask
from tests.upstream import RESET, Upstream, delta, done, finish


async def test_who_looks_now_and_then_gets_all_that_came_meanwhile(any_upstream: Upstream) -> None:
    words = [f"word {number} " for number in range(60)]
    any_upstream.reply(words, pace=0.005)
    batches = []
    async with (
        AsyncClient(any_upstream.base_url) as client,
        client.chat.completions.create("Hi", stream=True) as stream,
    ):
        while batch := await stream.batch():
            batches.append(batch)
            await asyncio.sleep(0.05)
        assert stream.text == "".join(words) and stream.finish_reason == "stop"
    assert len(batches) < 20


async def test_its_connection_is_used_again(any_upstream: Upstream) -> None:
    async with AsyncClient(any_upstream.base_url) as client:
        for _ in range(3):
            assert (await ask(client)).error is None
    assert len(any_upstream.connections) == 1


async def test_more_than_is_read_at_once(any_upstream: Upstream) -> None:
    any_upstream.reply(["x" * 1000] * 1000)
    async with AsyncClient(any_upstream.base_url) as client:
        outcome = await ask(client)
    assert (outcome.error, len(outcome.text)) == (None, 1_000_000)


async def test_what_has_come_is_given_without_waiting(any_upstream: Upstream) -> None:
    any_upstream.reply(chunks=[delta("Hel"), 0.02, delta("lo"), 0.02, delta("!"), 0.5, finish(), done()])
    async with (
        AsyncClient(any_upstream.base_url) as client,
        client.chat.completions.create("Hi", stream=True) as stream,
    ):
        await stream.batch()
        await asyncio.sleep(0.2)
        with pytest.raises(StopIteration) as given:
            stream.batch().send(None)
        assert [chunk.choices[0].delta.content for chunk in given.value.value] == ["lo", "!"]


@pytest.mark.parametrize("framing", ["chunked", "close"])
async def test_a_reset_is_no_end_and_loses_nothing_for_one_who_looks_later(
    any_upstream: Upstream, framing: str
) -> None:
    any_upstream.reply(chunks=[delta("Half"), 0.05, delta(" an answer"), 0.05, RESET], framing=framing)
    async with (
        AsyncClient(any_upstream.base_url, max_retries=0) as client,
        client.chat.completions.create("Hi", stream=True) as stream,
    ):
        await stream.batch()
        await asyncio.sleep(0.2)
        await stream.batch()
        with pytest.raises(CompletionError, match="broke"):
            await stream.batch()
        assert stream.text == "Half an answer"


async def test_a_connection_that_is_lost_while_it_waits_to_be_used_again_is_noticed(
    upstream: Upstream, client: AsyncClient
) -> None:
    await ask(client)
    await upstream.connections[0].close()
    await asyncio.sleep(0.1)
    assert (await ask(client)).error is None
    assert len(upstream.connections) == 2


async def test_what_came_with_the_headers_is_given_before_a_reset(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(chunks=[delta("Hello"), 0.02, RESET])
    async with client.chat.completions.create("Hi", stream=True) as stream:
        first = asyncio.create_task(stream.batch())
        await upstream.requested(1)
        time.sleep(0.1)  # noqa: ASYNC251 the process is busy: all of it has come when it looks
        await first
        assert stream.text == "Hello"
        with pytest.raises(CompletionError, match="broke"):
            await stream.batch()


async def test_a_timeout_of_the_network_is_a_broken_connection(
    upstream: Upstream, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = upstream.hold()
    hold.send("Hello")
    async with client.chat.completions.create("Hi", stream=True) as stream:
        await stream.batch()

        def read(*_: object) -> bytes:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))

        monkeypatch.setattr(os, "read", read)
        with pytest.raises(APIConnectionError, match="broke"):
            await stream.batch()


async def test_a_body_that_is_no_chunk_is_a_broken_connection(
    upstream: Upstream, client: AsyncClient
) -> None:
    whole = delta("Hello")
    chunk = b"%x\r\n%b\r\n" % (len(whole), whole)
    upstream.reply(
        chunks=[chunk, 0.05, chunk + b"nonsense\r\n", 1],
        framing="close",
        headers={"Transfer-Encoding": "chunked"},
    )
    async with client.chat.completions.create("Hi", stream=True) as stream:
        with pytest.raises(APIConnectionError, match="broke"):
            while await stream.batch():  # noqa: ASYNC110 a run looks now and then
                await asyncio.sleep(0.2)
        assert stream.text == "HelloHello"


@pytest.mark.parametrize("wait", [0, 0.2])
async def test_who_waits_for_a_body_that_turns_out_to_be_no_chunk_is_told_at_once(
    any_upstream: Upstream, wait: float
) -> None:
    whole = delta("Hello")
    any_upstream.reply(
        chunks=[b"%x\r\n%b\r\n" % (len(whole), whole), 0.1, b"nonsense\r\n", 10],
        framing="close",
        headers={"Transfer-Encoding": "chunked"},
    )
    async with (
        AsyncClient(any_upstream.base_url, max_retries=0, idle_timeout=5) as client,
        client.chat.completions.create("Hi", stream=True) as stream,
    ):
        await stream.batch()
        await asyncio.sleep(wait)
        with pytest.raises(APIConnectionError, match="broke"):
            await stream.batch()
        assert stream.text == "Hello"


async def test_an_upstream_that_is_always_ahead_is_ended_in_time(upstream: Upstream) -> None:
    upstream.reply(["word "] * 5000, pace=0.002)
    async with AsyncClient(upstream.base_url, max_retries=0, total_timeout=2) as client:
        began = time.monotonic()
        with pytest.raises(APITimeoutError, match="too long"):
            async with client.chat.completions.create("Hi", stream=True) as stream:
                while await stream.batch():  # noqa: ASYNC110 a run looks now and then
                    await asyncio.sleep(0.02)
        assert time.monotonic() - began < 8


async def test_an_upstream_that_is_far_ahead_holds_up_nobody(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(["x" * 1000] * 3000)
    turns = batches = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with client.chat.completions.create("Hi", stream=True) as stream:
        await stream.batch()
        turning = asyncio.create_task(turn())
        await asyncio.sleep(0.2)
        before = turns
        while await stream.batch():
            batches += 1
        turning.cancel()
    assert turns - before >= batches // 2 > 10


async def test_the_aiohttp_that_is_installed_has_all_parts_that_holding_needs(upstream: Upstream) -> None:
    upstream.hang(after="Hello")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{upstream.base_url}/chat/completions") as made,
    ):
        assert missing_parts(made.connection, made.content) == []


async def test_a_response_of_the_installed_aiohttp_is_held(upstream: Upstream) -> None:
    upstream.hang(after="Hello")
    async with (
        aiohttp.ClientSession(response_class=HeldResponse) as session,
        session.post(f"{upstream.base_url}/chat/completions") as made,
    ):
        assert type(made.content) is not aiohttp.StreamReader


@pytest.fixture(params=["a callback at the end", "reading without waiting", "a transport to replace"])
def other_aiohttp(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of aiohttp, which has no such part."""
    if request.param == "a callback at the end":
        monkeypatch.delattr(Connection, "add_callback")
    elif request.param == "reading without waiting":
        monkeypatch.delattr(aiohttp.StreamReader, "read_nowait")
    else:
        kept: dict[int, object] = {}

        def once(protocol: object, transport: object) -> None:
            if transport is not None and kept.get(id(protocol)) is not None:
                raise AttributeError("transport")
            kept[id(protocol)] = transport

        monkeypatch.setattr(ResponseHandler, "transport", property(lambda self: kept.get(id(self)), once))


@pytest.mark.usefixtures("other_aiohttp")
async def test_another_aiohttp_is_read_as_it_comes(any_upstream: Upstream) -> None:
    words = [f"word {number} " for number in range(40)]
    any_upstream.reply(words, pace=0.002)
    any_upstream.reply(chunks=[delta("Half"), 0.05, RESET])
    async with AsyncClient(any_upstream.base_url, max_retries=0) as client:
        assert (await ask(client))[:2] == ("".join(words), None)
        text, failure, _ = await ask(client)
        assert (text, "broke" in str(failure)) == ("Half", True)
        assert (await ask(client)).text == "Hello from upstream."


@pytest.mark.usefixtures("other_aiohttp")
async def test_with_another_aiohttp_one_may_look_now_and_then(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(["x" * 1000] * 300)
    async with client.chat.completions.create("Hi", stream=True) as stream:
        while await stream.batch():  # noqa: ASYNC110 a run looks now and then
            await asyncio.sleep(0.01)
        assert len(stream.text) == 300_000
