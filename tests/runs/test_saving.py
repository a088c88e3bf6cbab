"""How the end of an answer is saved, also if the model server sends bad values or the database refuses them."""

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from channels.db import database_sync_to_async
from django.db import connection

from chatsite.conversations.models import Completion, LogEntry, Message
from chatsite.providers.models import Model, Provider
from chatsite.runs.answer_task import MAX_ANSWER_CHARACTERS
from tests.upstream import chunk, delta, done, finish, reasoning

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@asynccontextmanager
async def refused(event: str, when: str):
    """The database refuses such changes for good, as it does where a row breaks a constraint."""
    await execute(
        f"CREATE TRIGGER refuse BEFORE {event} WHEN {when} BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    yield
    await execute("DROP TRIGGER refuse")


def answer(said: str, **usage: int) -> list[bytes]:
    return [delta(said), finish("stop"), chunk(None, usage=usage), done()]


@pytest.mark.parametrize("number", [-1, 2**31, 3_000_000_000, 2**62, 2**63, 10**30])
@pytest.mark.parametrize("counted", ["prompt_tokens", "completion_tokens"])
async def test_a_count_that_cannot_be_is_none_and_the_answer_is_complete(
    alice, provider, upstream, open_page, counted, number
):
    await Model.objects.aupdate(input_price=2, output_price=3)
    upstream.reply(
        chunks=answer("All of it.", **{"prompt_tokens": 5, "completion_tokens": 7, counted: number})
    )
    page = await open_page(alice)
    await page.ask("Hello?")
    finished = await page.until("reply.finished")
    run = await Completion.objects.select_related("message").aget()
    assert (finished["status"], run.status, run.message.text) == ("complete", "complete", "All of it.")
    counts = {"prompt_tokens": 5, "completion_tokens": 7, counted: None}
    assert {name: getattr(run, name) for name in counts} == counts


async def test_the_largest_count_is_kept(alice, provider, upstream, open_page):
    upstream.reply(chunks=answer("All.", prompt_tokens=0, completion_tokens=2**31 - 1))
    page = await open_page(alice)
    await page.ask("Hello?")
    await page.until("reply.finished")
    run = await Completion.objects.aget()
    assert (run.prompt_tokens, run.completion_tokens) == (0, 2**31 - 1)


async def test_an_answer_whose_cost_is_beyond_all_costs_can_be_read(
    alice, provider, upstream, open_page, site
):
    await Model.objects.aupdate(input_price=999_999, output_price=999_999)
    upstream.reply(chunks=answer("Dear.", prompt_tokens=2_000_000, completion_tokens=2_000_000))
    page = await open_page(alice)
    await page.ask("Hello?")
    assert (await page.until("reply.finished"))["status"] == "complete"
    assert (await site.get(f"/conversations/{page.conversation}/")).status_code == 200
    assert (await Completion.objects.aget()).cost is None


@pytest.mark.parametrize(
    ("price", "tokens", "cost"),
    [
        ("0.000001", 1, "0.00000000"),
        ("3.333333", 7, "0.00002333"),
        ("999999.999999", 1_000_000, "999999.99999900"),
        ("999999.999999", 1_000_001, None),
        ("1", 2**62, None),
        ("1", -(2**62), None),
    ],
)
def test_a_cost_is_rounded_as_it_is_stored_and_none_where_it_cannot_be(price, tokens, cost):
    model = Model(input_price=Decimal(0), output_price=Decimal(price))
    assert model.cost(0, tokens) == (cost and Decimal(cost))


async def test_an_answer_is_complete_though_its_provider_was_deleted_meanwhile(
    alice, provider, upstream, open_page
):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Hello?")
    hold.send("All of it.")
    await page.until_shown("All of it.")
    await Provider.objects.filter(pk=provider.pk).adelete()
    hold.write(finish("stop"), chunk(None, usage={"prompt_tokens": 5, "completion_tokens": 7}), done(), None)
    assert (await page.until("reply.finished"))["status"] == "complete"
    run = await Completion.objects.select_related("message").aget()
    assert (run.provider, run.completion_tokens, run.message.text) == (None, 7, "All of it.")


async def test_what_the_database_refuses_about_an_answer_is_left_out_at_once(
    alice, provider, upstream, open_page
):
    upstream.reply(chunks=answer("All of it.", prompt_tokens=5, completion_tokens=7))
    page = await open_page(alice)
    async with refused("UPDATE ON conversations_completion", "NEW.completion_tokens IS NOT NULL"):
        await page.ask("Hello?")
        finished = await page.until("reply.finished")
    assert (finished["status"], finished["usage"]) == ("complete", None)
    assert (await Message.objects.aget(uuid=finished["message"])).text == "All of it."


async def test_an_answer_that_the_database_refuses_as_it_is_ends_with_what_was_logged(
    alice, provider, upstream, open_page
):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Hello?")
    hold.send("Most of it.")
    async with asyncio.timeout(5):
        while not await LogEntry.objects.aexists():
            pass
    async with refused("UPDATE ON conversations_completion", "NEW.status = 'complete'"):
        hold.finish()
        finished = await page.until("reply.finished")
    assert (finished["status"], finished["error"]["kind"]) == ("failed", "not_saved")
    assert "the database refuses it" in finished["html"]
    assert (await Message.objects.aget(uuid=finished["message"])).text == "Most of it."


async def test_a_batch_that_was_written_without_a_word_is_not_written_twice(
    alice, provider, upstream, open_page
):
    """As when the connection to the database breaks after the commit and before its answer."""
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Hello?")
    completion = (await page.until("reply.started"))["completion"]
    await LogEntry.objects.acreate(completion_id=completion, offset=0, text="Written ")
    hold.send("Written once.")
    await page.until_shown("Written once.")
    await asyncio.sleep(1)
    hold.send(" And on.")
    await page.until_shown(" And on.")
    hold.finish()
    assert (await page.until("reply.finished"))["status"] == "complete"
    logged = [text async for text in LogEntry.objects.order_by("offset").values_list("text", flat=True)]
    assert "".join(logged) == "Written once. And on."
    assert logged[0] == "Written "


@pytest.mark.parametrize("kind", [delta, reasoning])
async def test_an_answer_has_as_many_characters_as_are_kept_however_they_come(
    alice, provider, upstream, open_page, kind
):
    upstream.reply(chunks=[delta("Begun. "), kind("<" * 2 * MAX_ANSWER_CHARACTERS), finish("stop"), done()])
    page = await open_page(alice)
    await page.ask("Go on for ever.")
    finished = await page.until("reply.finished")
    message = await Message.objects.aget(uuid=finished["message"])
    assert len(message.text + message.reasoning) == MAX_ANSWER_CHARACTERS
    assert (finished["status"], finished["error"]["kind"]) == ("failed", "limit")


async def test_an_answer_of_exactly_the_most_that_is_kept_is_complete(alice, provider, upstream, open_page):
    upstream.reply(["x" * (MAX_ANSWER_CHARACTERS - 1), "x"])
    page = await open_page(alice)
    await page.ask("Say very much.")
    finished = await page.until("reply.finished")
    assert finished["status"] == "complete"
    assert len((await Message.objects.aget(uuid=finished["message"])).text) == MAX_ANSWER_CHARACTERS


async def test_an_answer_that_is_continued_has_no_more_than_is_kept(alice, provider, upstream, open_page):
    upstream.cut(after="x" * 1000)
    upstream.reply(["y" * MAX_ANSWER_CHARACTERS])
    page = await open_page(alice)
    await page.ask("Say very much.")
    message = (await page.until("reply.finished"))["message"]
    page.answer.forget()
    await page.send("reply.continue", message=message)
    finished = await page.until("reply.finished")
    assert len((await Message.objects.aget(uuid=message)).text) == MAX_ANSWER_CHARACTERS
    assert finished["error"]["kind"] == "limit" and "data-continue" not in finished["html"]
