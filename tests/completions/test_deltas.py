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
    finish,
    reasoning,
    usage,
)

USAGES = {
    "in a last chunk without choices": [delta("Hello"), finish(), usage(7, 4), done()],
    "with the finish reason": [
        delta("Hello"),
        chunk({}, "stop", usage={"prompt_tokens": 7, "completion_tokens": 4}),
        done(),
    ],
    "with an empty delta after it": [
        delta("Hello"),
        finish(),
        chunk({}, usage={"prompt_tokens": 7, "completion_tokens": 4}),
        done(),
    ],
    "on every chunk": [
        chunk({"content": "Hello"}, usage={"prompt_tokens": 7, "completion_tokens": 1}),
        chunk({}, "stop", usage={"prompt_tokens": 7, "completion_tokens": 4}),
    ],
    "as null afterwards": [delta("Hello"), finish(), usage(7, 4), chunk({}, usage=None), done()],
    "in a field of Groq's own": [
        delta("Hello"),
        chunk({}, "stop", x_groq={"usage": {"prompt_tokens": 7, "completion_tokens": 4}}),
        done(),
    ],
}


@pytest.mark.parametrize("steps", USAGES.values(), ids=USAGES.keys())
async def test_token_counts_are_found(upstream: Upstream, client: AsyncClient, steps: list[Any]) -> None:
    upstream.reply(chunks=steps)
    counts = (await ask(client)).stream.usage
    assert counts and (counts.prompt_tokens, counts.completion_tokens) == (7, 4)


NO_COUNTS: list[Any] = [
    -1,
    2**31,
    3_000_000_000,
    1e30,
    float("inf"),
    float("nan"),
    "7",
    True,
    None,
    [7],
    {"total": 7},
]


@pytest.mark.parametrize("value", NO_COUNTS, ids=repr)
async def test_a_count_that_is_none_is_not_known(upstream: Upstream, client: AsyncClient, value: Any) -> None:
    counts = {
        "prompt_tokens": value,
        "completion_tokens": 4.0,
        "total_tokens": value,
        "prompt_tokens_details": {"cached_tokens": value},
        "completion_tokens_details": {"reasoning_tokens": value},
        "cost": "free",
    }
    upstream.reply(chunks=[delta("Hello"), finish(), chunk(choices=[], usage=counts), done()])
    text, failure, stream = await ask(client)
    found = stream.usage
    assert (text, failure) == ("Hello", None) and found
    assert (found.prompt_tokens, found.total_tokens, found.cached_tokens, found.reasoning_tokens) == (
        None,
    ) * 4
    assert (found.completion_tokens, found.cost) == (4, None)


@pytest.mark.parametrize("value", [-0.5, float("inf"), float("nan"), 10**400, True])
async def test_a_cost_that_is_none_is_not_known(upstream: Upstream, client: AsyncClient, value: Any) -> None:
    upstream.reply(chunks=[delta("Hello"), finish(), chunk(choices=[], usage={"cost": value}), done()])
    assert (await ask(client)).stream.usage.cost is None


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


