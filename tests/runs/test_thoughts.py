"""A thought without its opening tag becomes reasoning when the tag comes that closes it."""

from copy import deepcopy
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async

from chatsite.completions.thinking import read_apart
from chatsite.conversations.models import Completion, Message
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.runs import log
from chatsite.runs.ends import Failed
from chatsite.runs.process import PROCESS
from chatsite.runs.tails import Tail
from chatsite.runs.transcript import Transcript
from tests.upstream import delta, done, finish

END = Failed("gone", "It is over.")

pytestmark = pytest.mark.django_db(transaction=True)

THOUGHT = "The person wants a **colour**.\n\nBlue is calm.\n"


async def test_it_stands_in_the_answer_only_until_its_tag_comes(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Which colour?")
    hold.send(THOUGHT)
    await page.until_shown(THOUGHT)
    assert "Blue is calm." in page.html
    for piece in ("</th", "ink>", "\n\nBlue", "."):
        hold.send(piece)
    while page.text != "\n\nBlue.":
        await page.until("reply.delta")
    assert page.reasoning == THOUGHT
    assert "Blue." in page.html and "calm" not in page.html
    hold.finish()
    finished = await page.until("reply.finished")
    message = await Message.objects.aget(uuid=finished["message"])
    assert (message.text, message.reasoning) == ("\n\nBlue.", THOUGHT)
    assert page.html in finished["html"] and "calm.</p>" in finished["html"]


async def test_reasoning_is_typed_as_it_comes_and_rendered_at_its_end(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Which colour?")
    hold.send("<think>Red or **blue**? <script>alert(1)</script></think>Blue.")
    await page.until_shown("Blue.")
    other = await database_sync_to_async(lambda: Message.objects.get(role="assistant").reasoning_html)()
    assert "<strong>" not in other
    hold.finish()
    finished = await page.until("reply.finished")
    assert "Red or <strong>blue</strong>?" in finished["html"] and "<script" not in finished["html"]


@pytest.mark.parametrize("tag", ["</think>", "[/THINK]", "</thought>"])
async def test_the_next_turn_does_not_send_it_again(alice, provider, upstream, open_page, tag):
    upstream.reply(THOUGHT + tag + "Blue.")
    page = await open_page(alice)
    await page.ask("Which colour?")
    await page.until("reply.finished")
    await page.ask("Why?")
    await page.until("reply.finished")
    said = [message["content"] for message in upstream.requests[1].json["messages"]]
    assert said == ["Which colour?", "Blue.", "Why?"]


async def test_a_page_that_comes_back_after_the_tag_sees_it_as_reasoning(
    alice, provider, upstream, open_page
):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Which colour?")
    hold.send(THOUGHT)
    await page.until_shown(THOUGHT)
    hold.send("</think>Blue")
    while page.text != "Blue":
        await page.until("reply.delta")
    late = await open_page(alice, page.conversation)
    late.answer = deepcopy(page.answer)
    late.answer.text, late.answer.end, late.answer.settled = "", 10, ["<p>The person</p>"]
    await late.resume(page.message)
    while late.text != "Blue":
        await late.until("reply.delta")
    assert (late.reasoning, late.html) == (THOUGHT, page.html)
    hold.finish()
    await late.until("reply.finished")


async def test_a_stopped_answer_keeps_it_apart(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Which colour?")
    hold.send(THOUGHT + "</think>Blue")
    while page.text != "Blue":
        await page.until("reply.delta")
    await page.send("reply.stop", message=page.message)
    finished = await page.until("reply.finished")
    message = await Message.objects.aget(uuid=finished["message"])
    assert (message.text, message.reasoning, finished["status"]) == ("Blue", THOUGHT, "stopped")


async def test_a_continued_answer_keeps_what_it_had(alice, provider, upstream, open_page):
    upstream.reply(chunks=[delta("Once "), finish("length"), done()])
    upstream.reply(THOUGHT + "</think>upon a time.")
    page = await open_page(alice)
    await page.ask("Tell me a story.")
    finished = await page.until("reply.finished")
    await page.send("reply.continue", message=finished["message"])
    finished = await page.until("reply.finished")
    message = await Message.objects.aget(uuid=finished["message"])
    assert (message.text, message.reasoning) == ("Once upon a time.", THOUGHT)
    assert page.html in finished["html"]


@database_sync_to_async
def logged(alice, *pieces: str) -> Completion:
    """A run whose log holds these pieces."""
    turn = create_message(alice, uuid4(), NewMessage(uuid4(), "Which colour?"))
    offset = 0
    for piece in pieces:
        turn.completion.log.create(offset=offset, text=piece)
        offset += len(piece)
    return turn.completion


async def test_what_a_killed_process_has_logged_is_told_apart(alice, provider):
    run = await logged(alice, THOUGHT, "</thi", "nk>Blue")
    assert await database_sync_to_async(run.logged)() == ("Blue", THOUGHT)


async def test_another_process_shows_it_as_reasoning(alice, provider):
    run = await logged(alice, THOUGHT, "</thi", "nk>Blue")
    tail = Tail(run, PROCESS.hints)
    reading = await log.read(run, 0)
    for kind, text in reading.pieces:
        tail.transcript.append(kind, text)
    new = tail.transcript.slice(0, 0)
    assert (new.text, new.reasoning, new.end) == ("Blue", THOUGHT, len(THOUGHT + "</think>Blue"))


async def test_the_log_keeps_what_the_upstream_sent():
    transcript = Transcript()
    for character in THOUGHT + "</think>Blue.":
        transcript.append("text", character)
    assert transcript.since(0) == [("text", THOUGHT + "</think>Blue.")]
    assert (transcript.text, transcript.reasoning) == ("Blue.", THOUGHT)


async def test_a_long_thought_is_shown_in_slices_to_its_end():
    transcript = Transcript()
    transcript.append("text", "Hm. " * 50_000)
    transcript.append("text", "</think>Blue.")
    transcript.close(END)
    slices = [new async for new in transcript.follow()]
    assert "".join(new.reasoning for new in slices) == "Hm. " * 50_000
    assert "".join(new.text for new in slices) == "Blue."


TAGS_IN_CODE = "`</think>` is code > text. " * 7


@pytest.mark.parametrize("size", [1, 3, 50, 1000])
@pytest.mark.parametrize("quoted", [TAGS_IN_CODE, "`</think>` " * 9, "```x```\n", '"</think>" '])
async def test_a_running_answer_is_told_apart_as_its_log_is_however_it_comes(quoted, size):
    text = quoted + THOUGHT + "</think>Blue."
    transcript = Transcript()
    for at in range(0, len(text), size):
        transcript.append("text", text[at : at + size])
    assert (transcript.text, transcript.reasoning) == read_apart([("text", text)])


async def test_an_answer_about_tags_stays_as_it_is():
    transcript = Transcript()
    for _ in range(30):
        transcript.append("text", "Write `</think>` or\n```\n</think>\n```\n")
    assert transcript.reasoning == ""
