"""Limits that are reached: before, at and within an answer, by two tabs, and when an admin changes them meanwhile."""

import asyncio

import pytest
from channels.db import database_sync_to_async
from django.db.models import Sum

from chatsite.conversations.models import Completion
from chatsite.usage.models import Limit, UsageDay
from tests.harness import protocol
from tests.upstream import delta, done, finish, usage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_limits_known")]


@database_sync_to_async
def tokens() -> tuple[int, int, int]:
    """Read and written tokens of the ledger, and how many answers reported none."""
    sums = UsageDay.objects.aggregate(Sum("input_tokens"), Sum("output_tokens"), Sum("unreported"))
    return tuple(sums.values())


async def refused(page) -> str:
    return (await page.until("error"))["code"]


async def ask(page, upstream, read: int, written: int) -> dict:
    upstream.reply(chunks=[delta("Hi."), finish(), usage(read, written), done()])
    await page.ask("Hello?")
    return await page.until("reply.finished", status="complete")


async def test_an_answer_that_passes_the_limit_ends_and_nothing_is_answered_after_it(
    alice, limit, provider, upstream, open_page
):
    page = await open_page(alice)
    await ask(page, upstream, 60, 39)
    await ask(page, upstream, 60, 39)
    assert await tokens() == (120, 78, 0)
    await page.ask("More?")
    assert await refused(page) == "used_up"
    question = next(each["id"] for each in page.events if each["type"] == "message.created")
    await page.send_command(protocol.create_reply(question))
    assert await refused(page) == "used_up"
    assert len(upstream.requests) == 2


async def test_an_answer_that_was_stopped_counts_and_is_not_continued_at_the_limit(
    alice, limit, provider, upstream, open_page
):
    page, hold = await open_page(alice), upstream.hold()
    await page.ask("x" * 200)
    hold.send("y" * 220)
    await page.until_shown("y")
    await page.send_command(protocol.stop(page.message))
    await page.until("reply.finished", status="stopped")
    assert await tokens() == (50, 55, 1)
    await page.send_command(protocol.continue_reply(page.message))
    assert await refused(page) == "used_up"
    await page.ask("More?")
    assert await refused(page) == "used_up"


async def test_two_tabs_send_the_last_message_of_an_hour_once(alice, provider, upstream, open_page):
    await database_sync_to_async(Limit.objects.create)(messages_an_hour=1)
    pages = [await open_page(alice), await open_page(alice)]
    await asyncio.gather(*(page.ask("Hello?") for page in pages))
    ends = await asyncio.gather(*(_end(page) for page in pages))
    assert sorted(ends) == ["reply.finished", "used_up"]
    assert await Completion.objects.acount() == 1


async def _end(page) -> str:
    while (event := await page.next())["type"] not in ("error", "reply.finished"):
        pass
    return event.get("code", event["type"])


async def test_a_limit_that_is_set_while_an_answer_runs_lets_it_end(alice, provider, upstream, open_page):
    page, hold = await open_page(alice), upstream.hold()
    await page.ask("Hello?")
    hold.send("Half")
    await page.until_shown("Half")
    await database_sync_to_async(Limit.objects.create)(messages_an_hour=1)
    hold.send(" and whole.")
    hold.finish()
    await page.until("reply.finished", status="complete")
    await page.ask("More?")
    assert await refused(page) == "used_up"
    await Limit.objects.all().aupdate(messages_an_hour=2)
    await page.ask("And now?")
    await page.until("reply.finished", status="complete")
