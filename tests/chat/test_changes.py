"""How pages are notified of what another process has done: here the database is changed behind their back."""

import asyncio
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async

from chatsite.conversations.models import Completion, Conversation, LogEntry, Outcome, Status
from chatsite.conversations.turns import NewMessage, create_message

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def begun_elsewhere(person, conversation):
    return create_message(person, conversation, NewMessage(uuid4(), "Hello?")).completion


@database_sync_to_async
def logged_elsewhere(completion, offset: int, text: str, kind: str = "text"):
    LogEntry.objects.create(completion=completion, offset=offset, text=text, kind=kind)


@database_sync_to_async
def ended_elsewhere(completion, text: str):
    assert completion.finish(Outcome(Status.COMPLETE, text=text))


@database_sync_to_async
def shown_elsewhere(conversation, message: str):
    found = Conversation.objects.get(uuid=conversation)
    found.show(found.messages.get(uuid=message))


@database_sync_to_async
def renamed_elsewhere(conversation, title: str):
    found = Conversation.objects.get(uuid=conversation)
    found.title = title
    found.touch("title")


async def test_an_answer_that_another_process_writes_is_followed_live(alice, provider, open_page):
    page = await open_page(alice)
    completion = await begun_elsewhere(alice, page.conversation)
    await page.until("reply.started")
    await logged_elsewhere(completion, 0, "Thinking. ", "reasoning")
    await logged_elsewhere(completion, 10, "From ")
    await page.until_shown("From ")
    await logged_elsewhere(completion, 15, "elsewhere.")
    await ended_elsewhere(completion, "From elsewhere.")
    finished = await page.until("reply.finished")
    assert (page.reasoning, page.text) == ("Thinking. ", "From elsewhere.")
    assert page.html in finished["html"]


async def test_a_stop_reaches_the_process_that_writes(alice, provider, open_page):
    page = await open_page(alice)
    completion = await begun_elsewhere(alice, page.conversation)
    await page.send("reply.stop", message=str(completion.message.uuid))
    await page.until("reply.started")
    async with asyncio.timeout(5):
        while not completion.stop_requested:
            await completion.arefresh_from_db(fields=["stop_requested"])


async def test_a_run_obeys_a_stop_that_another_process_has_noted(alice, provider, upstream, open_page):
    upstream.hold()
    page = await open_page(alice)
    await page.ask("Hello?")
    started = await page.until("reply.started")
    await upstream.requested(1)
    await Completion.objects.filter(pk=started["completion"]).aupdate(stop_requested=True)
    assert (await page.until("reply.finished"))["status"] == "stopped"
    await upstream.closed()


async def test_every_page_of_a_person_hears_of_a_new_conversation(alice, provider, upstream, open_page):
    hold = upstream.hold()
    elsewhere = await open_page(alice)
    page = await open_page(alice)
    await page.ask("Hello?")
    changed = await elsewhere.until("conversation.changed", answering=True)
    assert (changed["conversation"], changed["title"]) == (str(page.conversation), "Hello?")
    hold.finish()
    assert await elsewhere.until("conversation.changed", answering=False)


async def test_pages_hear_which_branch_another_process_shows(alice, provider, upstream, open_page):
    page = await open_page(alice)
    question = await page.ask("Hello?")
    first = (await page.until("reply.finished"))["message"]
    await page.send("reply.create", parent=question)
    await page.until("reply.finished")
    await shown_elsewhere(page.conversation, first)
    assert await page.until("conversation.changed", head=first)


async def test_pages_hear_of_a_title_that_another_process_changed(alice, provider, upstream, open_page):
    page = await open_page(alice)
    await page.ask("Hello?")
    await page.until("reply.finished")
    await renamed_elsewhere(page.conversation, "A better name")
    assert await page.until("conversation.changed", title="A better name")


@database_sync_to_async
def imported_elsewhere(conversation, text: str):
    """An answer at the beginning of the conversation: other programs have such."""
    found = Conversation.objects.get(uuid=conversation)
    answer = found.messages.create(role="assistant", text=text)
    Completion.objects.create(message=answer, model="elsewhere", status=Status.COMPLETE)
    found.touch()
    return str(answer.uuid)


async def test_a_page_is_shown_an_answer_that_has_no_question(alice, provider, open_page):
    page = await open_page(alice)
    await page.ask("Hello?")
    await page.until("reply.finished")
    answer = await imported_elsewhere(page.conversation, "How can I help?")
    shown = await page.until("reply.finished", message=answer)
    assert "How can I help?" in shown["html"]
    await renamed_elsewhere(page.conversation, "Still connected")
    assert await page.until("conversation.changed", title="Still connected")


async def test_nobody_else_hears_of_it(alice, bob, provider, open_page):
    bobs = await open_page(bob)
    page = await open_page(alice)
    await page.ask("Hello?")
    await page.until("reply.finished")
    assert await bobs.communicator.receive_nothing(timeout=0.6)


async def test_a_check_is_answered_with_what_runs(alice, provider, upstream, open_page):
    upstream.hold()
    page = await open_page(alice)
    await page.ask("Hello?")
    started = await page.until("reply.started")
    await page.send("conversation.check")
    checked = await page.until("conversation.checked")
    assert (checked["running"], checked["head"]) == ([started["message"]], started["message"])
