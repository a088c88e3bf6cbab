"""What is sent to the server."""

import json
from typing import Any

import pytest

from chatsite.completions import AsyncClient
from tests.completions.conftest import KEY, ask
from tests.upstream import Upstream


async def test_a_text_becomes_one_user_message(upstream: Upstream, client: AsyncClient) -> None:
    await client.chat.completions.create("Hi", "m")
    assert upstream.requests[0].json == {"messages": [{"role": "user", "content": "Hi"}], "model": "m"}


async def test_parameters_pass_through_and_none_is_left_out(upstream: Upstream, client: AsyncClient) -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    await client.chat.completions.create(
        [{"role": "user", "content": "Hi"}],
        "m",
        temperature=0,
        top_p=None,
        max_tokens=5,
        stop=["x"],
        seed=1,
        tools=tools,
        response_format={"type": "json_object"},
        extra_body={"top_k": 3, "seed": 2},
    )
    sent = upstream.requests[0].json
    assert {name: sent[name] for name in sent if name not in ("messages", "model")} == {
        "temperature": 0,
        "max_tokens": 5,
        "stop": ["x"],
        "seed": 2,
        "tools": tools,
        "response_format": {"type": "json_object"},
        "top_k": 3,
    }


async def test_arguments_that_only_g4f_knows_stay_here(
    upstream: Upstream, client: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await client.chat.completions.create(
        "Hi",
        "m",
        provider="Bing",
        proxy="http://p",
        image=b"x",
        ignore_stream=True,
        raw=False,
        web_search=True,
    )
    assert set(upstream.requests[0].json) == {"messages", "model"}
    assert "ignore_stream, image, provider, proxy, web_search" in caplog.text.replace(
        "image, ignore_stream", "ignore_stream, image"
    )


async def test_a_model_may_be_an_object_with_a_name(upstream: Upstream, client: AsyncClient) -> None:
    class Llama:
        name = "llama-3"

    await client.chat.completions.create("Hi", Llama())
    assert upstream.requests[0].json["model"] == "llama-3"


async def test_the_prompt_is_sent_as_it_is(upstream: Upstream, client: AsyncClient) -> None:
    messages = [
        {"role": "user", "content": "same"},
        {"role": "user", "content": "same"},
        {"role": "system", "content": " я🌍\n"},
    ]
    await client.chat.completions.create(messages, "m")
    assert upstream.requests[0].json["messages"] == messages


async def test_half_a_character_in_the_prompt_breaks_nothing(upstream: Upstream, client: AsyncClient) -> None:
    await client.chat.completions.create("a\ud83c", "m")
    assert json.loads(upstream.requests[0].body)["messages"][0]["content"] == "a\ud83c"


@pytest.mark.parametrize("bad", [{"tools": object()}, {"temperature": float("nan")}])
def test_what_has_no_json_form_is_refused_at_once(client: AsyncClient, bad: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        client.chat.completions.create("Hi", stream=True, **bad)


async def test_streams_ask_for_usage_and_for_events(upstream: Upstream, client: AsyncClient) -> None:
    await ask(client)
    request = upstream.requests[0]
    assert (request.json["stream"], request.json["stream_options"]) == (True, {"include_usage": True})
    assert (request.headers["accept"], request.headers["accept-encoding"]) == (
        "text/event-stream",
        "identity",
    )


@pytest.mark.parametrize("status", [400, 422])
async def test_a_server_that_refuses_stream_options_is_asked_without(
    upstream: Upstream, client: AsyncClient, status: int
) -> None:
    upstream.reply(body={"error": {"message": "Unknown field: stream_options"}}, status=status)
    assert (await ask(client)).text == "Hello from upstream."
    assert (await ask(client)).text == "Hello from upstream."
    assert ["stream_options" in request.json for request in upstream.requests] == [True, False, False]


async def test_stream_options_of_the_callers_own_are_left_alone(
    upstream: Upstream, client: AsyncClient
) -> None:
    upstream.reply(body={"error": {"message": "Unknown field: stream_options"}}, status=400)
    assert (await ask(client, stream_options={"include_usage": False})).error.status == 400
    assert upstream.requests[0].json["stream_options"] == {"include_usage": False}


async def test_another_refusal_is_not_taken_for_it(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(body={"error": {"message": "Unknown model"}}, status=400)
    assert (await ask(client)).error.status == 400
    assert len(upstream.requests) == 1


async def test_headers_are_added_replaced_and_taken_out(upstream: Upstream) -> None:
    headers = {"X-Title": "Chat", "Authorization": None, "User-Agent": "me"}
    async with AsyncClient(upstream.base_url, KEY, headers=headers) as client:
        await client.chat.completions.create("Hi", extra_headers={"X-Title": "Other", "X-More": "1"})
    sent = upstream.requests[0].headers
    assert (sent["x-title"], sent["x-more"], sent["user-agent"]) == ("Other", "1", "me")
    assert "authorization" not in sent and "extra_headers" not in upstream.requests[0].json
