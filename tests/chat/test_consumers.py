"""The socket of a conversation, spoken to as the page does."""

from uuid import uuid4

import pytest
from channels.db import database_sync_to_async

from chatsite.chat import events
from chatsite.chat.changes import CHANGES
from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.prompts.models import SystemPrompt
from chatsite.runs.process import PROCESS
from tests.upstream import delta, done, finish, reasoning

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def begun(user, conversation):
    return create_message(user, conversation, NewMessage(uuid4(), "Hello?"))


async def test_a_question_is_answered_and_stored(alice, provider, upstream, open_page):
    upstream.reply("The answer is **42**.", pace=0.01)
    page = await open_page(alice)
    await page.ask("What is the answer?")
    finished = await page.until("reply.finished")
    assert (finished["status"], finished["finish_reason"]) == ("complete", "stop")
    assert page.text == "The answer is **42**."
    stored = await Message.objects.aget(uuid=finished["message"])
    assert stored.text == page.text
    assert page.html in finished["html"]


async def test_events_come_in_the_order_that_a_page_needs(alice, provider, open_page):
    page = await open_page(alice)
    asked = await page.ask("Hello?")
    await page.until("reply.finished")
    kinds = [event["type"] for event in page.events if event["type"] != "conversation.changed"]
    assert kinds[:3] == ["conversation.opened", "message.created", "reply.started"]
    assert set(kinds[3:-1]) == {"reply.delta"} and kinds[-1] == "reply.finished"
    created, started = page.events[1:3]
    assert (created["id"], created["role"], created["parent"]) == (asked, "user", None)
    assert started["parent"] == asked


async def test_an_answer_that_ends_at_once_is_shown_before_its_end(alice, provider, open_page):
    page = await open_page(alice)
    turn = await begun(alice, page.conversation)
    PROCESS.runs.start(turn)
    changed = await page.until("conversation.changed", answering=False)
    assert changed["head"] in [event.get("message") for event in page.events]
    # Its beginning comes too late.
    CHANGES.began(turn, await database_sync_to_async(events.turn)(turn.message, turn.completion))
    await page.until("conversation.changed")
    assert [event["type"] for event in page.events].count("reply.started") == 1


async def test_the_default_prompt_is_sent_first_and_named_by_the_answer(alice, provider, upstream, open_page):
    prompt = await SystemPrompt.objects.acreate(name="Careful", is_default=True)
    version = await database_sync_to_async(prompt.publish)("Be careful.")
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    assert upstream.requests[0].json["messages"] == [
        {"role": "system", "content": "Be careful."},
        {"role": "user", "content": "Hello?"},
    ]
    run = await Completion.objects.aget(pk=finished["completion"])
    assert run.prompt_version_id == version.pk
    assert "Careful" in finished["html"]


async def test_the_history_is_sent_whole(alice, provider, upstream, open_page):
    page = await open_page(alice)
    for question in ("One?", "Two?"):
        await page.ask(question)
        await page.until("reply.finished")
        page.answer.forget()
    contents = [message["content"] for message in upstream.requests[1].json["messages"]]
    assert contents == ["One?", "Hello from upstream.", "Two?"]


