"""A failed request is repeated when that may help, and never once text was shown."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest

from chatsite.completions import APIConnectionError, AsyncClient, RateLimitError, UpstreamError
from chatsite.completions.retries import delay, retry_after
from tests.completions.conftest import ask
from tests.upstream import Upstream, delta, error, role

SOON = {"Retry-After-Ms": "10"}


@pytest.fixture
async def patient(upstream: Upstream):
    async with AsyncClient(upstream.base_url, max_retries=2) as client:
        yield client


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
async def test_a_passing_failure_is_survived(upstream: Upstream, patient: AsyncClient, status: int) -> None:
    upstream.reply(status=status, headers=SOON)
    upstream.reply(status=status, headers=SOON)
    assert (await ask(patient))[:2] == ("Hello from upstream.", None)
    assert len(upstream.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
async def test_a_lasting_failure_is_told_at_once(
    upstream: Upstream, patient: AsyncClient, status: int
) -> None:
    upstream.reply(status=status, headers=SOON)
    assert (await ask(patient)).error.status == status
    assert len(upstream.requests) == 1


async def test_it_gives_up_after_so_many_retries(upstream: Upstream, patient: AsyncClient) -> None:
    for _ in range(3):
        upstream.reply(status=503, headers=SOON)
    assert (await ask(patient)).error.status == 503
    assert len(upstream.requests) == 3


async def test_zero_retries_is_one_request(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(status=503, headers=SOON)
    assert (await ask(client)).error.status == 503
    assert len(upstream.requests) == 1


async def test_a_reset_before_any_answer_is_survived(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reset()
    assert (await ask(patient))[:2] == ("Hello from upstream.", None)


async def test_a_reset_after_a_role_is_survived(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.cut()
    assert (await ask(patient))[:2] == ("Hello from upstream.", None)


async def test_an_overload_told_inside_a_success_is_survived(
    upstream: Upstream, patient: AsyncClient
) -> None:
    upstream.reply(chunks=[role(), error("Overloaded", code=529)])
    assert (await ask(patient))[:2] == ("Hello from upstream.", None)


async def test_text_that_was_shown_is_never_asked_for_again(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.cut(after="Hello")
    text, failure, _ = await ask(patient)
    assert (text, failure.partial, type(failure)) == ("Hello", "Hello", APIConnectionError)
    assert len(upstream.requests) == 1


async def test_an_error_after_text_is_told_at_once(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(chunks=[delta("Hello"), error("Overloaded", code=529)])
    assert type((await ask(patient)).error) is UpstreamError
    assert len(upstream.requests) == 1


async def test_an_empty_answer_is_not_asked_for_again(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(chunks=[])
    assert (await ask(patient)).error.kind == "incomplete"
    assert len(upstream.requests) == 1


async def test_the_server_may_forbid_to_ask_again(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(status=503, headers=SOON | {"x-should-retry": "false"})
    assert (await ask(patient)).error.status == 503
    assert len(upstream.requests) == 1


async def test_the_server_may_wish_to_be_asked_again(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(status=400, headers=SOON | {"x-should-retry": "true"})
    assert (await ask(patient)).error is None


async def test_the_wait_that_the_server_asks_for_is_kept(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(status=429, headers={"Retry-After": "0.3"})
    started = monotonic()
    assert (await ask(patient)).error is None
    assert 0.3 <= monotonic() - started < 5


async def test_a_wait_of_minutes_is_left_to_the_person(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(status=429, headers={"Retry-After": "300"})
    failure = (await ask(patient)).error
    assert (type(failure), failure.retry_after, len(upstream.requests)) == (RateLimitError, 300, 1)
    assert "try again in 300 s" in str(failure)


async def test_a_wait_beyond_the_total_time_is_not_begun(upstream: Upstream) -> None:
    upstream.reply(status=429, headers={"Retry-After": "30"})
    async with AsyncClient(upstream.base_url, total_timeout=5) as client:
        assert (await ask(client)).error.status == 429


async def test_a_whole_answer_is_retried_too(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(status=503, headers=SOON)
    assert (await patient.chat.completions.create("Hi")).choices[0].message.content == "Hello from upstream."


async def test_the_list_of_models_is_retried_too(upstream: Upstream, patient: AsyncClient) -> None:
    upstream.reply(status=503, headers=SOON, path="/v1/models")
    assert [model.id for model in await patient.models.list()] == ["test-model"]


WAITS = {
    "seconds": ({"retry-after": "20"}, 20),
    "parts of seconds": ({"retry-after": "1.5"}, 1.5),
    "milliseconds first": ({"retry-after": "20", "retry-after-ms": "100"}, 0.1),
    "nothing": ({}, None),
    "zero": ({"retry-after": "0"}, None),
    "a negative number": ({"retry-after": "-3"}, None),
    "no number": ({"retry-after": "soon"}, None),
    "not a number": ({"retry-after": "nan"}, None),
    "without end": ({"retry-after": "inf"}, None),
    "a date gone by": ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), WAITS.values(), ids=WAITS.keys())
def test_a_wait_is_read_as(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_wait_is_read_from_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    assert 18 < retry_after({"retry-after": date}) <= 20


def test_waits_grow_to_eight_seconds_and_vary() -> None:
    failure = APIConnectionError("x")
    for number, longest in enumerate([0.5, 1, 2, 4, 8, 8, 8]):
        assert all(0.75 * longest <= delay(failure, number) <= longest for _ in range(20))
    assert len({delay(failure, 0) for _ in range(20)}) > 1
