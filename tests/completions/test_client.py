"""The client's own face: where it asks, what it sends, what it refuses."""

import asyncio
from typing import Any

import httpx
import pytest

from chatsite.completions import AsyncClient
from tests.completions.conftest import KEY, ask
from tests.upstream import Upstream


async def test_without_a_server_the_demo_answers() -> None:
    async with AsyncClient() as client:
        answer = await client.chat.completions.create("Hi")
        assert client.is_demo and answer.model == "demo"
        assert "nothing has left this machine" in answer.choices[0].message.content
        assert [model.id for model in await client.models.list()] == ["demo"]


@pytest.mark.parametrize("model", ["", None, "gpt-4", "demo"])
async def test_the_demo_takes_any_model(model: Any) -> None:
    async with AsyncClient() as client:
        assert (await client.chat.completions.create("Hi", model)).choices[0].finish_reason == "stop"


async def test_the_environment_names_the_server(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with AsyncClient() as client:
        monkeypatch.setenv("OPENAI_API_KEY", "other")
        assert (await ask(client)).text == "Hello from upstream."
    assert upstream.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_environment_counts_as_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", value)
    monkeypatch.setenv("OPENAI_API_KEY", value)
    assert AsyncClient().is_demo
    assert AsyncClient("", "").is_demo


def test_a_key_alone_means_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not AsyncClient(api_key=KEY).is_demo
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert not AsyncClient().is_demo


async def test_an_empty_key_sends_none_whatever_the_environment_has(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with AsyncClient(upstream.base_url, "") as client:
        await ask(client)
    assert "authorization" not in upstream.requests[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "localhost:11434",
        "ftp://x/v1",
        "http://",
        "https:///v1",
        "http://[::1",
        "http://x:99999/v1",
        "x",
        "http://a b/",
    ],
)
def test_an_unusable_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="base URL must begin with http"):
        AsyncClient(url)


@pytest.mark.parametrize("tail", ["", "/", "//", "?api-version=1", "/?api-version=1"])
async def test_the_address_may_end_in_slashes_and_a_query(upstream: Upstream, tail: str) -> None:
    async with AsyncClient(upstream.base_url + tail) as client:
        upstream.reply("Hello", path="/v1/chat/completions?api-version=1")
        assert (await ask(client)).error is None
    [request] = upstream.requests + upstream.other_requests
    assert request.path.partition("?")[0] == "/v1/chat/completions"
    assert request.path.endswith(tail.strip("/"))


async def test_a_name_and_password_in_the_address_are_sent_as_such(upstream: Upstream) -> None:
    async with AsyncClient(upstream.base_url.replace("://", "://ann:p%40ss@")) as client:
        await ask(client)
    assert upstream.requests[0].headers["authorization"] == "Basic YW5uOnBAc3M="


@pytest.mark.parametrize("key", ["a\nb", "ключ", "a\0b"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(ValueError, match="API key") as caught:
        AsyncClient("http://x/v1", key)
    assert key not in str(caught.value)


@pytest.mark.parametrize("headers", [{"a b": "c"}, {"a": "b\nc"}, {"": "x"}])
def test_a_header_that_cannot_be_sent_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="header"):
        AsyncClient("http://x/v1", headers=headers)


@pytest.mark.parametrize(
    "bad", [{"max_retries": -1}, {"max_retries": 1.5}, {"idle_timeout": 0}, {"total_timeout": -1}]
)
def test_numbers_out_of_range_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be a"):
        AsyncClient("http://x/v1", **bad)


async def test_stream_is_short_for_create_with_stream(upstream: Upstream, client: AsyncClient) -> None:
    async with client.chat.completions.stream(
        [{"role": "user", "content": "Hi"}], "m", temperature=1
    ) as stream:
        assert [chunk async for chunk in stream]
    assert stream.text == "Hello from upstream." and upstream.requests[0].json["temperature"] == 1


async def test_answers_can_be_gathered_and_waited_for(upstream: Upstream, client: AsyncClient) -> None:
    create = client.chat.completions.create
    answers = await asyncio.gather(
        create("a"), asyncio.wait_for(create("b"), 5), asyncio.create_task(create("c"))
    )
    assert [answer.choices[0].message.content for answer in answers] == ["Hello from upstream."] * 3


async def test_a_whole_answer_has_the_shape_of_openais(upstream: Upstream, client: AsyncClient) -> None:
    answer = await client.chat.completions.create("Hi", "m")
    assert (answer.object, answer.model, answer.created, len(answer.choices)) == (
        "chat.completion",
        "test-model",
        1700000000,
        1,
    )
    message = answer.choices[0].message
    assert (message.role, message.content, message.tool_calls, message.reasoning) == (
        "assistant",
        "Hello from upstream.",
        None,
        None,
    )
    assert answer.usage.total_tokens == 11


async def test_thoughts_of_a_whole_answer_are_told_apart(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply("<think>Hm</think>Hello")
    message = (await client.chat.completions.create("Hi")).choices[0].message
    assert (message.content, message.reasoning) == ("Hello", "Hm")


async def test_a_client_of_the_callers_own_is_used_and_not_closed(upstream: Upstream) -> None:
    async with httpx.AsyncClient(headers={"X-Mine": "1"}) as http:
        async with AsyncClient(upstream.base_url, KEY, http_client=http) as client:
            assert (await ask(client)).text == "Hello from upstream."
        assert not http.is_closed
    assert upstream.requests[0].headers["x-mine"] == "1"
    assert upstream.requests[0].headers["accept-encoding"] == "identity"


def test_a_client_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="httpx"):
        AsyncClient("http://x/v1", http_client=object())
