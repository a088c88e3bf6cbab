"""Answers that ended before their end, and how they are continued."""

import asyncio

import pytest

from chatsite.conversations.models import Completion
from chatsite.runs.process import PROCESS
from tests.harness.recovery import abandoned, recover
from tests.upstream import Upstream

pytestmark = pytest.mark.django_db(transaction=True)


async def test_continue_goes_on_in_the_same_message_from_its_last_character(
    alice, provider, upstream, open_page
):
    message = await abandoned(alice)
    await recover()
    upstream.reply("**time**.")
    page = await open_page(alice, message.conversation.uuid)
    await page.send("reply.continue", message=str(message.uuid))
    finished = await page.until("reply.finished")
    await message.arefresh_from_db()
    assert (finished["message"], finished["status"]) == (str(message.uuid), "complete")
    assert message.text == "Once upon a **time**."
    assert page.text == "**time**."
    assert page.html in finished["html"]
    assert await Completion.objects.filter(message=message).acount() == 2


async def test_the_model_is_given_what_it_had_said_and_told_to_go_on(alice, provider, upstream, open_page):
    message = await abandoned(alice)
    await recover()
    page = await open_page(alice, message.conversation.uuid)
    await page.send("reply.continue", message=str(message.uuid))
    await page.until("reply.finished")
    roles = [(said["role"], said["content"][:12]) for said in upstream.requests[0].json["messages"]]
    assert roles == [("user", "Tell me a st"), ("assistant", "Once upon a "), ("user", "Go on with y")]


async def test_a_complete_answer_is_not_continued(alice, provider, open_page):
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    await page.send("reply.continue", message=finished["message"])
    assert (await page.until("error"))["code"] == "complete"


async def test_an_answer_is_not_continued_twice_at_once(alice, provider, upstream, open_page):
    message = await abandoned(alice)
    await recover()
    upstream.hold()
    page = await open_page(alice, message.conversation.uuid)
    for _ in range(2):
        await page.send("reply.continue", message=str(message.uuid))
    assert (await page.until("error"))["code"] == "busy"
    assert await Completion.objects.streaming().acount() == 1


async def test_interrupted_answers_go_on_by_themselves_once_where_that_is_wanted(
    alice, provider, upstream, open_page, settings
):
    settings.CONTINUE_INTERRUPTED = True
    message = await abandoned(alice)
    upstream.cut(after="time")
    await open_page(alice)
    await recover()
    await upstream.ended(1)
    async with asyncio.timeout(5):
        while await Completion.objects.streaming().aexists():
            await recover(polls=1)
    await recover()
    await message.arefresh_from_db()
    assert message.text == "Once upon a time"
    assert len(upstream.requests) == 1


async def test_an_interrupted_answer_that_was_stopped_since_does_not_go_on_by_itself(
    alice, provider, upstream, open_page, settings
):
    message = await abandoned(alice)
    await recover()
    page = await open_page(alice, message.conversation.uuid)
    await page.send("reply.stop", message=str(message.uuid))
    await page.send("conversation.check")
    await page.until("conversation.checked")
    settings.CONTINUE_INTERRUPTED = True
    await recover()
    assert not upstream.requests


async def test_an_answer_that_is_stopped_while_the_site_ends_is_stopped(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Tell me a story.")
    hold.send("Once upon a ")
    await page.until_shown("Once upon a ")
    run = await Completion.objects.aget()
    PROCESS.runs.stop(run)
    await PROCESS.drain()
    await run.arefresh_from_db()
    assert run.status == "stopped"


async def test_an_answer_waits_to_go_on_until_its_model_server_is_up(
    alice, provider, upstream, open_page, settings
):
    settings.CONTINUE_INTERRUPTED = True
    await upstream.__aexit__()
    message = await abandoned(alice)
    page = await open_page(alice, message.conversation.uuid)
    await recover()
    await page.until("reply.started")
    await asyncio.sleep(2)
    assert await Completion.objects.streaming().acount() == 1
    async with Upstream(upstream.port) as late:
        late.reply("time.")
        assert (await page.until("reply.finished", status="complete"))["status"] == "complete"
    await message.arefresh_from_db()
    assert message.text == "Once upon a time."


async def test_an_answer_that_the_person_continues_fails_at_once_where_the_server_is_not_up(
    alice, provider, upstream, open_page
):
    message = await abandoned(alice)
    await recover()
    await upstream.__aexit__()
    page = await open_page(alice, message.conversation.uuid)
    await page.send("reply.continue", message=str(message.uuid))
    assert (await page.until("reply.finished"))["status"] == "failed"


async def test_interrupted_answers_stay_as_they_are_by_default(alice, provider, upstream):
    await abandoned(alice)
    await recover()
    assert not upstream.requests
