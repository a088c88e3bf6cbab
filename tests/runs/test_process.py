"""What a process holds: it ends without loss, and a test can make it as new."""

import asyncio

import pytest

from chatsite.chat.changes import CHANGES
from chatsite.conversations.models import Completion, Message
from chatsite.runs.process import PROCESS, Process
from chatsite.runs.tails import POLL_SECONDS
from tests.harness.recovery import abandoned

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_drained_process_keeps_the_text_so_far_and_begins_nothing_more(
    alice, provider, upstream, open_page
):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Tell me a story.")
    hold.send("Once upon a ")
    await page.until_shown("Once upon a ")
    await PROCESS.drain()
    completion = await Completion.objects.select_related("message").aget()
    assert (completion.status, completion.message.text) == ("interrupted", "Once upon a ")
    await page.ask("And then?")
    await asyncio.sleep(POLL_SECONDS)
    assert await Message.objects.acount() == 2


async def test_a_process_that_was_reset_has_no_page_and_answers_again(alice, provider, upstream, open_page):
    await open_page(alice)
    await PROCESS.reset()
    assert CHANGES.pages == [] and not PROCESS.runs.ours
    page = await open_page(alice)
    await page.ask("Hello?")
    assert (await page.until("reply.finished"))["status"] == "complete"


async def test_a_closed_process_leaves_no_task_behind(alice, provider):
    await abandoned(alice)
    before = asyncio.all_tasks()
    process = Process()
    await process.start()
    assert asyncio.all_tasks() > before
    await process.drain()
    await process.close()
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before
