"""The same conversation where WebSockets are blocked: events by a stream, commands by POST."""

import json
from contextlib import aclosing
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.db import connection
from django.test import AsyncClient

from chatsite.chat import sse
from chatsite.conversations.models import Completion, Message

pytestmark = pytest.mark.django_db(transaction=True)


async def events(response):
    """The events of a stream, as they come."""
    async with aclosing(aiter(response.streaming_content)) as parts:
        async for part in parts:
            if part.startswith(b"data: "):
                yield json.loads(part.removeprefix(b"data: "))


async def post(site, conversation, **command):
    url = f"/conversations/{conversation}/frames/"
    return await site.post(url, json.dumps(command), content_type="application/json")


async def test_a_question_by_post_is_answered_by_the_stream(site, provider, upstream):
    hold, conversation, shown = upstream.hold(), uuid4(), ""
    stream = await site.get(f"/conversations/{conversation}/events/")
    assert stream["Content-Type"] == "text/event-stream"
    sent = await post(site, conversation, type="message.create", id=str(uuid4()), text="Hello?")
    assert sent.status_code == 204
    async with aclosing(events(stream)) as heard:
        async for event in heard:
            if event["type"] == "conversation.opened":
                hold.send("Hello from upstream.")
                hold.finish()
            shown += event.get("text", "")
            if event["type"] == "reply.finished":
                break
    assert shown == (await Message.objects.aget(role="assistant")).text == "Hello from upstream."


async def test_events_are_not_held_back_to_be_compressed(site, provider, upstream):
    hold, conversation = upstream.hold(), uuid4()
    stream = await site.get(f"/conversations/{conversation}/events/", headers={"Accept-Encoding": "gzip"})
    await post(site, conversation, type="message.create", id=str(uuid4()), text="Hello?")
    hold.send("First words.")
    async with aclosing(events(stream)) as heard:
        async for event in heard:
            if event.get("text") == "First words.":
                break
    hold.finish()


async def test_pages_are_compressed(site, provider):
    page = await site.get("/", headers={"Accept-Encoding": "gzip"}, follow=True)
    assert page["Content-Encoding"] == "gzip"


async def test_a_stream_continues_from_where_the_page_is(site, provider, upstream):
    hold, conversation = upstream.hold(), uuid4()
    await post(site, conversation, type="message.create", id=str(uuid4()), text="Hello?")
    hold.send("0123456789")
    message = await Message.objects.aget(role="assistant")
    stream = await site.get(f"/conversations/{conversation}/events/", {"at": f"{message.uuid}:4:0"})
    async with aclosing(events(stream)) as heard:
        async for event in heard:
            if event["type"] == "reply.delta" and event["end"] == 10:
                break
    assert (event["offset"], event["text"]) == (4, "456789") or event["offset"] > 4


async def test_a_stream_begins_at_the_beginning_of_another_run_than_the_page_has(site, provider, upstream):
    hold, conversation = upstream.hold(), uuid4()
    await post(site, conversation, type="message.create", id=str(uuid4()), text="Hello?")
    hold.send("0123456789")
    run = await Completion.objects.select_related("message").aget()
    place = f"{run.message.uuid}:4:0:{run.pk + 1}"
    stream = await site.get(f"/conversations/{conversation}/events/", {"at": place})
    async with aclosing(events(stream)) as heard:
        async for event in heard:
            if event["type"] == "reply.delta":
                break
    assert event["offset"] == 0 and event["text"].startswith("0")


async def test_an_answer_is_stopped_by_post(site, provider, upstream):
    upstream.hold()
    conversation = uuid4()
    await post(site, conversation, type="message.create", id=str(uuid4()), text="Hello?")
    message = await Message.objects.aget(role="assistant")
    await upstream.requested(1)
    assert (await post(site, conversation, type="reply.stop", message=str(message.uuid))).status_code == 204
    await upstream.closed()


async def test_one_response_is_bounded(site, provider, upstream, monkeypatch):
    monkeypatch.setattr(sse, "MAX_RESPONSE_CHARACTERS", 2000)
    upstream.reply("word " * 2000, pace=0)
    conversation = uuid4()
    stream = await site.get(f"/conversations/{conversation}/events/")
    await post(site, conversation, type="message.create", id=str(uuid4()), text="Hello?")
    heard = [event async for event in events(stream)]
    assert "reply.finished" not in [event["type"] for event in heard]


async def test_what_cannot_be_done_is_answered_in_words(site, provider):
    refused = await post(site, uuid4(), type="message.create", id=str(uuid4()), text=" ")
    assert refused.status_code == 422
    assert json.loads(refused.content)["code"] == "empty"
    assert (await site.get(f"/conversations/{uuid4()}/events/", {"at": "nonsense"})).status_code == 404


async def test_a_strangers_conversation_has_no_stream(site, mallory, provider):
    conversation = uuid4()
    await post(site, conversation, type="message.create", id=str(uuid4()), text="My secret.")
    theirs = AsyncClient()
    await theirs.aforce_login(mallory)
    assert (await theirs.get(f"/conversations/{conversation}/events/")).status_code == 404
    refused = await post(theirs, conversation, type="message.create", id=str(uuid4()), text="Mine?")
    assert json.loads(refused.content)["code"] == "not_found"


async def test_nobody_signed_in_is_asked_to_sign_in(provider, db):
    assert (await AsyncClient().get(f"/conversations/{uuid4()}/events/")).status_code == 401
    assert (await post(AsyncClient(), uuid4(), type="reply.stop")).status_code == 401


@pytest.fixture
async def database_away(site):
    """The database refuses every statement that a sign-in needs."""
    rename = database_sync_to_async(
        lambda a, b: connection.cursor().execute(f"ALTER TABLE {a} RENAME TO {b}")
    )
    await rename("django_session", "away")
    yield
    await rename("away", "django_session")


async def test_while_the_database_is_away_a_message_is_answered_in_a_sentence(site, database_away):
    message = str(uuid4())
    refused = await post(site, uuid4(), type="message.create", id=message, text="Hello?")
    error = json.loads(refused.content)
    assert (refused.status_code, error["code"], error["ref"]) == (503, "unavailable", message)
    assert "database" in error["detail"]
    assert (await site.get(f"/conversations/{uuid4()}/events/")).status_code == 503


async def test_while_the_database_is_away_the_form_gives_the_text_back(site, database_away):
    refused = await site.post(f"/conversations/{uuid4()}/send/", {"text": "My <long> letter"})
    page = refused.content.decode()
    assert refused.status_code == 503
    assert "The database is unavailable" in page and "My &lt;long&gt; letter" in page
