"""What is in the deltas: text, thoughts, tool calls, token counts, and what must not be in them."""

import gzip
import json
from typing import Any

import pytest

from chatsite.completions import (
    AsyncClient,
    ProtocolError,
)
from tests.completions.conftest import ask, read
from tests.completions.events import END, WHOLE
from tests.upstream import (
    CUT,
    Upstream,
    chunk,
    delta,
    done,
    event,
    reasoning,
)


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
async def test_reasoning_stays_beside_the_text(upstream: Upstream, client: AsyncClient, field: str) -> None:
    upstream.reply(
        chunks=[chunk({field: "Hm"}), chunk({field: " well", "content": ""}), delta("Hello"), *END]
    )
    text, _, stream = await ask(client)
    assert (text, stream.reasoning) == ("Hello", "Hm well")


async def test_thoughts_in_tags_are_told_apart_across_chunks(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(["\n<th", "ink>H", "m</thi", "nk>Hel", "lo <think>"])
    text, _, stream = await ask(client)
    assert (text, stream.reasoning) == ("Hello <think>", "Hm")


async def test_text_that_only_begins_like_a_thought_is_whole(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(chunks=[delta("<thi"), done()])
    assert (await ask(client)).text == "<thi"


REFUSALS: list[list[Any]] = [
    [chunk({"refusal": "I'm sorry"}), chunk({"content": None, "refusal": "."})],
    [chunk({"content": [{"type": "refusal", "refusal": "I'm sorry."}]})],
    [event({"choices": [{"index": 0, "message": {"content": None, "refusal": "I'm sorry."}}]})],
]


@pytest.mark.parametrize("steps", REFUSALS)
async def test_a_refusal_is_the_answer(upstream: Upstream, client: AsyncClient, steps: list[Any]) -> None:
    upstream.reply(chunks=[*steps, chunk({"content": None, "refusal": None}), *END])
    text, failure, _ = await ask(client)
    assert (text, failure) == ("I'm sorry.", None)


async def test_tags_are_text_where_thoughts_come_apart(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(chunks=[delta("<th"), reasoning("Hm"), delta("ink>Hello"), *END])
    text, _, stream = await ask(client)
    assert (text, stream.reasoning) == ("<think>Hello", "Hm")


async def test_halves_of_a_character_in_two_chunks_are_joined(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(chunks=[delta("a\ud83c"), delta("\udf0db"), delta("\udf0d\ud83c"), *END])
    assert (await ask(client)).text == "a🌍b\ufffd\ufffd"


async def test_half_a_character_at_a_broken_end_is_replaced(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(chunks=[delta("a\ud83c"), CUT])
    text, failure, _ = await ask(client)
    assert failure and failure.partial == text == "a\ufffd"


async def test_nul_characters_are_replaced(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(["a\0b"])
    assert (await ask(client)).text == "a\ufffdb"


async def test_an_event_of_three_megabytes_arrives(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(chunks=[delta("x" * 3_000_000), *END])
    assert len((await ask(client)).text) == 3_000_000


async def test_a_line_without_end_is_refused(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(chunks=[delta("Hel"), b"data: " + b"x" * (17 * 2**20), *END])
    text, failure, _ = await ask(client)
    assert (text, type(failure)) == ("Hel", ProtocolError)


async def test_compressed_answers_are_read_though_none_was_asked_for(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(
        body=gzip.compress(json.dumps(WHOLE).encode()),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert (await client.chat.completions.create("Hi")).choices[0].message.content == "Hello"
    assert upstream.requests[0].headers["accept-encoding"] == "identity"


async def test_random_payloads_end_in_text_or_an_error_of_the_tree(
    upstream: Upstream, client: AsyncClient
) -> None:
    odd: list[Any] = [None, 0, -1.5, True, "", "x", [], {}, [None], {"a": None}, "\ud800"]
    for value in odd:
        for shape in (
            value,
            {"choices": value},
            {"choices": [value]},
            {"choices": [{"index": value, "delta": {"content": "a"}}]},
            {"choices": [{"index": 0, "delta": value, "message": value, "finish_reason": value}]},
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {"content": value, "reasoning": value, "role": value, "tool_calls": value},
                    }
                ]
            },
            {
                "choices": [],
                "usage": value,
                "error": value,
                "id": value,
                "model": value,
                "created": value,
                "x_groq": value,
            },
            {"choices": [{"delta": {"content": [value, {"type": value, "text": value, "thinking": value}]}}]},
        ):
            upstream.reply(chunks=[event(shape), delta("Hello"), *END])
            outcome = await read(client.chat.completions.create("Hi", stream=True))
            assert outcome.error or outcome.text.endswith("Hello"), shape
            outcome.text.encode()


@pytest.mark.parametrize("depth", [10, 400, 700, 900])
@pytest.mark.parametrize("shape", ["content", "reasoning", "error", "message"])
async def test_nesting_without_end_crashes_nothing(
    upstream: Upstream, client: AsyncClient, shape: str, depth: int
) -> None:
    nested = "[" * depth + '"x"' + "]" * depth
    body = {
        "content": '{"choices": [{"delta": {"content": %s}}]}',
        "reasoning": '{"choices": [{"delta": {"reasoning": {"type": "thinking", "thinking": %s}}}]}',
        "error": '{"error": %s}',
        "message": '{"message": {"detail": %s}}',
    }[shape]
    upstream.reply(chunks=[b"data: " + (body % nested).encode() + b"\n\n", delta("Hello"), *END])
    outcome = await ask(client)
    assert outcome.error or outcome.text.endswith("Hello")
