"""Sending from a page without JavaScript: a form, and pages that load again."""

import asyncio
from uuid import uuid4

import pytest
from django.test import AsyncClient

from chatsite.conversations.models import Completion, Message, Status
from tests.upstream import Upstream

pytestmark = pytest.mark.django_db(transaction=True)
AGAIN = '<meta http-equiv="refresh"'


async def send(site, conversation, **fields):
    return await site.post(f"/conversations/{conversation}/send/", fields)


async def ended() -> Completion:
    async with asyncio.timeout(5):
        while await Completion.objects.exclude(status=Status.STREAMING).acount() == 0:  # noqa: ASYNC110 another thread writes
            await asyncio.sleep(0.02)
    return await Completion.objects.aget()


async def test_a_message_makes_its_conversation_and_is_answered(site, provider, upstream: Upstream):
    conversation = uuid4()
    hold = upstream.hold()
    sent = await send(site, conversation, text="Hello,\r\nanybody?")
    assert (sent.status_code, sent["Location"]) == (302, f"/conversations/{conversation}/")
    page = (await site.get(sent["Location"])).content.decode()
    assert AGAIN in page and "This page loads again by itself." in page
    hold.send("Here I am.")
    hold.finish()
    run = await ended()
    assert [text async for text in Message.objects.order_by("pk").values_list("text", flat=True)] == [
        "Hello,\nanybody?",
        "Here I am.",
    ]
    assert run.status == Status.COMPLETE
    page = (await site.get(sent["Location"])).content.decode()
    assert "Here I am." in page and AGAIN not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "  "}, "There is nothing to send yet."),
        ({"text": "Hello <b>", "model": "gone"}, "is not offered any more. Choose another one."),
        ({"text": "Hello <b>", "prompt": "gone"}, "is not offered any more. Choose another one."),
    ],
)
async def test_what_is_refused_comes_back_with_the_reason(site, provider, fields, sentence):
    answer = await send(site, uuid4(), **fields)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert fields["text"].replace("<", "&lt;").replace(">", "&gt;") + "</textarea>" in page
    assert await Message.objects.acount() == 0


async def test_a_second_message_waits_for_the_answer_and_is_not_lost(site, provider, upstream: Upstream):
    conversation = uuid4()
    hold = upstream.hold()
    await send(site, conversation, text="One")
    answer = await send(site, conversation, text="Two")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "An answer is still being written here." in page
    assert "One" in page and ">Two</textarea>" in page
    assert AGAIN not in page
    hold.finish()
    await ended()


async def test_a_message_to_a_model_that_is_gone_comes_back_with_the_choice(
    site, provider, upstream: Upstream
):
    conversation = uuid4()
    await send(site, conversation, text="One", model="test-model")
    await ended()
    await provider.models.acreate(name="another")
    await provider.models.filter(name="test-model").aupdate(offered=False)
    page = (await send(site, conversation, text="Two", model="")).content.decode()
    assert "“test-model” is not offered any more. Choose another one." in page
    assert ">Two</textarea>" in page and '<option value="another">' in page
    assert len(upstream.requests) == 1


async def test_a_strangers_conversation_is_not_there(site, provider, bob):
    conversation = uuid4()
    stranger = AsyncClient()
    await stranger.aforce_login(bob)
    await send(stranger, conversation, text="Mine")
    answer = await send(site, conversation, text="Let me in")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Conversation not found." in page
    assert str(conversation) not in page and "Mine" not in page
    assert ">Let me in</textarea>" in page


async def test_nobody_sends_unsigned_or_from_elsewhere(alice):
    unsigned = await send(AsyncClient(), uuid4(), text="Hello <b>")
    page = unsigned.content.decode()
    assert (
        unsigned.status_code == 403
        and "You are signed out." in page
        and ">Hello &lt;b&gt;</textarea>" in page
    )
    careful = AsyncClient(enforce_csrf_checks=True)
    await careful.aforce_login(alice)
    assert (await send(careful, uuid4(), text="Hello")).status_code == 403
    assert await Message.objects.acount() == 0
