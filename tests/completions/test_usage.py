"""Token counts and costs."""

from typing import Any

import pytest

from chatsite.completions import (
    AsyncClient,
)
from tests.completions.conftest import ask
from tests.upstream import (
    Upstream,
    chunk,
    delta,
    done,
    finish,
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
