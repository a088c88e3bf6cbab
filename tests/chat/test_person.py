"""The events of a person, for pages that show no conversation: what changes in the list, by socket and by stream."""

import json
from contextlib import aclosing
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.test import AsyncClient

from chatsite.chat.changes import CHANGES
from chatsite.conversations.models import Conversation, Outcome, Status
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.limits import MAX_PAGES_PER_USER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_list(open_page):
    """Opens the page of a person's conversations."""
    return lambda user, **options: open_page(user, path="/ws/me/", **options)


@database_sync_to_async
def begun_elsewhere(user, conversation):
    return create_message(user, conversation, NewMessage(uuid4(), "Hello?")).completion


@database_sync_to_async
def ended_elsewhere(completion):
    assert completion.finish(Outcome(Status.COMPLETE, text="Hi."))


async def test_the_list_is_sent_a_new_conversation_and_when_its_answer_begins_and_ends(
    alice, provider, upstream, open_page, open_list
):
    hold, shown = upstream.hold(), await open_list(alice)
    page = await open_page(alice)
    await page.ask("Hello?")
    begun = await shown.until("conversation.changed")
    assert (begun["conversation"], begun["title"]) == (str(page.conversation), "Hello?")
    assert begun["answering"]
    hold.finish()
    await shown.until("conversation.changed", conversation=str(page.conversation), answering=False)


async def test_the_list_is_sent_what_another_process_begins_and_ends(alice, provider, open_list):
    shown, conversation = await open_list(alice), uuid4()
    completion = await begun_elsewhere(alice, conversation)
    await shown.until("conversation.changed", conversation=str(conversation), answering=True)
    await ended_elsewhere(completion)
    await shown.until("conversation.changed", conversation=str(conversation), answering=False)


async def test_the_list_is_sent_a_new_title_and_a_deletion(site, alice, open_list):
    conversation = await Conversation.objects.acreate(owner=alice, title="Old")
    shown, at = await open_list(alice), f"/conversations/{conversation.uuid}"
    await site.post(f"{at}/rename/", {"title": "New"})
    await shown.until("conversation.changed", conversation=str(conversation.uuid), title="New")
    await site.post(f"{at}/delete/")
    await shown.until("conversation.changed", conversation=str(conversation.uuid), title=None)


async def test_a_page_is_told_first_which_of_its_persons_conversations_are_being_answered(
    alice, bob, provider, open_page, open_list
):
    mine, ended, bobs = uuid4(), uuid4(), uuid4()
    completions = [await begun_elsewhere(alice, each) for each in (mine, ended)]
    await begun_elsewhere(bob, bobs)
    await ended_elsewhere(completions[1])
    for page in (await open_list(alice), await open_page(alice)):
        assert page.events[0]["answering"] == [str(mine)]


async def test_nobody_else_hears_of_it(alice, mallory, provider, open_page, open_list):
    theirs = await open_list(mallory)
    page = await open_page(alice)
    await page.ask("My secret.")
    await page.until("reply.finished")
    assert await theirs.communicator.receive_nothing(timeout=0.6)


async def test_a_check_is_answered_and_nothing_else_is_done(alice, provider, open_list):
    shown = await open_list(alice)
    await shown.send("person.check")
    await shown.until("person.checked")
    message = await shown.ask("Hello?")
    error = await shown.until("error")
    assert (error["code"], error["ref"]) == ("unknown_type", message)
    assert await Conversation.objects.acount() == 0


async def test_nobody_signed_in_is_asked_to_sign_in(db, open_list):
    shown = await open_list(AnonymousUser(), refused=True)
    assert (await shown.communicator.receive_output(timeout=2))["code"] == 4401
    assert (await AsyncClient().get("/me/events/")).status_code == 401


async def test_it_is_closed_when_its_person_signs_out(alice, open_list):
    shown = await open_list(alice)
    await database_sync_to_async(Session.objects.all().delete)()
    await CHANGES.sign_ins_changed()
    assert (await shown.communicator.receive_output(timeout=2))["code"] == 4401


async def test_it_counts_as_a_page(site, alice, open_page, open_list):
    for _ in range(MAX_PAGES_PER_USER):
        await open_list(alice)
    assert (await site.get("/me/events/")).status_code == 429
    refused = await open_page(alice, refused=True)
    assert (await refused.until("error"))["code"] == "too_many_pages"


async def test_a_page_that_asks_on_and_on_is_closed(alice, open_list):
    shown = await open_list(alice)
    for _ in range(400):
        await shown.send("person.check")
    while (output := await shown.communicator.receive_output(timeout=5))["type"] == "websocket.send":
        pass
    assert output["code"] == 4429


async def test_the_same_events_come_by_a_stream(site, alice, provider):
    conversation, kinds = uuid4(), []
    stream = await site.get("/me/events/")
    assert stream["Content-Type"] == "text/event-stream"
    async with aclosing(aiter(stream.streaming_content)) as parts:
        async for part in parts:
            kinds.append(json.loads(part.removeprefix(b"data: "))["type"])
            if kinds == ["person.opened"]:
                await begun_elsewhere(alice, conversation)
            elif kinds[-1] == "conversation.changed":
                break
    assert kinds == ["person.opened", "conversation.changed"]


@database_sync_to_async
def imported(user, count: int):
    Conversation.objects.bulk_create(Conversation(owner=user, title=f"{n}") for n in range(count))


async def test_many_changes_at_once_are_one_event(alice, bob, provider, open_page, open_list):
    pages = [await open_list(alice), await open_page(alice)]
    bobs = await open_list(bob)
    await imported(alice, 100)
    for page in pages:
        await page.until("conversations.changed")
    await imported(bob, 1)
    await bobs.until("conversation.changed", title="0")
    assert [event["type"] for event in bobs.events] == ["person.opened", "conversation.changed"]
    assert "conversation.changed" not in [event["type"] for page in pages for event in page.events]


async def test_a_page_whose_conversation_is_among_many_that_changed_shows_what_is_new(
    alice, provider, open_page
):
    page = await open_page(alice)
    await imported(alice, 100)
    await begun_elsewhere(alice, page.conversation)
    await page.until("reply.started")
