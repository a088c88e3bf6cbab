"""Answers that ended before their end, and how they go on."""

from datetime import timedelta
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from chatsite.conversations import recovery
from chatsite.conversations.models import Completion, Message, Status
from chatsite.conversations.turns import Choice, create_message

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def abandoned(alice, logged: str = "Once upon a ", ago: int = 60) -> Message:
    """An answer whose process was killed: it is streaming, has a log, and its heartbeat is old."""
    turn = create_message(alice, uuid4(), uuid4(), "Tell me a story.", "head", Choice())
    turn.completion.deltas.create(offset=0, text=logged)
    Completion.objects.filter(pk=turn.completion.pk).update(heartbeat=timezone.now() - timedelta(seconds=ago))
    return Message.objects.select_related("conversation").get(pk=turn.completion.message_id)


async def test_an_abandoned_answer_is_interrupted_with_the_text_that_was_logged(alice, provider):
    message = await abandoned(alice)
    await recovery.recover()
    await message.arefresh_from_db()
    run = await Completion.objects.aget()
    assert (message.text, run.status) == ("Once upon a ", Status.INTERRUPTED)
    assert run.error and run.finished


async def test_a_living_run_is_left_alone(alice, provider):
    await abandoned(alice, ago=1)
    await recovery.recover()
    assert (await Completion.objects.aget()).status == Status.STREAMING


async def test_a_run_that_this_process_writes_is_left_alone_however_long_the_database_was_busy(
    alice, provider, upstream, open_page
):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.send("message.create", id=str(uuid4()), text="Tell me a story.")
    await page.until("reply.started")
    await Completion.objects.aupdate(heartbeat=timezone.now() - timedelta(seconds=60))
    await recovery.recover()
    hold.send("Once upon a time.")
    hold.finish()
    assert (await page.until("reply.finished"))["status"] == "complete"


async def test_a_page_that_watches_is_told_of_the_interruption(alice, provider, open_page):
    message = await abandoned(alice, ago=9)
    page = await open_page(alice, message.conversation.uuid)
    await page.until_shown("Once upon a ")
    finished = await page.until("reply.finished")
    assert finished["status"] == "interrupted"


async def test_continue_goes_on_in_the_same_message_from_its_last_character(
    alice, provider, upstream, open_page
):
    message = await abandoned(alice)
    await recovery.recover()
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
    await recovery.recover()
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
    await recovery.recover()
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
    for _ in range(2):
        await recovery.recover()
        await upstream.ended(1)
    while await Completion.objects.streaming().aexists():
        await recovery.recover()
    await message.arefresh_from_db()
    assert message.text == "Once upon a time"
    assert len(upstream.requests) == 1


async def test_interrupted_answers_stay_as_they_are_by_default(alice, provider, upstream):
    await abandoned(alice)
    await recovery.recover()
    assert not upstream.requests
