"""Tool calls, in pieces and whole."""

from typing import Any

import pytest

from chatsite.completions import (
    AsyncClient,
)
from tests.completions.events import END
from tests.upstream import (
    Upstream,
    chunk,
    done,
    finish,
)

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