async def test_stop_keeps_the_text_so_far_and_closes_the_upstream(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Tell me everything.")
    hold.send("So far")
    await page.until_shown("So far")
    await page.send("reply.stop", message=page.events[-1]["message"])
    finished = await page.until("reply.finished")
    assert finished["status"] == "stopped"
    await upstream.closed()
    assert (await Message.objects.aget(uuid=finished["message"])).text == "So far"


async def test_stop_works_before_the_first_delta(alice, provider, upstream, open_page):
    upstream.hang()
    page = await open_page(alice)
    await page.ask("Anybody there?")
    started = await page.until("reply.started")
    await upstream.requested(1)
    await page.send("reply.stop", message=started["message"])
    assert (await page.until("reply.finished"))["status"] == "stopped"
    await upstream.closed()


async def test_an_answer_continues_when_its_tab_is_closed(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("A long one, please.")
    hold.send("First half, ")
    await page.until_shown("First half, ")
    await page.communicator.disconnect()
    hold.send("second half.")
    hold.finish()
    again = await open_page(alice, page.conversation)
    if again.events[0]["running"]:
        await again.until("reply.finished")
    assert (await Message.objects.aget(role="assistant")).text == "First half, second half."


async def test_a_tab_opened_in_mid_answer_is_shown_all_of_it(alice, provider, upstream, open_page):
    hold = upstream.hold()
    first = await open_page(alice)
    await first.ask("Hello?")
    hold.send("From the very ")
    await first.until_shown("From the very ")
    second = await open_page(alice, first.conversation)
    hold.send("beginning.")
    hold.finish()
    one, two = await first.until("reply.finished"), await second.until("reply.finished")
    assert first.text == second.text == "From the very beginning."
    assert one["html"] == two["html"]


async def test_another_tab_sees_a_question_and_its_answer_live(alice, provider, open_page):
    first = await open_page(alice)
    second = await open_page(alice, first.conversation)
    asked = await first.ask("Hello?")
    assert (await second.until("message.created"))["id"] == asked
    await second.until("reply.finished")
    assert second.text == "Hello from upstream."


async def test_any_tab_can_stop_an_answer(alice, provider, upstream, open_page):
    upstream.hold()
    first = await open_page(alice)
    second = await open_page(alice, first.conversation)
    await first.ask("Hello?")
    started = await second.until("reply.started")
    await second.send("reply.stop", message=started["message"])
    assert (await first.until("reply.finished"))["status"] == "stopped"


async def test_a_message_sent_twice_is_one_message_and_one_answer(alice, provider, upstream, open_page):
    page = await open_page(alice)
    asked = await page.ask("Hello?")
    await page.until("reply.finished")
    page.answer.forget()
    await page.send("message.create", id=asked, text="Hello?")
    assert (await page.until("message.created"))["id"] == asked
    await page.until("reply.finished")
    assert len(upstream.requests) == 1
    assert await Message.objects.acount() == 2


async def test_retry_makes_a_sibling(alice, provider, upstream, open_page):
    upstream.reply(status=400, body={"error": {"message": "No such thing."}})
    page = await open_page(alice)
    asked = await page.ask("Hello?")
    failed = await page.until("reply.finished")
    assert (failed["status"], failed["error"]["kind"]) == ("failed", "status")
    await page.send("reply.create", parent=asked)
    finished = await page.until("reply.finished")
    assert finished["status"] == "complete"
    answers = [answer async for answer in Message.objects.filter(parent__uuid=asked).order_by("pk")]
    assert [answer.text for answer in answers] == ["", "Hello from upstream."]


async def test_what_came_before_a_failure_is_kept(alice, provider, upstream, open_page):
    upstream.cut(after="Half an ans")
    page = await open_page(alice)
    await page.ask("Hello?")
    failed = await page.until("reply.finished")
    assert failed["status"] == "failed" and failed["error"]["detail"]
    assert (await Message.objects.aget(uuid=failed["message"])).text == "Half an ans"


async def test_reasoning_is_kept_apart_from_the_text(alice, provider, upstream, open_page):
    upstream.reply(chunks=[reasoning("Let me think."), delta("Done."), finish("stop"), done()])
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    stored = await Message.objects.aget(uuid=finished["message"])
    assert (stored.reasoning, stored.text) == (page.reasoning, page.text) == ("Let me think.", "Done.")


async def test_a_second_question_waits_for_the_first_answer(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("First?")
    await upstream.requested(1)
    second = await page.ask("Second?")
    refusal = await page.until("error")
    assert (refusal["code"], refusal["ref"]) == ("busy", second)
    hold.finish()
    await page.until("reply.finished")
    await page.ask("Third?")
    await upstream.requested(2)
    asked = [request.json["messages"][-1]["content"] for request in upstream.requests]
    assert asked == ["First?", "Third?"]


async def test_a_new_conversation_is_made_by_its_first_message_only(alice, provider, open_page):
    page = await open_page(alice)
    assert await Conversation.objects.acount() == 0
    await page.ask("Hello?\nSecond line")
    await page.until("reply.finished")
    conversation = await Conversation.objects.aget(uuid=page.conversation)
    assert conversation.title == "Hello?"
