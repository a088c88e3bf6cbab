"""Where a page is when it connects, what it has missed, and what it has of an answer already."""

import asyncio
import json
from copy import deepcopy

import pytest

from chatsite.conversations.models import Message
from chatsite.limits import MAX_EVENT_CHARACTERS
from tests.harness.recovery import write_lock
from tests.upstream import delta, done, finish

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_page_is_told_where_the_conversation_is_when_it_comes_and_when_it_asks(
    alice, provider, open_page
):
    page = await open_page(alice)
    opened = page.events[0]
    assert [opened[field] for field in ("title", "head", "newest", "running")] == [None, None, 0, []]
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    again = await open_page(alice, page.conversation)
    await again.send("conversation.check")
    for state in (again.events[0], await again.until("conversation.checked")):
        assert (state["title"], state["running"]) == ("Hello?", [])
        assert (state["head"], state["newest"]) == (finished["message"], finished["completion"])


async def test_a_page_that_has_part_of_an_answer_is_sent_the_rest(alice, provider, upstream, open_page):
    hold = upstream.hold()
    first = await open_page(alice)
    await first.ask("Hello?")
    hold.send("First. ")
    await first.until_shown("First. ")
    again = await open_page(alice, first.conversation)
    again.answer = deepcopy(first.answer)
    (message,) = again.events[0]["running"]
    await again.resume(message)
    hold.send("Second.")
    hold.finish()
    await again.until("reply.finished")
    assert again.text == "First. Second."


async def test_a_page_that_has_part_of_another_run_is_sent_the_new_one_from_its_beginning(
    alice, provider, upstream, open_page
):
    message, first, page = await written_by_a_second_run(alice, upstream, open_page)
    await page.send("events.resume", message=message, offset=4, blocks=0, completion=first)
    delta = await page.until("reply.delta", offset=0)
    assert delta["text"] == "The second run."


async def test_a_page_that_names_no_run_continues_in_the_newest(alice, provider, upstream, open_page):
    message, _, page = await written_by_a_second_run(alice, upstream, open_page)
    await page.send("events.resume", message=message, offset=4, blocks=0)
    delta = await page.until("reply.delta")
    assert (delta["offset"], delta["text"]) == (4, "second run.")


async def written_by_a_second_run(alice, upstream, open_page):
    """A message that a second run writes: its id, the first run's, and a page that has just been opened on it."""
    upstream.hang(after="The first run.")
    page = await open_page(alice)
    await page.ask("Hello?")
    await page.until_shown("The first run.")
    await page.send("reply.stop", message=page.message)
    first = (await page.until("reply.finished"))["completion"]
    hold = upstream.hold()
    await page.send("reply.continue", message=page.message)
    await page.until("reply.started")
    hold.send("The second run.")
    while (await page.until("reply.delta"))["end"] < len("The second run."):
        pass
    return page.message, first, await open_page(alice, page.conversation)


async def test_a_message_is_answered_though_its_page_went_while_it_was_saved(
    alice, provider, upstream, open_page
):
    hold = upstream.hold()
    page = await open_page(alice)
    with write_lock():
        await page.ask("Hello?")
        await asyncio.sleep(0.2)
        await page.communicator.disconnect()
    again = await open_page(alice, page.conversation)
    hold.send("Hello.")
    await again.until_shown("Hello.")
    hold.finish()
    assert (await again.until("reply.finished"))["status"] == "complete"
    assert len(upstream.requests) == 1


async def test_what_no_event_holds_is_fetched_and_the_end_comes_all_the_same(
    alice, provider, upstream, open_page
):
    text = ("<" * 100 + "\n\n") * 3000
    upstream.reply(chunks=[delta(text), finish("stop"), done()])
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    assert finished["status"] == "complete" and "html" not in finished
    assert max(len(json.dumps(event)) for event in page.events) <= MAX_EVENT_CHARACTERS
    assert (await Message.objects.aget(uuid=finished["message"])).text == text
