"""A provider that keeps failing rests: others are asked first, and nobody is locked out."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from chatsite.completions import APIConnectionError, APITimeoutError, CompletionError, ProtocolError
from chatsite.completions.failures import status_error
from chatsite.conversations.models import Completion
from chatsite.providers.models import Model, Provider
from chatsite.providers.rests import count_failure, failure_summary, is_own_failure, rest_seconds
from chatsite.runs.process import PROCESS
from tests.providers.forms import stored
from tests.upstream import Upstream

REFUSED = APIConnectionError("The model server cannot be reached.")
BUSY = {"Retry-After": "60"}


@pytest.fixture
async def second():
    async with Upstream() as server:
        yield server


@pytest.fixture
def other(provider, second) -> Provider:
    """A second provider of the same model, which is asked after the first."""
    other = Provider.objects.create(name="Second", base_url=second.base_url, priority=-1)
    Model.objects.create(provider=other, name="test-model")
    return other


async def ask(alice, open_page, times: int = 1) -> Completion:
    """Ask in a new conversation each time; the last answer, once all failures are stored."""
    for _ in range(times):
        page = await open_page(alice)
        await page.ask("Hello?")
        await page.until("reply.finished")
    await PROCESS.clients.close()
    return await Completion.objects.select_related("provider").order_by("pk").alast()


def fail(upstream, times: int, **reply) -> None:
    for _ in range(times):
        upstream.reply(**({"status": 401} | reply))


async def current(provider: Provider) -> Provider:
    return await Provider.objects.aget(pk=provider.pk)


async def test_after_three_failures_in_a_row_others_are_asked_first(
    alice, provider, other, upstream, open_page
):
    fail(upstream, 3)
    answer = await ask(alice, open_page, 3)
    assert (answer.status, answer.provider.name) == ("complete", "Second")
    found = await current(provider)
    assert (found.failures, found.failure, found.is_resting) == (3, "The model server refused the key.", True)
    assert (await ask(alice, open_page)).provider.name == "Second"
    assert len(upstream.requests) == 3


async def test_an_answers_details_name_the_provider_that_answered(
    alice, provider, other, upstream, open_page
):
    fail(upstream, 1)
    page = await open_page(alice)
    await page.ask("Hello?")
    assert "test-model · Second" in (await page.until("reply.finished"))["html"]


async def test_two_failures_are_no_reason_to_rest(alice, provider, other, upstream, open_page):
    fail(upstream, 2)
    await ask(alice, open_page, 2)
    found = await current(provider)
    assert (found.failures, found.is_resting) == (2, False)
    assert (await ask(alice, open_page)).provider.name == "Scripted"


async def test_an_answer_ends_the_failures(alice, provider, upstream, open_page):
    fail(upstream, 2)
    await ask(alice, open_page, 3)
    found = await current(provider)
    assert (found.failures, found.failing_since, found.failure, found.rests_until) == (0, None, "", None)


async def test_the_only_provider_is_asked_while_it_rests_once_and_its_answer_ends_the_rest(
    alice, provider, upstream, open_page
):
    await rest(provider)
    fail(upstream, 1, status=503)
    answer = await ask(alice, open_page)
    assert (answer.status, len(upstream.requests)) == ("failed", 1)
    assert (await ask(alice, open_page)).status == "complete"
    assert not (await current(provider)).is_resting


async def test_who_rests_is_still_asked_when_all_others_fail(
    alice, provider, other, upstream, second, open_page
):
    await rest(provider)
    fail(second, 1)
    assert (await ask(alice, open_page)).provider.name == "Scripted"


async def test_a_provider_that_has_rested_is_asked_first_again(alice, provider, other, upstream, open_page):
    await rest(provider, until=timezone.now() - timedelta(seconds=1))
    assert (await ask(alice, open_page)).provider.name == "Scripted"
    assert (await current(provider)).rests_until is None


async def test_who_fails_again_after_a_rest_rests_longer(alice, provider, other, upstream, open_page):
    await rest(provider, until=timezone.now() - timedelta(seconds=1))
    fail(upstream, 1)
    await ask(alice, open_page)
    found = await current(provider)
    assert found.failures == 4
    assert 40 < (found.rests_until - timezone.now()).total_seconds() <= 60


async def test_a_server_that_asks_for_a_wait_gets_it_and_the_next_answers_at_once(
    alice, provider, other, upstream, open_page
):
    fail(upstream, 1, status=429, headers=BUSY)
    answer = await ask(alice, open_page)
    assert answer.provider.name == "Second" and answer.duration < timedelta(seconds=20)
    found = await current(provider)
    assert (found.failures, found.is_resting) == (0, True)


async def test_a_failure_after_the_first_word_counts_nothing(alice, provider, upstream, open_page):
    upstream.cut(after="Hello")
    await ask(alice, open_page)
    assert (await current(provider)).failures == 0


async def rest(provider: Provider, until=None) -> None:
    now = timezone.now()
    await Provider.objects.filter(pk=provider.pk).aupdate(
        failures=3, failing_since=now, failure="It was away.", rests_until=until or now + timedelta(minutes=1)
    )


OWN = {
    "cannot be reached": REFUSED,
    "is silent": APITimeoutError("It is silent."),
    "sends a web page": ProtocolError("A web page."),
    **{str(status): status_error(status, b"") for status in (401, 402, 403, 407, 408, 429, 500, 502, 503)},
}
NOT_OWN = {
    "a prompt that is too long": status_error(400, b'{"error": {"code": "context_length_exceeded"}}'),
    "an answer with nothing in it": CompletionError("Nothing."),
    **{str(status): status_error(status, b"") for status in (400, 404, 409, 413, 422)},
}


@pytest.mark.parametrize("error", OWN.values(), ids=OWN.keys())
def test_a_provider_is_at_fault_when_it(error):
    assert is_own_failure(error)


@pytest.mark.parametrize("error", NOT_OWN.values(), ids=NOT_OWN.keys())
def test_a_provider_is_not_at_fault_for(error):
    assert not is_own_failure(error)


def test_rests_grow_and_are_bounded():
    assert [rest_seconds(failures) for failures in (2, 3, 4, 5, 8, 500)] == [0, 30, 60, 120, 900, 900]
    assert (rest_seconds(0, 20.0), rest_seconds(0, 1e6), rest_seconds(3, 5.0)) == (20, 900, 30)


def test_failures_at_the_same_time_make_one_rest(database):
    provider = stored()
    for _ in range(20):
        count_failure(provider, REFUSED)
    provider.refresh_from_db()
    assert provider.failures == 3
    assert (provider.rests_until - timezone.now()).total_seconds() <= 30


def test_failures_of_a_provider_that_was_deleted_are_nothing(database):
    provider = stored()
    Provider.objects.all().delete()
    count_failure(provider, REFUSED)
    assert not Provider.objects.exists()


def test_it_is_said_since_when_and_why(database):
    provider = stored()
    assert failure_summary(provider) == ""
    count_failure(provider, REFUSED)
    provider.refresh_from_db()
    assert failure_summary(provider).startswith("An answer failed before its first word at ")
    count_failure(provider, REFUSED)
    count_failure(provider, REFUSED)
    provider.refresh_from_db()
    said = failure_summary(provider)
    assert (
        said.startswith("Rests until ") and "3 answers in a row failed before their first word, since" in said
    )
    assert said.endswith("The last failure: The model server cannot be reached.")
    provider.rests_until = timezone.now() - timedelta(seconds=1)
    assert failure_summary(provider).startswith("Has rested; the next answer asks it again.")


@pytest.mark.django_db(transaction=True)
async def test_workers_agree_by_the_database():
    provider = await database_sync_to_async(stored)()
    for _ in range(3):
        await database_sync_to_async(count_failure)(provider, REFUSED)
    assert (await current(provider)).is_resting and not provider.is_resting
