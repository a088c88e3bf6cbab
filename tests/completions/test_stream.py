"""A stream in the hands of its reader: begun lazily, left early, closed for certain."""

import asyncio
import gc
import tracemalloc
from contextlib import aclosing

import pytest

from chatsite.completions import AsyncClient, CompletionStream
from chatsite.completions.stream import Accumulated
from chatsite.completions.types import ChatCompletionChunk, ChunkChoice, Delta
from tests.completions.conftest import ask
from tests.upstream import HANG, Upstream, delta, done, finish
from tests.upstream.answers import End


def open_stream(client: AsyncClient) -> CompletionStream:
    return client.chat.completions.create("Hi", "test-model", stream=True)


async def test_nothing_is_sent_before_the_first_step(upstream: Upstream, client: AsyncClient) -> None:
    stream = open_stream(client)
    await asyncio.sleep(0.05)
    assert upstream.requests == []
    await anext(stream)
    assert len(upstream.requests) == 1
    await stream.aclose()


async def test_a_stream_may_be_awaited_as_well(upstream: Upstream, client: AsyncClient) -> None:
    stream = await open_stream(client)
    assert "".join([c.choices[0].delta.content or "" for c in [c async for c in stream] if c.choices]) == (
        "Hello from upstream."
    )


async def test_all_is_known_after_the_end(upstream: Upstream, client: AsyncClient) -> None:
    text, failure, stream = await ask(client)
    assert (text, stream.reasoning, stream.finish_reason, stream.done) == (
        "Hello from upstream.",
        "",
        "stop",
        True,
    )
    assert (stream.usage and stream.usage.total_tokens, stream.model, stream.endpoint) == (
        11,
        "test-model",
        None,
    )


async def test_chunks_have_the_shape_of_g4fs(upstream: Upstream, client: AsyncClient) -> None:
    chunks = [chunk async for chunk in open_stream(client)]
    for chunk in chunks:
        assert (chunk.id, chunk.object, chunk.model) == (
            "chatcmpl-test",
            "chat.completion.chunk",
            "test-model",
        )
        assert all(
            c.index == 0 and c.delta.role == "assistant" and c.delta.reasoning is None for c in chunk.choices
        )
    assert chunks[-1].choices == [] and chunks[-1].usage


async def test_text_is_there_while_it_grows(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(["Hel", "lo"])
    stream = open_stream(client)
    seen = [stream.text async for _ in stream]
    assert [text for text in seen if text][:2] == ["Hel", "Hello"]


async def test_the_first_text_comes_before_the_last_is_made(upstream: Upstream, client: AsyncClient) -> None:
    hold = upstream.hold()
    stream = open_stream(client)
    hold.send("Hel")
    while stream.text != "Hel":
        await anext(stream)
    hold.finish()
    assert [c async for c in stream] and stream.done


async def test_leaving_a_stream_by_its_context_closes_the_connection(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.hang(after="Hello")
    async with open_stream(client) as stream:
        await anext(stream)
    assert (await upstream.closed()).closed_early


async def test_closing_a_stream_closes_the_connection(upstream: Upstream, client: AsyncClient) -> None:
    upstream.hang(after="Hello")
    async with aclosing(open_stream(client)) as stream:
        await anext(stream)
    await upstream.closed()
    await stream.aclose()
    assert [chunk async for chunk in stream] == []


async def test_dropping_a_stream_closes_the_connection(upstream: Upstream, client: AsyncClient) -> None:
    upstream.hang(after="Hello")
    gc.disable()
    try:
        async for _ in open_stream(client):
            break
        assert (await upstream.closed()).closed_early
    finally:
        gc.enable()


async def test_closing_a_stream_that_never_began_sends_nothing(
    upstream: Upstream, client: AsyncClient
) -> None:
    await open_stream(client).aclose()
    assert upstream.requests == []


@pytest.mark.parametrize("after", [None, "Hello"])
async def test_cancelling_the_reader_closes_the_connection(
    upstream: Upstream, client: AsyncClient, after: str | None
) -> None:
    upstream.hang(after=after)
    task = asyncio.create_task(ask(client))
    await upstream.requested()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await upstream.closed()).closed_early


async def test_cancelling_while_waiting_to_ask_again_stops_at_once(upstream: Upstream) -> None:
    upstream.reply(status=429, headers={"Retry-After": "60"})
    async with AsyncClient(upstream.base_url) as client:
        task = asyncio.create_task(ask(client))
        await upstream.ended()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_an_error_in_the_readers_own_code_passes_unchanged(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.hang(after="Hello")
    with pytest.raises(ZeroDivisionError):
        async with open_stream(client) as stream:
            async for _ in stream:
                _ = 1 / 0
    await upstream.closed()


async def test_a_slow_reader_loses_nothing_and_times_out_on_nothing(upstream: Upstream) -> None:
    upstream.reply(
        chunks=[
            *(delta(str(n % 10)) for n in range(20)),
            delta("."),
            b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
        ]
    )
    async with AsyncClient(upstream.base_url, idle_timeout=0.5, first_token_timeout=0.5) as client:
        stream = open_stream(client)
        async for _ in stream:
            await asyncio.sleep(0.1)
    assert stream.text == "01234567890123456789."


@pytest.mark.parametrize("end", [[], [HANG]], ids=["ends its body", "holds the connection"])
async def test_an_answer_leaves_no_cycle_for_the_garbage_collector(
    upstream: Upstream, client: AsyncClient, end: list[End]
) -> None:
    for _ in range(2):
        upstream.reply(chunks=[delta("Hello"), finish(), done(), *end])
    await ask(client)
    gc.collect()
    gc.disable()
    try:
        await ask(client)
        # What ended the wait for the body's end is held by the event loop until its next turn.
        await asyncio.sleep(0)
        kept = [found for found in gc.get_objects() if isinstance(found, CompletionStream)]
        assert kept == []
    finally:
        gc.enable()


def test_an_answer_is_kept_in_little_more_than_its_text() -> None:
    record = Accumulated()
    tracemalloc.start()
    try:
        for number in range(5000):
            choice = ChunkChoice(Delta(f"{number:03} "))
            record.take(ChatCompletionChunk("", 0, "", [choice]))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert record.text.startswith("000 001 ") and record.text.endswith(" 4999 ")
    assert held < 2 * len(record.text)


@pytest.mark.parametrize("thought", ["Hm.", ""])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_thought_without_its_opening_tag_is_not_in_the_text(
    upstream: Upstream, client: AsyncClient, thought: str, stream: bool
) -> None:
    upstream.reply(f"{thought}</think>Blue.")
    if stream:
        text, _, answer = await ask(client)
        reasoning = answer.reasoning
    else:
        message = (await client.chat.completions.create("Hi")).choices[0].message
        text, reasoning = message.content or "", message.reasoning or ""
    assert (text, reasoning) == ("Blue.", thought)
