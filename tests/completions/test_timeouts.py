"""No answer is waited for without end."""

import asyncio
from time import monotonic, sleep
from typing import Any

import pytest

from chatsite.completions import APITimeoutError, AsyncClient
from tests.completions.conftest import Outcome, ask
from tests.upstream import HANG, Upstream, UpstreamThread, delta, done, finish, role

# Seconds; each limit under test is a small part of it, and what it ends would take for ever.
SOON = 3


async def asked(upstream: Upstream, **limits: float) -> tuple[Outcome, float]:
    started = monotonic()
    async with AsyncClient(upstream.base_url, max_retries=0, **limits) as client:
        return await ask(client), monotonic() - started


def comments(pause: float) -> Any:
    return [step for _ in range(400) for step in (b": keep-alive\n\n", pause)]


async def test_headers_that_never_come(upstream: Upstream) -> None:
    upstream.hang()
    (_, failure, _), took = await asked(upstream, first_token_timeout=0.2)
    assert (type(failure), failure.kind) == (APITimeoutError, "timeout")
    assert 0.2 <= took < SOON
    await upstream.closed()


async def test_a_first_token_that_never_comes(upstream: Upstream) -> None:
    upstream.reply(chunks=[role(), HANG])
    (_, failure, _), took = await asked(upstream, first_token_timeout=0.2)
    assert str(failure) == "The model server did not begin to answer within 0.2 s, its first token timeout."
    assert took < SOON
    await upstream.closed()


@pytest.mark.parametrize("steps", [None, [role(), HANG]], ids=["no headers", "no token"])
async def test_a_server_that_is_slow_to_begin_is_asked_once_and_the_setting_is_named(
    upstream: Upstream, steps: Any
) -> None:
    for _ in range(3):
        upstream.hang() if steps is None else upstream.reply(chunks=steps)
    async with AsyncClient(upstream.base_url, max_retries=2, first_token_timeout=0.2) as client:
        failure = (await ask(client)).error
    assert (failure.kind, failure.retryable, len(upstream.requests)) == ("timeout", True, 1)
    assert "within 0.2 s, its first token timeout" in str(failure)


async def test_a_gateway_that_gave_up_waiting_is_not_asked_again(upstream: Upstream) -> None:
    upstream.reply(status=504)
    async with AsyncClient(upstream.base_url, max_retries=2) as client:
        assert (await ask(client)).error.status == 504
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("base_url", "seconds"),
    [
        ("http://127.0.0.1:11434/v1", 300),
        ("http://ollama:11434/v1", 300),
        ("http://192.168.1.20:8000/v1", 300),
        ("http://[::1]:8000/v1", 300),
        ("http://gpu.lan/v1", 300),
        ("https://api.openai.com/v1", 120),
        ("http://8.8.8.8/v1", 120),
    ],
)
async def test_a_local_server_may_load_its_model_first(base_url: str, seconds: float) -> None:
    assert AsyncClient(base_url).limits.first_token == seconds
    assert AsyncClient(base_url, first_token_timeout=7).limits.first_token == 7


async def test_comments_are_no_first_token(upstream: Upstream) -> None:
    upstream.reply(chunks=comments(0.02))
    (_, failure, _), took = await asked(upstream, first_token_timeout=0.2, idle_timeout=0.1)
    assert (failure.kind, took < SOON) == ("timeout", True)


async def test_comments_are_life_in_mid_answer(upstream: Upstream) -> None:
    upstream.reply(chunks=[delta("Hel"), *comments(0.02)[:40], delta("lo"), finish(), done()])
    (text, failure, _), _ = await asked(upstream, idle_timeout=0.2)
    assert (text, failure) == ("Hello", None)


async def test_a_long_silence_before_the_first_token_is_no_idling(upstream: Upstream) -> None:
    upstream.reply(chunks=[role(), 0.3, delta("Hello"), finish()])
    (text, failure, _), _ = await asked(upstream, idle_timeout=0.1)
    assert (text, failure) == ("Hello", None)


async def test_a_silence_in_mid_answer_keeps_the_text(upstream: Upstream) -> None:
    upstream.hang(after="Hello")
    (text, failure, _), took = await asked(upstream, idle_timeout=0.2)
    assert (failure.kind, failure.partial, text) == ("timeout", "Hello", "Hello")
    assert took < SOON
    await upstream.closed()


async def test_an_answer_without_end_stops_at_the_total_time(upstream: Upstream) -> None:
    upstream.reply(chunks=[step for _ in range(200) for step in (delta("x"), 0.02)])
    (text, failure, _), took = await asked(upstream, total_timeout=0.3)
    assert (failure.kind, str(failure)) == ("timeout", "The answer took too long.")
    assert failure.partial == text and 5 < len(text) < 100 and took < SOON


