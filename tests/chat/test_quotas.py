"""How many pages and running answers one person may have: each refusal says so, and nobody else feels it."""

import asyncio
import json
from uuid import uuid4

import pytest
from django.test import AsyncClient

from chatsite.chat.changes import CHANGES
from chatsite.limits import MAX_PAGES_PER_USER, MAX_RUNNING_ANSWERS_PER_USER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def full(alice, provider, open_page):
    """Alice's pages, as many as may be."""
    return [await open_page(alice) for _ in range(MAX_PAGES_PER_USER)]


async def test_one_page_too_many_is_closed_with_a_sentence_that_names_the_limit(full, alice, open_page):
    page = await open_page(alice, refused=True)
    error = await page.until("error")
    assert error["code"] == "too_many_pages" and f"{MAX_PAGES_PER_USER} of your pages" in error["detail"]
    assert (await page.communicator.receive_output(timeout=2))["code"] == 4429
    assert len(CHANGES.pages) == MAX_PAGES_PER_USER


async def test_a_stream_counts_as_a_page(full, site):
    refused = await site.get(f"/conversations/{uuid4()}/events/")
    assert refused.status_code == 429
    assert "the most at once" in json.loads(refused.content)["detail"]


async def test_when_one_is_closed_another_one_may_be_opened(full, alice, open_page):
    await full[0].communicator.disconnect()
    await open_page(alice)


async def test_other_people_open_theirs(full, bob, open_page):
    await open_page(bob)


async def test_one_answer_too_many_at_once_is_refused_with_the_limit(
    alice, bob, provider, upstream, open_page
):
    holds = [upstream.hold() for _ in range(MAX_RUNNING_ANSWERS_PER_USER)]
    pages = [await open_page(alice) for _ in range(MAX_RUNNING_ANSWERS_PER_USER)]
    for page in pages:
        await page.ask("Hello?")
        await page.until("reply.started")
    one_more = await open_page(alice)
    message = await one_more.ask("One more?")
    error = await one_more.until("error")
    assert (error["code"], error["ref"]) == ("busy_person", message)
    assert f"{MAX_RUNNING_ANSWERS_PER_USER} of your answers" in error["detail"]
    await upstream.requested(MAX_RUNNING_ANSWERS_PER_USER)
    bobs = await open_page(bob)
    await bobs.ask("And I?")
    await bobs.until("reply.finished", status="complete")
    for hold in holds:
        hold.finish()
    for page in pages:
        await page.until("reply.finished")
    await one_more.ask("Now?")
    await one_more.until("reply.finished", status="complete")


async def test_streams_that_are_dropped_before_anything_is_read_leave_nothing(site, provider):
    stream = await site.get(f"/conversations/{uuid4()}/events/")
    assert CHANGES.pages == []
    stream.close()


async def test_a_stream_that_is_dropped_after_its_beginning_leaves_nothing(site, provider):
    stream = await site.get(f"/conversations/{uuid4()}/events/")
    reading = asyncio.create_task(read(stream))
    while not CHANGES.pages:  # noqa: ASYNC110 nothing says so
        await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.wait([reading])
    assert CHANGES.pages == []


async def read(stream) -> None:
    async for _ in stream.streaming_content:
        pass


@pytest.mark.parametrize("seconds", [0, 0.001, 0.003, 0.01])
async def test_streams_that_are_dropped_while_they_are_opened_leave_nothing(alice, provider, seconds):
    site = AsyncClient()
    await site.aforce_login(alice)
    for _ in range(5):
        opening = asyncio.create_task(site.get(f"/conversations/{uuid4()}/events/"))
        await asyncio.sleep(seconds)
        opening.cancel()
        await asyncio.wait([opening])
    assert CHANGES.pages == []
