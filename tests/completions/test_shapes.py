"""Answers that are whole, in all the shapes that servers give them."""

import json
from typing import Any

import pytest

from chatsite.completions import (
    AsyncClient,
)
from tests.completions.conftest import ask
from tests.completions.events import END, WHOLE, choices, said
from tests.upstream import (
    CUT,
    RESET,
    Upstream,
    chunk,
    delta,
    done,
    event,
    finish,
)

ANSWERS: dict[str, list[Any]] = {
    # The shape of chunks.
    "a chunk without choices comes first": [choices(prompt_filter_results=[{}]), delta("Hello"), *END],
    "a choice has no delta": [
        choices({"index": 0, "finish_reason": None, "content_filter_results": {}}),
        delta("Hello"),
        *END,
    ],
    "delta is null": [choices({"index": 0, "delta": None}), delta("Hello"), *END],
    "choices is null": [event({"id": "x", "choices": None}), delta("Hello"), *END],
    "choices is not a list": [
        event({"choices": {"0": 1}}),
        event({"choices": ["x", None]}),
        delta("Hello"),
        *END,
    ],
    "the first chunk has content null": [chunk({"role": "assistant", "content": None}), delta("Hello"), *END],
    "the role is null": [chunk({"role": None, "content": "Hello"}), *END],
    "every chunk names the role": [chunk({"role": "assistant", "content": t}) for t in ("He", "llo")] + END,
    "finish_reason is an empty text until the end": [
        said("Hel", finish_reason=""),
        said("lo", finish_reason=""),
        *END,
    ],
    "more chunks follow the finish reason": [
        delta("Hello"),
        finish(),
        chunk({}),
        chunk({}, usage={"total_tokens": 3}),
        done(),
    ],
    "content comes as parts": [
        said(
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "Hel"},
            ]
        ),
        said("lo"),
        *END,
    ],
    "a second choice speaks in between": [
        delta("no", index=1),
        delta("Hel"),
        delta("no", index=1),
        chunk({}, "length", 1),
        delta("lo"),
        *END,
    ],
    "choices have no index": [choices({"delta": {"content": "Hello"}}), *END],
    "id, model and created are nonsense": [
        choices({"index": 0, "delta": {"content": "Hello"}}, id=None, model=7, created=1.5, object=""),
        *END,
    ],
    "the chunk has fields that nobody knows": [
        choices({"index": 0, "delta": {"content": "Hello", "odd": 1}, "x": []}, y={}),
        *END,
    ],
    "the chunk is one of old text completions": [choices({"index": 0, "text": "Hello"}), *END],
    "an unknown finish reason ends it": [delta("Hello"), finish("eos_token"), done()],
    "finish_reason is not text": [
        delta("Hello"),
        choices({"index": 0, "delta": {}, "finish_reason": 1}),
        done(),
    ],
    # Framing (its variants are in test_sse.py).
    "two events come in one read": [delta("Hel") + delta("lo"), *END],
    "one event comes in three reads": [
        delta("Hello")[:9],
        0.01,
        delta("Hello")[9:30],
        0.01,
        delta("Hello")[30:],
        *END,
    ],
    "a comment comes before everything": [b": keep-alive\n\n", delta("Hello"), b": keep-alive\n\n", *END],
    "single newlines part the events": [delta("Hel")[:-1], delta("lo")[:-1], finish()[:-1], done()[:-1]],
    # The end.
    "there is no [DONE]": [delta("Hello"), finish()],
    "[DONE] has no blank line": [delta("Hello"), finish(), b"data: [DONE]"],
    "text follows [DONE]": [delta("Hello"), finish(), done(), delta(" again")],
    "the last event has no blank line": [
        delta("Hel"),
        choices({"index": 0, "delta": {"content": "lo"}, "finish_reason": "stop"})[:-2],
    ],
    "the connection breaks after the finish reason": [delta("Hello"), finish(), CUT],
    "the connection is reset after the finish reason": [delta("Hello"), finish(), 0.05, RESET],
    "the connection breaks after [DONE]": [delta("Hello"), finish(), done(), CUT],
    # Things that look like errors.
    "error is null": [choices({"index": 0, "delta": {"content": "Hello"}}, error=None), *END],
    # A whole answer in place of a stream.
    "a whole completion comes as an event": [event(WHOLE), done()],
    "a whole completion comes as an event without end": [event(WHOLE)],
    "a whole completion comes as a line, then [DONE]": [json.dumps(WHOLE).encode() + b"\n", done()],
    "a whole completion is printed over many lines": [b"\n\n" + json.dumps(WHOLE, indent=2).encode()],
    "chunks come as lines of JSON": [delta("Hel")[6:-1], delta("lo")[6:-1], finish()[6:-1]],
}


@pytest.mark.parametrize("steps", ANSWERS.values(), ids=ANSWERS.keys())
async def test_the_answer_is_whole_though(upstream: Upstream, client: AsyncClient, steps: list[Any]) -> None:
    upstream.reply(chunks=steps)
    text, failure, stream = await ask(client)
    assert (text, failure) == ("Hello", None)
    assert stream.done and not stream.possibly_cut
