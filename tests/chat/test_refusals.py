"""What the socket of a conversation refuses: strangers, and commands that cannot be done."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from chatsite.conversations.models import Completion, Message, Status

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_strangers_conversation_is_not_there(alice, mallory, provider, open_page):
    page = await open_page(alice)
    await page.ask("My secret.")
    await page.until("reply.finished")
    theirs = await open_page(mallory, page.conversation, refused=True)
    assert (await theirs.communicator.receive_output(timeout=2))["code"] == 4404


async def test_a_stranger_cannot_stop_or_follow_an_answer(alice, mallory, provider, upstream, open_page):
    upstream.hold()
    page = await open_page(alice)
    await page.ask("My secret.")
    message = (await page.until("reply.started"))["message"]
    theirs = await open_page(mallory)
    for kind in ("reply.stop", "events.resume"):
        await theirs.send(kind, message=message)
        assert (await theirs.until("error"))["code"] == "not_found"
    assert await Completion.objects.filter(status=Status.STREAMING, stop_requested=False).acount() == 1


async def test_nobody_signed_in_is_asked_to_sign_in(provider, open_page):
    page = await open_page(AnonymousUser(), refused=True)
    assert (await page.communicator.receive_output(timeout=2))["code"] == 4401


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("not json", "bad_frame"),
        ("[1, 2]", "bad_frame"),
        ('{"type": 5}', "bad_frame"),
        ("[" * 5000, "bad_frame"),
        ('{"type": "no.such"}', "unknown_type"),
        ('{"type": "message.create", "id": "nope", "text": "x"}', "bad_frame"),
        ('{"type": "message.create", "id": "$ID", "text": 5}', "bad_frame"),
        ('{"type": "message.create", "id": "$ID", "text": "  "}', "empty"),
        (
            '{"type": "message.create", "id": "$ID", "text": "x", "parent": "$ID"}',
            "bad_parent",
        ),
        (
            '{"type": "message.create", "id": "$ID", "text": "x", "model": "no"}',
            "unknown_model",
        ),
        (
            '{"type": "message.create", "id": "$ID", "text": "x", "prompt": "no"}',
            "unknown_prompt",
        ),
        (
            '{"type": "message.create", "id": "$ID", "text": "x", "params": {"n": 3}}',
            "bad_params",
        ),
        ('{"type": "reply.create", "parent": "$ID"}', "not_found"),
        ('{"type": "events.resume", "message": "$ID", "offset": -1}', "bad_frame"),
    ],
)
async def test_a_command_that_cannot_be_done_is_answered_in_words(alice, provider, open_page, command, code):
    page = await open_page(alice)
    await page.communicator.send_to(text_data=command.replace("$ID", str(uuid.uuid4())))
    error = await page.until("error")
    assert error["code"] == code and error["detail"].endswith((".", "yet."))
    await page.ask("Still there?")
    assert (await page.until("reply.finished"))["status"] == "complete"


async def test_half_a_surrogate_pair_and_nul_do_no_harm(alice, provider, upstream, open_page):
    page = await open_page(alice)
    await page.communicator.send_to(
        text_data='{"type": "message.create", "id": "$ID", "text": "a\\u0000b\\ud83c!"}'.replace(
            "$ID", str(uuid.uuid4())
        )
    )
    await page.until("reply.finished")
    assert (await Message.objects.aget(role="user")).text == "ab\ufffd!"


@pytest.mark.parametrize("command", ['{"type": "conversation.check"}', "not json"])
async def test_a_page_that_asks_nonsense_or_how_it_is_on_and_on_is_closed(alice, open_page, command):
    page = await open_page(alice)
    for _ in range(400):
        await page.communicator.send_to(text_data=command)
    answered = 0
    while (output := await page.communicator.receive_output(timeout=5))["type"] == "websocket.send":
        answered += 1
    assert output["code"] == 4429 and answered < 100
