"""Unread: an answer that ended while its person was elsewhere, until they come to it on any device."""

from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from chatsite.conversations.models import Conversation
from tests.chat.test_person import begun_elsewhere, ended_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_list(open_page):
    return lambda user, **options: open_page(user, path="/ws/me/", **options)


async def is_unread(conversation) -> bool:
    return (await Conversation.objects.aget(uuid=conversation)).unread


async def test_an_answer_that_ends_while_no_page_shows_it_is_unread_everywhere(
    alice, provider, open_page, open_list
):
    shown, page = await open_list(alice), await open_page(alice)
    await page.ask("Hello?")
    await shown.until("conversation.changed", answering=True, unread=False)
    await shown.until("conversation.changed", answering=False, unread=True)
    assert await is_unread(page.conversation)


async def test_an_answer_whose_page_is_seen_is_read(alice, provider, open_page, open_list):
    shown, page = await open_list(alice), await open_page(alice)
    await page.send("conversation.watch", visible=True)
    await page.ask("Hello?")
    await shown.until("conversation.changed", answering=False, unread=False)
    assert not await is_unread(page.conversation)


async def test_coming_back_to_the_page_makes_it_read_on_every_device(alice, provider, open_page, open_list):
    shown, page = await open_list(alice), await open_page(alice)
    await page.send("conversation.watch", visible=True)
    await page.send("conversation.watch", visible=False)
    await page.ask("Hello?")
    await shown.until("conversation.changed", unread=True)
    await page.send("conversation.watch", visible=True)
    await shown.until("conversation.changed", unread=False)
    assert not await is_unread(page.conversation)


async def test_an_answer_that_another_process_ends_is_read_where_a_page_shows_it(alice, provider, open_page):
    page = await open_page(alice)
    await page.send("conversation.watch", visible=True)
    await page.ask("Hello?")
    await page.until("reply.finished")
    completion = await begun_elsewhere(alice, page.conversation)
    await ended_elsewhere(completion)
    await page.until("conversation.changed", answering=False, unread=True)
    await page.until("conversation.changed", answering=False, unread=False)


async def test_opening_it_makes_it_read_and_a_hidden_page_that_fetches_it_does_not(alice, provider, site):
    conversation = uuid4()
    await ended_elsewhere(await begun_elsewhere(alice, conversation))
    assert await is_unread(conversation)
    await site.get(f"/conversations/{conversation}/", headers={"X-Page-Hidden": "1"})
    assert await is_unread(conversation)
    html = (await site.get("/conversations/")).content.decode()
    assert 'data-unread><span class="visually-hidden">unread answer' in html
    opened = (await site.get(f"/conversations/{conversation}/")).content.decode()
    assert "data-unread hidden" in opened and not await is_unread(conversation)


async def test_a_stranger_makes_nothing_read(alice, mallory, provider, open_page):
    conversation = uuid4()
    await ended_elsewhere(await begun_elsewhere(alice, conversation))
    assert (await open_page(mallory, conversation=conversation, refused=True)) is not None
    assert await is_unread(conversation)


async def test_watching_takes_true_or_false(alice, provider, open_page):
    page = await open_page(alice)
    await page.send("conversation.watch", visible="yes")
    assert (await page.until("error"))["code"] == "bad_frame"


async def test_who_writes_on_has_read_what_was_there(alice, provider):
    conversation = uuid4()
    await ended_elsewhere(await begun_elsewhere(alice, conversation))
    await begun_elsewhere(alice, conversation)
    assert not await is_unread(conversation)


@database_sync_to_async
def renamed(conversation, title: str) -> None:
    Conversation.objects.get(pk=conversation.pk).rename(title)


async def test_a_page_that_has_just_been_loaded_is_sent_what_changed_before_it_connected(
    alice, bob, open_page, open_list
):
    mine = await Conversation.objects.acreate(owner=alice, title="Old")
    await Conversation.objects.acreate(owner=bob, title="Bob's")
    await renamed(mine, "New")
    for page in (
        await open_page(alice, path="/ws/me/?lately"),
        await open_page(alice, path=f"/ws/conversations/{uuid4()}/?lately"),
    ):
        assert (await page.until("conversation.changed"))["title"] == "New"
        assert await page.communicator.receive_nothing(timeout=0.4)


async def test_a_deletion_before_it_connected_is_sent_as_well(alice, open_page):
    mine = await Conversation.objects.acreate(owner=alice, title="Old")
    await database_sync_to_async(deleted)(mine)
    page = await open_page(alice, path="/ws/me/?lately")
    assert (await page.until("conversation.changed"))["title"] is None


def deleted(conversation) -> None:
    conversation.deleted = timezone.now()
    conversation.touch("deleted")


async def test_many_changes_before_it_connected_are_one_event(alice, open_page):
    await Conversation.objects.abulk_create(Conversation(owner=alice, title=f"{n}") for n in range(30))
    page = await open_page(alice, path="/ws/me/?lately")
    await page.until("conversations.changed")
    assert [event["type"] for event in page.events] == ["person.opened", "conversations.changed"]