TOOLS: dict[str, list[Any]] = {
    "in pieces": [
        [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": ""}}],
        [{"index": 0, "function": {"arguments": '{"a"'}}],
        [{"index": 0, "function": {"arguments": ": 1}"}}],
    ],
    "whole": [[{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}]],
    "without an index": [
        [{"id": "c1", "function": {"name": "f", "arguments": '{"a"'}}],
        [{"id": "", "function": {"arguments": ": 1}"}}],
    ],
    "with arguments null": [
        [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": None}}],
        [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": '{"a": 1}'}}],
    ],
    "with the id on each piece": [
        [{"id": "c1", "function": {"name": "f", "arguments": '{"a"'}}],
        [{"id": "c1", "function": {"arguments": ": 1}"}}],
    ],
}


@pytest.mark.parametrize("pieces", TOOLS.values(), ids=TOOLS.keys())
async def test_tool_calls_are_passed_along(
    upstream: Upstream, client: AsyncClient, pieces: list[Any]
) -> None:
    upstream.reply(chunks=[*(chunk({"tool_calls": piece}) for piece in pieces), finish("tool_calls"), done()])
    seen = [c async for c in client.chat.completions.create("Hi", stream=True)]
    assert [
        c.choices[0].delta.tool_calls for c in seen if c.choices and c.choices[0].delta.tool_calls
    ] == pieces


@pytest.mark.parametrize("pieces", TOOLS.values(), ids=TOOLS.keys())
async def test_tool_calls_of_a_whole_answer_are_joined(
    upstream: Upstream, client: AsyncClient, pieces: list[Any]
) -> None:
    upstream.reply(chunks=[*(chunk({"tool_calls": piece}) for piece in pieces), finish("tool_calls"), done()])
    [call] = (await client.chat.completions.create("Hi")).choices[0].message.tool_calls
    assert (call["id"], call["function"]) == ("c1", {"name": "f", "arguments": '{"a": 1}'})


def call(arguments: Any, name: str | None = None, **more: Any) -> dict[str, Any]:
    named = {"name": name} if name else {}
    return more | {"function": named | {"arguments": arguments}}


TWO_CALLS: dict[str, list[list[dict[str, Any]]]] = {
    "with an index each": [
        [call("", "f", index=0, id="a"), call("", "g", index=1, id="b")],
        [call('{"a": 1}', index=0)],
        [call('{"b": 2}', index=1)],
    ],
    "without index or id": [[call('{"a": 1}', "f")], [call('{"b": 2}', "g")]],
    "without index or id, of one function": [[call('{"a": 1}', "f")], [call('{"b": 2}', "f")]],
    "without index, in pieces": [
        [call('{"a"', "f", id="a")],
        [call(": 1}")],
        [call('{"b"', "g", id="b")],
        [call(": 2}")],
    ],
    "without index, side by side": [
        [call('{"a"', "f"), call('{"b"', "g")],
        [call(": 1}"), call(": 2}")],
    ],
    "a new id at an old index": [
        [call('{"a"', "f", index=0, id="a")],
        [call(": 1}", index=0)],
        [call('{"b"', "g", index=0, id="b")],
        [call(": 2}", index=0)],
    ],
    "all at index 0, at once": [
        [call('{"a": 1}', "f", index=0, id="a"), call('{"b": 2}', "g", index=0, id="b")]
    ],
    "all at index 0 and without id": [[call('{"a": 1}', "f", index=0)], [call('{"b": 2}', "g", index=0)]],
    "the first without arguments": [[call("", "f", index=0)], [call('{"b": 2}', "g", index=0)]],
    "arguments as objects": [[call({"a": 1}, "f")], [call({"b": 2}, "g")]],
    "the name on each piece": [
        [call('{"a"', "f", index=0)],
        [call(": 1}", "f", index=0)],
        [call("", "f", index=0)],
        [call('{"b": 2}', "g", index=1)],
    ],
    "the id late": [
        [call('{"a"', "f", index=0)],
        [call(": 1}", index=0, id="a")],
        [call('{"b": 2}', "g", index=1)],
    ],
}


@pytest.mark.parametrize("pieces", TWO_CALLS.values(), ids=TWO_CALLS.keys())
async def test_two_tool_calls_stay_two(upstream: Upstream, client: AsyncClient, pieces: list[Any]) -> None:
    upstream.reply(chunks=[*(chunk({"tool_calls": piece}) for piece in pieces), finish("tool_calls"), done()])
    calls = (await client.chat.completions.create("Hi")).choices[0].message.tool_calls
    found = [made["function"]["arguments"] for made in calls or []]
    assert found in (['{"a": 1}', '{"b": 2}'], ["", '{"b": 2}'], [{"a": 1}, {"b": 2}])


@pytest.mark.parametrize(
    "calls", [[None], ["x"], [{}], [{"index": None}], [{"function": "f"}], {"a": 1}, "x"]
)
async def test_tool_calls_of_any_shape_crash_nothing(
    upstream: Upstream, client: AsyncClient, calls: Any
) -> None:
    upstream.reply(chunks=[chunk({"tool_calls": calls, "content": "Hello"}), *END])
    assert (await client.chat.completions.create("Hi")).choices[0].message.content == "Hello"


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
