"""Connections: used again, never leaked, never to anybody else."""

import asyncio
import logging
import random

import httpx
import pytest

from chatsite.completions import AsyncClient, CompletionError
from chatsite.completions.aiohttp_sessions import SessionTransport
from tests.completions.conftest import KEY, ask
from tests.upstream import CUT, RESET, Upstream, delta, done, finish
from tests.upstream.answers import End


async def test_ten_answers_need_one_connection(upstream: Upstream, client: AsyncClient) -> None:
    for _ in range(10):
        assert (await ask(client)).error is None
    assert (len(upstream.requests), len(upstream.connections)) == (10, 1)


async def test_ten_whole_answers_need_one_connection(upstream: Upstream, client: AsyncClient) -> None:
    for _ in range(10):
        await client.chat.completions.create("Hi")
    assert len(upstream.connections) == 1


async def test_an_end_that_comes_just_after_done_keeps_the_connection(
    upstream: Upstream, client: AsyncClient
) -> None:
    for _ in range(3):
        upstream.reply(chunks=[delta("Hello"), finish(), done(), 0.001])
        assert (await ask(client)).error is None
    assert len(upstream.connections) == 1


async def test_a_refusal_keeps_the_connection(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(status=400)
    assert (await ask(client)).error and (await ask(client)).error is None
    assert len(upstream.connections) == 1


async def test_a_hundred_and_one_streams_run_at_once(upstream: Upstream, client: AsyncClient) -> None:
    holds = [upstream.hold() for _ in range(101)]
    tasks = [asyncio.create_task(ask(client)) for _ in holds]
    await upstream.requested(101, timeout=10)
    for hold in holds:
        hold.send("Hello")
        hold.finish()
    outcomes = await asyncio.gather(*tasks)
    assert [(text, error) for text, error, _ in outcomes] == [("Hello", None)] * 101


async def test_three_hundred_cancels_leak_nothing(upstream: Upstream) -> None:
    transport = SessionTransport(max_connections=3)
    chance = random.Random(7)
    async with httpx.AsyncClient(transport=transport) as http:
        client = AsyncClient(upstream.base_url, KEY, max_retries=0, http_client=http)
        before = asyncio.all_tasks()
        for _ in range(100):
            upstream.reply(["Hello "] * 20, pace=0.001)
            tasks = [asyncio.create_task(ask(client)) for _ in range(3)]
            for task in tasks:
                await asyncio.sleep(chance.random() * 0.004)
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        upstream._queues.clear()
        for _ in range(5):
            assert (await asyncio.wait_for(ask(client), 2))[:2] == ("Hello from upstream.", None)
        await asyncio.sleep(0.05)
        ours = {task for task in asyncio.all_tasks() - before if "upstream" not in repr(task)}
        assert ours == set()
        assert sum(not connection.left.is_set() for connection in upstream.connections) <= 3


async def test_a_connection_that_went_stale_is_replaced(upstream: Upstream) -> None:
    async with AsyncClient(upstream.base_url) as client:
        await ask(client)
        for connection in upstream.connections:
            await connection.close()
        assert (await ask(client))[:2] == ("Hello from upstream.", None)


async def test_closing_the_client_closes_its_connections(upstream: Upstream) -> None:
    async with AsyncClient(upstream.base_url) as client:
        await ask(client)
    async with asyncio.timeout(1):
        await upstream.connections[0].left.wait()


async def test_a_closed_client_says_so(upstream: Upstream, client: AsyncClient) -> None:
    await client.aclose()
    await client.aclose()
    assert str((await ask(client)).error) == "This client is closed."


async def test_proxies_of_the_environment_are_not_used(
    upstream: Upstream, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert (await ask(client)).error is None


@pytest.mark.parametrize(
    ("status", "headers"), [(204, {}), (304, {}), (307, {}), (307, {"Location": "http://["})]
)
async def test_a_success_without_an_answer_is_told(
    upstream: Upstream, client: AsyncClient, status: int, headers: dict[str, str]
) -> None:
    upstream.reply(chunks=[], status=status, headers=headers, framing="close")
    assert (await ask(client)).error.kind == "protocol"


async def test_long_headers_are_no_obstacle(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply("Hello", headers={"Content-Security-Policy": "x" * 60_000})
    assert (await ask(client)).text == "Hello"


async def test_a_long_prompt_is_no_obstacle(upstream: Upstream, client: AsyncClient) -> None:
    await client.chat.completions.create("я" * 1_000_000)
    assert upstream.requests[0].json["messages"][0]["content"] == "я" * 1_000_000


async def test_cancelling_while_the_prompt_is_sent_is_quick(full_pipe: str) -> None:
    async with AsyncClient(full_pipe) as client:
        task = asyncio.create_task(ask_long(client))
        await asyncio.sleep(0.1)
        task.cancel()
        async with asyncio.timeout(1):
            with pytest.raises(asyncio.CancelledError):
                await task


async def ask_long(client: AsyncClient) -> None:
    await client.chat.completions.create("x" * 30_000_000)


@pytest.fixture
async def full_pipe():
    """A server that takes the connection and reads nothing."""

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()
        await asyncio.sleep(2)
        writer.transport.abort()

    async with await asyncio.start_server(ignore, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        server.close()


async def test_one_client_serves_two_event_loops(upstream: Upstream, client: AsyncClient) -> None:
    def elsewhere() -> str | None:
        return asyncio.run(once()).choices[0].message.content

    async def once():
        return await client.chat.completions.create("Hi")

    here = await once()
    assert here.choices[0].message.content == await asyncio.to_thread(elsewhere) == "Hello from upstream."


async def test_logs_name_neither_key_nor_address_nor_words(
    upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = "/v1/chat/completions?api-key=query-secret"
    upstream.reply(status=503, headers={"Retry-After-Ms": "10"}, path=path)
    upstream.reply("Hello", path=path)
    async with AsyncClient(upstream.base_url + "?api-key=query-secret", KEY) as client:
        await client.chat.completions.create("my private words")
    ours = [record for record in caplog.records if record.name != "asyncio"]
    text = "\n".join(record.getMessage() for record in ours)
    assert "POST 200" in text
    for private in (KEY, "query-secret", "private", "127.0.0.1", "Hello"):
        assert private not in text


async def test_errors_show_no_key_in_their_representation(upstream: Upstream) -> None:
    upstream.reply(status=500)
    async with AsyncClient(upstream.base_url, KEY, max_retries=0) as client:
        with pytest.raises(CompletionError) as caught:
            await client.chat.completions.create("my private words")
    assert KEY not in repr(caught.value) and "private" not in repr(caught.value)


@pytest.mark.parametrize("end", [CUT, RESET])
async def test_what_came_before_a_break_is_given_to_one_who_looks_later(
    upstream: Upstream, client: AsyncClient, end: End
) -> None:
    upstream.reply(chunks=[delta("Half"), 0.05, delta(" an"), 0.02, delta(" answer"), end])
    async with client.chat.completions.stream("Hi") as stream:
        assert len(await stream.batch()) == 1
        await asyncio.sleep(0.3)
        assert len(await stream.batch()) == 2
        with pytest.raises(CompletionError):
            await stream.batch()
        assert stream.text == "Half an answer"


async def test_an_upstream_can_be_no_further_ahead_than_the_system_holds(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(chunks=[delta("x" * 100_000) for _ in range(400)] + [finish(), done()])
    async with client.chat.completions.stream("Hi") as stream:
        await stream.batch()
        await asyncio.sleep(0.5)
        assert upstream.requests[0].ended_at is None
        while await stream.batch():
            pass
        assert len(stream.text) == 400 * 100_000
