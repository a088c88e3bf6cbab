"""Several endpoints: the next answers when one cannot, and nobody reads the same text twice."""

from collections.abc import AsyncIterator, Callable

import pytest

from chatsite.completions import AsyncClient, CompletionError, UpstreamError
from chatsite.completions.routing import Endpoint, Router
from tests.completions.conftest import read
from tests.upstream import Upstream, delta, done, error, finish, role


@pytest.fixture
async def second() -> AsyncIterator[Upstream]:
    async with Upstream() as server:
        yield server


@pytest.fixture
async def router(upstream: Upstream, second: Upstream) -> AsyncIterator[Router]:
    async with (
        AsyncClient(
            upstream.base_url, max_retries=0, first_token_timeout=0.3, idle_timeout=0.3
        ) as first_client,
        AsyncClient(second.base_url, max_retries=0) as second_client,
    ):
        yield Router([Endpoint(first_client, "big", "first"), Endpoint(second_client, "", "second")])


async def test_the_first_endpoint_answers_alone(router: Router, upstream: Upstream, second: Upstream) -> None:
    text, failure, stream = await read(router.create("Hi", "small"))
    assert (text, failure, stream.endpoint, stream.done) == ("Hello from upstream.", None, "first", True)
    assert (upstream.requests[0].json["model"], second.requests) == ("big", [])