async def paused(stream: Any, seconds: float) -> None:
    """Wait for the stream while this process is stopped, as a suspended machine would be."""
    waiting = asyncio.create_task(stream.batch())
    await asyncio.sleep(0.2)
    sleep(seconds)  # noqa: ASYNC251
    await waiting


async def test_a_pause_of_this_process_is_no_silence_of_the_server() -> None:
    with UpstreamThread() as upstream:
        upstream.reply(chunks=[delta("Hel"), 0.4, delta("lo"), 1.2, delta("!"), finish(), done()])
        async with (
            AsyncClient(upstream.base_url, idle_timeout=0.6) as client,
            client.chat.completions.create("Hi", stream=True) as stream,
        ):
            await stream.batch()
            await paused(stream, 1)
            await paused(stream, 1.2)
            while await stream.batch():
                pass
            assert (stream.text, stream.finish_reason) == ("Hello!", "stop")


@pytest.mark.parametrize("late", [{"delay": 0.5}, {"chunks": [role(), 0.5, delta("Hello"), finish()]}])
async def test_a_pause_before_the_first_token_is_no_silence_of_the_server(late: dict[str, Any]) -> None:
    with UpstreamThread() as upstream:
        upstream.reply(**({"text": "Hello"} | late if "delay" in late else late))
        async with (
            AsyncClient(upstream.base_url, max_retries=0, first_token_timeout=1) as client,
            client.chat.completions.create("Hi", stream=True) as stream,
        ):
            await paused(stream, 2)
            while await stream.batch():
                pass
            assert stream.text == "Hello"


async def test_a_server_that_was_silent_during_a_pause_is_still_ended() -> None:
    with UpstreamThread() as upstream:
        upstream.hang(after="Hello")
        async with (
            AsyncClient(upstream.base_url, idle_timeout=0.2) as client,
            client.chat.completions.create("Hi", stream=True) as stream,
        ):
            await stream.batch()
            with pytest.raises(APITimeoutError, match="mid-answer"):
                await paused(stream, 0.5)


async def test_comments_that_never_stop_do_not_hold_off_the_first_token_timeout(upstream: Upstream) -> None:
    upstream.reply(chunks=[step for _ in range(1000) for step in (b": keep-alive\n\n", 0.005)])
    (_, failure, _), took = await asked(upstream, first_token_timeout=0.3)
    assert (failure.kind, took < SOON) == ("timeout", True)


async def test_a_server_that_holds_the_socket_after_done_holds_nobody(upstream: Upstream) -> None:
    upstream.reply(chunks=[delta("Hello"), finish(), done(), HANG])
    (text, failure, _), took = await asked(upstream)
    assert (text, failure) == ("Hello", None)
    assert took < SOON


async def test_a_server_that_falls_silent_after_the_finish_reason_has_answered(upstream: Upstream) -> None:
    upstream.reply(chunks=[delta("Hello"), finish(), HANG])
    (text, failure, _), took = await asked(upstream, idle_timeout=0.2)
    assert (text, failure) == ("Hello", None)


async def test_a_whole_answer_may_take_longer_than_a_first_token(upstream: Upstream) -> None:
    upstream.reply("Hello", delay=0.3)
    async with AsyncClient(upstream.base_url, first_token_timeout=0.1, idle_timeout=0.1) as client:
        assert (await client.chat.completions.create("Hi")).choices[0].message.content == "Hello"


async def test_a_whole_answer_has_a_total_time(upstream: Upstream) -> None:
    upstream.hang()
    async with AsyncClient(upstream.base_url, max_retries=0, total_timeout=0.2) as client:
        with pytest.raises(APITimeoutError):
            await client.chat.completions.create("Hi")


async def test_a_timeout_of_the_callers_own_stays_a_timeout_error(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.hang(after="Hello")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await ask(client)
    await upstream.closed()


async def test_a_connection_that_is_never_accepted(full_backlog: str) -> None:
    started = monotonic()
    async with AsyncClient(full_backlog, max_retries=0, connect_timeout=0.2) as client:
        failure = (await ask(client)).error
    assert (type(failure), monotonic() - started < SOON) == (APITimeoutError, True)


@pytest.fixture
async def full_backlog():
    """A port whose queue of connections is full, so that the next one is neither taken nor refused."""
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0, backlog=1, start_serving=False)
    listener = server.sockets[0]
    listener._sock.listen(0)
    port = listener.getsockname()[1]
    held = []
    for _ in range(4):
        try:
            async with asyncio.timeout(0.1):
                held.append((await asyncio.open_connection("127.0.0.1", port))[1])
        except TimeoutError:
            break
    yield f"http://127.0.0.1:{port}/v1"
    for writer in held:
        writer.close()
    server.close()


async def test_comments_after_the_finish_reason_hold_nobody(upstream: Upstream) -> None:
    upstream.reply(chunks=[delta("Hello"), finish(), *comments(0.02)])
    (text, failure, _), took = await asked(upstream, idle_timeout=0.2)
    assert (text, failure, took < SOON) == ("Hello", None, True)
