"""Temporary conversations: shown on their own pages only, and deleted some minutes after these are closed."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.urls import reverse
from django.utils import timezone

from chatsite.chat.changes import CHANGES
from chatsite.conversations.models import (
    MAX_TEMPORARY,
    OVER,
    TEMPORARY_GRACE,
    Conversation,
    Message,
)
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.history.exchange.export_queries import primary_keys
from chatsite.history.search.check import problems
from chatsite.history.search.query import read
from chatsite.history.search.results import find
from chatsite.history.temporary import delete_over
from chatsite.providers.models import Model, Provider
from chatsite.runs.process import PROCESS

TOO_LATE = TEMPORARY_GRACE + timedelta(minutes=1)


@pytest.fixture
def model(database):
    provider = Provider.objects.create(name="Local", base_url="http://127.0.0.1:1/v1")
    return Model.objects.create(provider=provider, name="small", default=True)


def begun(person, lifetime=TEMPORARY_GRACE, text="Secret soup?") -> Conversation:
    turn = create_message(person, uuid4(), NewMessage(uuid4(), text, lifetime=lifetime))
    return turn.completion.message.conversation


def pass_time(time: timedelta) -> None:
    """As if so much time had passed."""
    for conversation in Conversation.objects.all():
        if conversation.temporary_until:
            conversation.temporary_until -= time
        conversation.created -= time
        conversation.save()


def test_it_is_in_no_list_and_found_by_no_search_and_not_exported(model, alice):
    conversation = begun(alice)
    assert conversation.is_temporary and conversation.title == ""
    assert not Conversation.objects.of(alice).exists() and not Message.objects.of(alice).exists()
    assert (
        find(alice, read("soup")).messages == []
        and primary_keys(alice, Conversation.objects.filter(pk=conversation.pk)) == []
    )


def test_some_minutes_without_an_open_page_are_its_end(model, alice):
    begun(alice)
    pass_time(TEMPORARY_GRACE - timedelta(minutes=1))
    assert list(delete_over()) == []
    pass_time(timedelta(minutes=2))
    ((hint),) = delete_over()
    assert hint["over"][0] == alice.pk
    assert not Conversation.objects.exists() and not Message.objects.exists()
    assert problems() == []


def test_an_open_page_keeps_it_but_no_longer_than_a_day(model, alice):
    conversation = begun(alice)
    for _ in range(3):
        pass_time(TEMPORARY_GRACE - timedelta(minutes=1))
        Conversation.objects.stay_open({conversation.uuid})
    assert list(delete_over()) == []
    pass_time(MAX_TEMPORARY)
    Conversation.objects.stay_open({conversation.uuid})
    assert len(list(delete_over())) == 1


def test_one_without_javascript_stays_a_day(model, alice):
    begun(alice, MAX_TEMPORARY)
    pass_time(TOO_LATE)
    assert list(delete_over()) == []
    pass_time(MAX_TEMPORARY)
    assert len(list(delete_over())) == 1


def test_one_that_a_page_has_opened_again_meanwhile_is_not_deleted(model, alice):
    conversation = begun(alice)
    pass_time(TOO_LATE)
    found = Conversation.objects.get()
    Conversation.objects.stay_open({conversation.uuid})
    assert not found.delete_if(OVER)
    assert Conversation.objects.exists()


def test_an_ordinary_one_is_never_touched(model, alice):
    conversation = begun(alice, None)
    pass_time(MAX_TEMPORARY * 9)
    Conversation.objects.stay_open({conversation.uuid})
    assert list(delete_over()) == [] and Conversation.objects.get().title == "Secret soup?"


def test_keeping_it_makes_it_an_ordinary_one_with_a_title(model, alice, client):
    conversation = begun(alice)
    client.force_login(alice)
    address = reverse("conversations:keep", args=[conversation.uuid])
    assert client.post(address).url == conversation.get_absolute_url()
    assert client.post(address).status_code == 302
    pass_time(MAX_TEMPORARY * 2)
    assert list(delete_over()) == []
    kept = Conversation.objects.of(alice).get()
    assert (kept.is_temporary, kept.title) == (False, "Secret soup?")
    assert [hit.conversation for hit in find(alice, read("soup")).messages] == [kept.uuid]
    assert problems() == []


def test_only_its_owner_keeps_it(model, alice, mallory, client):
    client.force_login(mallory)
    assert client.post(reverse("conversations:keep", args=[begun(alice).uuid])).status_code == 404
    assert Conversation.objects.get().is_temporary


def test_its_page_says_what_it_is_and_other_pages_do_not_name_it(model, alice, client):
    conversation = begun(alice)
    client.force_login(alice)
    page = client.get(conversation.get_absolute_url()).content.decode()
    assert "Keep this one" in page and "This conversation is temporary" in page
    assert str(conversation.uuid) not in client.get("/conversations/").content.decode()
    assert client.get(reverse("exchange:export-one", args=[conversation.uuid])).status_code == 404


def test_a_form_begins_one(model, alice, client):
    client.force_login(alice)
    assert 'name="temporary" value="1"' in client.get("/?temporary=1").content.decode()
    uuid = uuid4()
    client.post(reverse("conversations:send", args=[uuid]), {"text": "Hello?", "temporary": "1"})
    left = Conversation.objects.get(uuid=uuid).temporary_until - timezone.now()
    assert MAX_TEMPORARY - timedelta(minutes=1) < left <= MAX_TEMPORARY


@pytest.mark.django_db(transaction=True)
async def test_only_its_own_pages_are_sent_what_happens_in_it(alice, provider, upstream, open_page, settings):
    settings.TITLE_MODEL = ""
    other = await open_page(alice, path="/ws/me/")
    page = await open_page(alice)
    upstream.reply("No.")
    await page.ask("Secret?", temporary=True)
    await page.until("reply.finished")
    assert (await page.until("conversation.changed"))["temporary"] is True
    hold = upstream.hold()
    await page.ask("Really?")
    assert (await upstream.requested(2)).json
    ordinary = await open_page(alice)
    assert ordinary.events[0]["answering"] == []
    hold.finish()
    await page.until("reply.finished")
    await ordinary.ask("Hello?")
    seen = await other.until("conversation.changed")
    assert seen["conversation"] == str(ordinary.conversation)
    await ordinary.until("reply.finished")
    await PROCESS.titles.ended_all()
    assert len(upstream.requests) == 4  # one title, for the ordinary one


@pytest.mark.django_db(transaction=True)
async def test_one_that_is_kept_is_titled_and_appears_in_lists(
    alice, provider, upstream, open_page, site, settings
):
    settings.TITLE_MODEL = ""
    page = await open_page(alice)
    upstream.reply("With beans.")
    await page.ask("Secret soup?", temporary=True)
    await page.until("reply.finished")
    other = await open_page(alice, path="/ws/me/")
    upstream.reply("Bean soup")
    await site.post(f"/conversations/{page.conversation}/keep/")
    assert (await other.until("conversation.changed"))["title"] == "Secret soup?"
    assert (await other.until("conversation.changed"))["title"] == "Bean soup"


@pytest.mark.django_db(transaction=True)
async def test_an_answer_that_is_being_written_ends_with_it(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Secret?", temporary=True)
    hold.send("No")
    await page.until_shown("No")
    await database_sync_to_async(pass_time)(TOO_LATE)
    ((hint),) = await database_sync_to_async(lambda: list(delete_over()))()
    await PROCESS.hints.publish(hint)
    assert (await page.until("conversation.changed"))["title"] is None
    assert (await upstream.closed()).closed_early


@pytest.mark.django_db(transaction=True)
async def test_opening_its_page_puts_the_end_off(alice, provider, upstream, open_page):
    page = await open_page(alice)
    await page.ask("Secret?", temporary=True)
    await page.until("reply.finished")
    await database_sync_to_async(pass_time)(TOO_LATE)
    await open_page(alice, page.conversation)
    assert await database_sync_to_async(lambda: list(delete_over()))() == []
    assert {page.conversation for page in CHANGES.pages} == {page.conversation}


@pytest.mark.django_db(transaction=True)
async def test_an_open_page_puts_the_end_off_again_and_again(
    alice, provider, upstream, open_page, monkeypatch
):
    monkeypatch.setattr("chatsite.chat.changes.STAY_SECONDS", 0.05)
    page = await open_page(alice)
    await page.ask("Secret?", temporary=True)
    await page.until("reply.finished")
    await database_sync_to_async(pass_time)(TOO_LATE)
    over = database_sync_to_async(Conversation.objects.filter(OVER).exists)
    for _ in range(200):
        if await over():
            await asyncio.sleep(0.05)
    assert not await over()
    await page.communicator.disconnect()
    await database_sync_to_async(pass_time)(TOO_LATE)
    await asyncio.sleep(0.3)
    assert await over()


@pytest.mark.parametrize("wrong", ["yes", 1, None, {}])
@pytest.mark.django_db(transaction=True)
async def test_a_command_says_true_or_false(alice, provider, open_page, wrong):
    page = await open_page(alice)
    await page.ask("Hello?", temporary=wrong)
    assert (await page.until("error"))["code"] == "bad_frame"