Fault = Callable[[Upstream], None]
FAULTS: dict[str, Fault] = {
    "is overloaded": lambda upstream: upstream.reply(status=503),
    "limits the rate": lambda upstream: upstream.reply(status=429),
    "refuses the key": lambda upstream: upstream.reply(status=401),
    "forbids it": lambda upstream: upstream.reply(status=403),
    "wants money": lambda upstream: upstream.reply(status=402),
    "does not know the model": lambda upstream: upstream.reply(status=404),
    "breaks off": lambda upstream: upstream.reset(),
    "never begins": lambda upstream: upstream.hang(),
    "says nothing": lambda upstream: upstream.reply(chunks=[]),
    "says nothing and calls it an end": lambda upstream: upstream.reply(chunks=[role(), finish(), done()]),
    "shows a web page": lambda upstream: upstream.reply(body="<html>"),
    "reports an error": lambda upstream: upstream.reply(chunks=[role(), error("Out of memory")]),
    "refuses the key inside a success": lambda upstream: upstream.reply(chunks=[error("Bad key", code=401)]),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_the_next_endpoint_answers_when_the_first(
    router: Router, upstream: Upstream, second: Upstream, fault: Fault
) -> None:
    fault(upstream)
    second.reply("Hello")
    text, failure, stream = await read(router.create("Hi", "small"))
    assert (text, failure, stream.endpoint, stream.finish_reason) == ("Hello", None, "second", "stop")
    assert second.requests[0].json["model"] == "small"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_the_next_endpoint_gives_a_whole_answer_when_the_first(
    router: Router, upstream: Upstream, second: Upstream, fault: Fault
) -> None:
    upstream.requests.clear()
    if fault is FAULTS["never begins"]:
        fault = FAULTS["is overloaded"]
    fault(upstream)
    answer = await router.create("Hi", stream=False)
    assert answer.choices[0].message.content == "Hello from upstream."
    assert len(second.requests) == 1


async def test_text_is_never_continued_by_another(
    router: Router, upstream: Upstream, second: Upstream
) -> None:
    upstream.cut(after="Hello")
    text, failure, stream = await read(router.create("Hi"))
    assert (text, failure.kind, failure.partial, stream.endpoint) == ("Hello", "connection", "Hello", "first")
    assert second.requests == []


async def test_an_error_after_text_is_told(router: Router, upstream: Upstream, second: Upstream) -> None:
    upstream.reply(chunks=[delta("Hello"), error("Out of memory")])
    assert type((await read(router.create("Hi"))).error) is UpstreamError
    assert second.requests == []


async def test_a_request_that_no_server_would_accept_is_asked_once(
    router: Router, upstream: Upstream, second: Upstream
) -> None:
    upstream.reply(status=400)
    assert (await read(router.create("Hi"))).error.status == 400
    assert second.requests == []


async def test_when_all_fail_the_last_error_says_how_many(
    router: Router, upstream: Upstream, second: Upstream
) -> None:
    upstream.reply(status=401)
    second.reply(status=503)
    failure = (await read(router.create("Hi"))).error
    assert str(failure).startswith(
        "None of 2 model servers could answer. The last one: The model server is not avail"
    )
    assert [each.status for each in failure.errors] == [401, 503] and failure.status == 503


async def test_a_single_endpoint_fails_with_its_own_error(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(status=401)
    with pytest.raises(CompletionError, match=r"^The model server refused the key\.$"):
        await Router([Endpoint(client)]).create("Hi", stream=False)


async def test_max_tokens_and_the_like_pass_on(router: Router, upstream: Upstream) -> None:
    await read(router.create("Hi", max_tokens=2, stop=["and"]))
    assert (upstream.requests[0].json["max_tokens"], upstream.requests[0].json["stop"]) == (2, ["and"])


async def test_leaving_the_stream_closes_the_endpoint(upstream: Upstream, client: AsyncClient) -> None:
    upstream.hang(after="Hello")
    async with Router([Endpoint(client)]).create("Hi") as stream:
        await anext(stream)
    await upstream.closed()


async def test_tool_calls_alone_are_an_answer(router: Router, upstream: Upstream, second: Upstream) -> None:
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}
    upstream.reply(
        body={
            "choices": [
                {
                    "index": 0,
                    "message": {"content": None, "tool_calls": [call]},
                    "finish_reason": "tool_calls",
                }
            ]
        }
    )
    answer = await router.create("Hi", stream=False)
    assert (answer.choices[0].message.tool_calls[0]["id"], second.requests) == ("c", [])


WHY = {
    "length": "length",
    "max_tokens": "length",
    "MAX_TOKENS": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "SAFETY": "content_filter",
    "sensitive": "content_filter",
    "tool_calls": "tool_calls",
}


@pytest.mark.parametrize(("said", "reason"), WHY.items())
async def test_an_empty_answer_whose_end_says_why_is_the_answer(
    router: Router, upstream: Upstream, second: Upstream, said: str, reason: str
) -> None:
    upstream.reply(chunks=[role(), finish(said), done()])
    text, failure, stream = await read(router.create("Hi"))
    assert (text, failure, stream.finish_reason, stream.done) == ("", None, reason, True)
    assert second.requests == []


def test_a_router_needs_an_endpoint() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Router([])


async def test_each_endpoint_reports_how_it_began(upstream: Upstream, second: Upstream) -> None:
    said: list[tuple[str, int | None]] = []
    upstream.reply(status=401)
    async with (
        AsyncClient(upstream.base_url) as first_client,
        AsyncClient(second.base_url) as second_client,
    ):
        endpoints = [
            Endpoint(first_client, "", "first", report=lambda error: said.append(("first", error and error.status))),
            Endpoint(second_client, "", "second", report=lambda error: said.append(("second", error and error.status))),
        ]  # fmt: skip
        await read(Router(endpoints).create("Hi"))
    assert said == [("first", 401), ("second", None)]


async def test_one_that_rests_is_asked_after_all_others_and_once(
    upstream: Upstream, second: Upstream
) -> None:
    upstream.reply(status=503)
    second.reply(status=401)
    async with (
        AsyncClient(upstream.base_url) as first_client,
        AsyncClient(second.base_url) as second_client,
    ):
        router = Router([Endpoint(first_client, "", "first", is_resting=True), Endpoint(second_client)])
        failure = (await read(router.create("Hi"))).error
    assert [each.status for each in failure.errors] == [401, 503]
    assert len(upstream.requests) == 1


async def test_one_that_asks_for_a_long_wait_is_left_where_another_can_answer(
    upstream: Upstream, second: Upstream
) -> None:
    upstream.reply(status=429, headers={"Retry-After": "60"})
    async with (
        AsyncClient(upstream.base_url) as first_client,
        AsyncClient(second.base_url) as second_client,
    ):
        router = Router([Endpoint(first_client, "", "first"), Endpoint(second_client, "", "second")])
        assert (await read(router.create("Hi"))).stream.endpoint == "second"
    assert len(upstream.requests) == 1
