"""Answers that fail, in all the ways that servers have for it."""

import asyncio
from typing import Any

import pytest

from chatsite.completions import (
    APIConnectionError,
    AsyncClient,
    CompletionError,
    IncompleteStreamError,
    ProtocolError,
    UpstreamError,
)
from tests.completions.conftest import ask
from tests.completions.events import END, WHOLE, choices
from tests.upstream import (
    Upstream,
    delta,
    done,
    error,
    event,
    finish,
    role,
)

FAILURES: dict[str, tuple[list[Any], type[CompletionError], str]] = {
    "the stream ends in mid-answer": ([delta("Hel")], IncompleteStreamError, "Hel"),
    "the stream ends in mid-event": ([delta("Hel"), delta("lo")[:20]], IncompleteStreamError, "Hel"),
    "the stream is empty": ([], IncompleteStreamError, ""),
    "only a role comes": ([role()], IncompleteStreamError, ""),
    "only [DONE] comes": ([done()], IncompleteStreamError, ""),
    "only a role and [DONE] come": ([role(), done()], IncompleteStreamError, ""),
    "only comments come": ([b": hi\n\n"], IncompleteStreamError, ""),
    "an error comes first": ([error("Out of memory"), done()], UpstreamError, ""),
    "an error follows text": ([delta("Hel"), error("Out of memory")], UpstreamError, "Hel"),
    "an error comes with the last text": (
        [
            choices(
                {"index": 0, "delta": {"content": "Hel"}, "finish_reason": "error"},
                error={"code": 502, "message": "x"},
            )
        ],
        UpstreamError,
        "Hel",
    ),
    "the finish reason is an error": ([delta("Hel"), finish("error"), done()], UpstreamError, "Hel"),
    "the finish reason is a lack of resources": (
        [delta("Hel"), finish("insufficient_system_resource")],
        UpstreamError,
        "Hel",
    ),
    "the finish reason is a network error": ([delta("Hel"), finish("network_error")], UpstreamError, "Hel"),
    "an error event has no error key": (
        [delta("Hel"), b'event: error\ndata: {"message": "no"}\n\n'],
        UpstreamError,
        "Hel",
    ),
    "an error event is in plain words": (
        [delta("Hel"), b"event: error\ndata: crashed\n\n"],
        UpstreamError,
        "Hel",
    ),
    "the error is a text": ([delta("Hel"), event({"error": "model crashed"})], UpstreamError, "Hel"),
    "the error is a field of its own": (
        [delta("Hel"), b'error: {"code":400,"message":"no"}\n\n'],
        UpstreamError,
        "Hel",
    ),
    "the error is a bare line": (
        [delta("Hel"), b'{"error": {"message": "crashed"}}\n'],
        UpstreamError,
        "Hel",
    ),
    "the error is a list": ([b'[{"error": {"code": 429, "message": "quota"}}]\n'], UpstreamError, ""),
    "the error says so itself": (
        [event({"object": "error", "message": "no", "code": 40303})],
        UpstreamError,
        "",
    ),
    "an event is not JSON": ([delta("Hel"), b"data: {oops}\n\n", *END], ProtocolError, "Hel"),
    "an event is a number": ([delta("Hel"), b"data: 7\n\n", *END], ProtocolError, "Hel"),
    "a page of HTML comes": ([b"<!DOCTYPE html><html><body>Sign in</body></html>"], ProtocolError, ""),
}


@pytest.mark.parametrize(("steps", "kind", "partial"), FAILURES.values(), ids=FAILURES.keys())
async def test_the_reader_is_told_and_keeps_the_text_when(
    upstream: Upstream, client: AsyncClient, steps: list[Any], kind: type[CompletionError], partial: str
) -> None:
    upstream.reply(chunks=steps)
    text, failure, stream = await ask(client)
    assert type(failure) is kind
    assert failure.partial == text == partial
    assert not stream.done
    assert len(upstream.requests) == 1


BODIES: dict[str, tuple[Any, str | None, type[CompletionError] | None, str]] = {
    "a whole completion": (WHOLE, None, None, "Hello"),
    "a whole completion labelled as events": (WHOLE, "text/event-stream", None, "Hello"),
    "a page of HTML": ("<html>Sign in</html>", None, ProtocolError, ""),
    "a page of HTML labelled as events": ("<html>Sign in</html>", "text/event-stream", ProtocolError, ""),
    "events labelled as plain text": (delta("Hello") + finish(), "text/plain", None, "Hello"),
    "events in a Latin-1 label": (
        b"data: " + delta("Hello")[6:] + finish(),
        "text/event-stream; charset=iso-8859-1",
        None,
        "Hello",
    ),
    "an error under success": (
        {"error": "Unexpected endpoint or method. (POST /chat/completions)"},
        None,
        UpstreamError,
        "",
    ),
    "a complaint under success": ({"detail": "Not authenticated"}, None, UpstreamError, ""),
    "an empty object": ({}, None, IncompleteStreamError, ""),
    "nothing at all": (b"", "application/json", IncompleteStreamError, ""),
    "plain words": (b"It works!", "text/plain", ProtocolError, ""),
}


@pytest.mark.parametrize(("body", "label", "kind", "text"), BODIES.values(), ids=BODIES.keys())
async def test_a_stream_is_asked_for_and_the_server_sends(
    upstream: Upstream, client: AsyncClient, body: Any, label: str | None, kind: Any, text: str
) -> None:
    upstream.reply(body=body, headers={"Content-Type": label} if label else {})
    outcome = await ask(client)
    assert outcome.text == text
    assert kind is None or type(outcome.error) is kind
    assert (outcome.error is None) == (kind is None)


@pytest.mark.parametrize(("body", "label", "kind", "text"), BODIES.values(), ids=BODIES.keys())
async def test_a_whole_answer_is_asked_for_and_the_server_sends(
    upstream: Upstream, client: AsyncClient, body: Any, label: str | None, kind: Any, text: str
) -> None:
    upstream.reply(body=body, headers={"Content-Type": label} if label else {})
    if kind is None:
        answer = await client.chat.completions.create("Hi")
        assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == (text, "stop")
    else:
        with pytest.raises(kind):
            await client.chat.completions.create("Hi")


async def test_html_is_named_with_its_type_and_where_to_look(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(body="<html>Sign in</html>")
    failure = (await ask(client)).error
    assert "text/html" in str(failure) and "base URL" in str(failure)
    assert "Sign in" not in str(failure)


async def test_done_without_a_finish_reason_is_an_end_that_is_flagged(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(chunks=[delta("Hello"), done()])
    text, failure, stream = await ask(client)
    assert (text, failure, stream.finish_reason, stream.done, stream.possibly_cut) == (
        "Hello",
        None,
        None,
        True,
        True,
    )


async def test_an_empty_answer_with_a_finish_reason_is_an_answer(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(chunks=[role(), *END])
    assert (await ask(client))[:2] == ("", None)


async def test_a_body_that_lasts_as_long_as_the_connection_is_guarded_too(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(chunks=[delta("Hel")], framing="close")
    assert type((await ask(client)).error) is IncompleteStreamError


async def test_a_client_that_is_closed_ends_what_is_being_read_at_once(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.hang(after="Hello")
    async with client.chat.completions.create("Hi", stream=True) as stream:
        await stream.batch()
        asyncio.get_running_loop().call_later(0.1, asyncio.create_task, client.aclose())
        async with asyncio.timeout(10):
            with pytest.raises(APIConnectionError, match="broke"):
                await stream.batch()
        assert stream.text == "Hello"
