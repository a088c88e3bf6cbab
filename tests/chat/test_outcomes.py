"""What an answer says of its own end."""

import html

import pytest

from chatsite.conversations.models import Completion, Message
from tests.upstream import chunk, delta, done, finish, reasoning

pytestmark = pytest.mark.django_db(transaction=True)

ENDS = {
    "a refusal": ([chunk({"refusal": "I can't help with that."}), finish()], "I can't help with that."),
    "a filter before the first word": ([finish("content_filter")], "content filter blocked the answer"),
    "a filter in mid-answer": (
        [delta("Well, "), finish("content_filter")],
        "content filter cut off this answer",
    ),
    "a limit in mid-answer": ([delta("Well, "), finish("length")], "because it reached its length limit"),
    "a limit before the answer": ([reasoning("Hm."), finish("length")], "reached its length limit before"),
    "a limit before anything": ([finish("max_tokens")], "reached its length limit before"),
    "a filter's other names": ([finish("content-filter")], "content filter blocked the answer"),
    "a guardrail": ([finish("GUARDRAIL_INTERVENED")], "content filter blocked the answer"),
    "a limit's other names": ([finish("max-output-tokens")], "reached its length limit before"),
    "reasoning alone": ([delta("<think>Hello! How"), finish()], "The answer is all in Reasoning."),
    "reasoning apart": ([reasoning("Hm."), delta("\n\n"), finish()], "The answer is all in Reasoning."),
    "a tool": (
        [chunk({"tool_calls": [{"function": {"name": "f"}}]}), finish("tool_calls")],
        "asked for a tool",
    ),
    "blanks": ([delta(" \n"), finish()], "The model returned an empty answer."),
}


@pytest.mark.parametrize(("steps", "sentence"), ENDS.values(), ids=ENDS.keys())
async def test_an_end_says_why(alice, provider, upstream, open_page, steps, sentence):
    upstream.reply(chunks=[*steps, done()])
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    assert (finished["status"], finished["error"]) == ("complete", None)
    assert sentence in html.unescape(finished["html"])


@pytest.mark.parametrize(
    ("reason", "sentence"), [("OTHER", "It gave “OTHER” as the reason."), ("stop", "sent no answer.")]
)
async def test_an_answer_of_nothing_says_what_its_server_said(
    alice, provider, upstream, open_page, reason, sentence
):
    upstream.reply(chunks=[finish(reason), done()])
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    assert finished["status"] == "failed" and finished["error"]["detail"].endswith(sentence)


async def test_the_reason_of_an_empty_answer_is_kept(alice, provider, upstream, open_page):
    upstream.reply(chunks=[finish("content_filter"), done()])
    page = await open_page(alice)
    await page.ask("Hello?")
    assert (await page.until("reply.finished"))["finish_reason"] == "content_filter"


async def test_an_answer_that_is_all_reasoning_shows_it(alice, provider, upstream, open_page):
    upstream.reply("<think>Hello! How can I help you today?")
    page = await open_page(alice)
    await page.ask("Hello?")
    shown = (await page.until("reply.finished"))["html"]
    assert '<details class="reasoning" open>' in shown
    assert "Hello! How can I help you today?" in shown


async def test_an_empty_thought_is_no_reasoning(alice, provider, upstream, open_page):
    upstream.reply("<think>\n\n</think>\n\nBlue.")
    page = await open_page(alice)
    await page.ask("Which colour?")
    assert "Reasoning" not in (await page.until("reply.finished"))["html"]


async def test_an_answer_of_blanks_is_not_sent_again(alice, provider, upstream, open_page):
    upstream.reply("<think>Hm.</think>\n\n")
    page = await open_page(alice)
    for text in ("Which colour?", "Well?"):
        await page.ask(text)
        await page.until("reply.finished")
    said = [message["content"] for message in upstream.requests[1].json["messages"]]
    assert said == ["Which colour?", "Well?"]


async def test_reasoning_that_was_cut_by_the_length_limit_is_continued(alice, provider, upstream, open_page):
    upstream.reply(chunks=[reasoning("Hm, "), finish("length"), done()])
    upstream.reply(chunks=[reasoning("well."), delta("Blue."), finish(), done()])
    page = await open_page(alice)
    await page.ask("Which colour?")
    finished = await page.until("reply.finished")
    assert "data-continue" in finished["html"]
    await page.send("reply.continue", message=finished["message"])
    await page.until("reply.finished")
    message = await Message.objects.aget(uuid=finished["message"])
    assert (message.text, message.reasoning) == ("Blue.", "Hm, well.")


async def test_a_count_that_no_column_holds_loses_no_answer(alice, provider, upstream, open_page):
    usage = {"prompt_tokens": -1, "completion_tokens": 3_000_000_000, "total_tokens": 10**30}
    upstream.reply(chunks=[delta("Hello"), chunk({}, "stop", usage=usage), done()])
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    run = await Completion.objects.aget()
    assert (finished["status"], run.prompt_tokens, run.completion_tokens) == ("complete", None, None)
