"""A model titles a conversation after its first answer, and never delays the chat."""

import pytest

from chatsite.conversations.models import Completion, Conversation
from chatsite.providers.models import Model, Origin, Provider
from chatsite.runs.process import PROCESS
from chatsite.usage.models import Source, UsageDay
from tests.upstream import Upstream, chunk, delta, done, finish

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How do I sort a list in Python?"


@pytest.fixture(autouse=True)
def titles(settings):
    """Each conversation's own model titles it, as on a site that sets nothing."""
    settings.TITLE_MODEL = ""


@pytest.fixture
def answered(alice, provider, upstream, open_page):
    """Opens a page, asks there, and waits for the answer's end. What follows upstream is queued before."""

    async def answered():
        page = await open_page(alice)
        await page.ask(QUESTION)
        await page.until("reply.finished")
        return page

    return answered


async def stored(page) -> Conversation:
    return await Conversation.objects.aget(uuid=page.conversation)


async def titled(page) -> str:
    """The title once no request for one is under way."""
    await PROCESS.titles.ended_all()
    return (await stored(page)).title


async def test_the_title_arrives_on_open_pages_and_is_stored(alice, answered, upstream, open_page):
    upstream.reply("Call sorted.")
    upstream.reply("Sorting lists")
    other = await open_page(alice, path="/ws/me/")
    page = await answered()
    assert not (await page.until("conversation.changed", title="Sorting lists"))["answering"]
    await other.until("conversation.changed", title="Sorting lists")
    assert await titled(page) == "Sorting lists"


async def test_the_same_model_is_asked_for_it_with_the_turn_and_that_is_no_answer(answered, upstream):
    upstream.reply("Call sorted.")
    upstream.reply("Sorting lists")
    await titled(await answered())
    answer, title = upstream.requests
    assert title.json["model"] == answer.json["model"] == "test-model"
    ((message),) = title.json["messages"]
    assert QUESTION in message["content"] and "Call sorted." in message["content"]
    assert await Completion.objects.acount() == 1


async def test_a_conversation_is_titled_once(answered, upstream):
    upstream.reply("Call sorted.")
    upstream.reply("Sorting lists")
    page = await answered()
    assert await titled(page) == "Sorting lists"
    await page.ask("And in place?")
    await page.until("reply.finished")
    assert await titled(page) == "Sorting lists" and len(upstream.requests) == 3


async def test_a_title_that_hangs_keeps_nobody_from_the_next_answer(answered, upstream):
    upstream.reply("Call sorted.")
    upstream.hang()
    page = await answered()
    await upstream.requested(2)
    await page.ask("And in place?")
    assert (await page.until("reply.finished"))["status"] == "complete"
    assert (await stored(page)).title == QUESTION


async def test_a_name_that_a_person_gives_meanwhile_stays(answered, upstream, site):
    upstream.reply("Call sorted.")
    title = upstream.hold()
    page = await answered()
    await upstream.requested(2)
    await site.post(f"/conversations/{page.conversation}/rename/", {"title": QUESTION})
    title.send("Sorting lists")
    title.finish()
    assert await titled(page) == QUESTION


async def test_a_name_that_a_person_gives_before_the_answer_ends_stays(
    alice, provider, upstream, open_page, site
):
    answer = upstream.hold()
    page = await open_page(alice)
    await page.ask(QUESTION)
    answer.send("Call sorted.")
    await page.until_shown("Call sorted.")
    await site.post(f"/conversations/{page.conversation}/rename/", {"title": "Mine"})
    answer.finish()
    await page.until("reply.finished")
    assert await titled(page) == "Mine" and len(upstream.requests) == 1


async def test_a_failed_answer_is_not_titled_and_its_second_attempt_is(answered, upstream, alice, provider):
    upstream.reply(status=400)
    page = await answered()
    assert len(upstream.requests) == 1
    upstream.reply("Call sorted.")
    upstream.reply("Sorting lists")
    await page.send(
        "reply.create", parent=next(e for e in page.events if e["type"] == "message.created")["id"]
    )
    await page.until("reply.finished")
    assert await titled(page) == "Sorting lists"


@pytest.mark.parametrize("reply", [{"status": 500}, {"status": 400}, {"body": "<html>"}])
async def test_a_title_that_fails_leaves_one_line_in_the_log_and_the_first_words(
    answered, upstream, caplog, reply
):
    upstream.reply("Call sorted.")
    for _ in range(3):  # the client may try again
        upstream.reply(**reply)
    page = await answered()
    assert await titled(page) == QUESTION
    assert [record.name for record in caplog.records].count("chatsite.runs.title_writer") == 1
    assert "\n" not in caplog.text.strip() and not any(event["type"] == "error" for event in page.events)


@pytest.mark.parametrize("said", ["I'm sorry, I can't do that.", "…", "<think>What is it"])
async def test_a_refused_title_leaves_the_first_words(answered, upstream, said):
    upstream.reply("Call sorted.")
    upstream.reply(said)
    assert await titled(await answered()) == QUESTION


async def test_an_endless_title_is_read_no_further(answered, upstream):
    upstream.reply("Call sorted.")
    upstream.reply(["word "] * 100_000)
    page = await answered()
    assert await titled(page) == QUESTION
    assert (await upstream.closed()).closed_early


async def test_a_setting_chooses_another_model(answered, upstream, settings):
    settings.TITLE_MODEL = "small-model"
    async with Upstream() as other:
        cheap = await Provider.objects.acreate(name="Cheap", base_url=other.base_url)
        await Model.objects.acreate(provider=cheap, name="small-model")
        upstream.reply("Call sorted.")
        other.reply("Sorting lists")
        assert await titled(await answered()) == "Sorting lists"
        assert (len(upstream.requests), other.requests[0].json["model"]) == (1, "small-model")


async def test_a_chosen_model_that_nobody_offers_is_said_in_the_log(answered, upstream, settings, caplog):
    settings.TITLE_MODEL = "gone"
    assert await titled(await answered()) == QUESTION
    assert "No server offers the model “gone” of CHATSITE_TITLE_MODEL." in caplog.text


async def test_a_setting_turns_titles_off(answered, upstream, settings):
    settings.TITLE_MODEL = "off"
    page = await answered()
    settings.TITLE_MODEL = ""
    await page.ask("And in place?")
    await page.until("reply.finished")
    assert await titled(page) == QUESTION and len(upstream.requests) == 2


async def test_the_demo_model_is_asked_for_no_title(answered, upstream):
    await Provider.objects.filter(name="Scripted").aupdate(origin=Origin.DEMO)
    assert await titled(await answered()) == QUESTION
    assert len(upstream.requests) == 1


async def test_an_imported_title_stays(answered, upstream):
    page = await answered()
    await titled(page)
    await Conversation.objects.aupdate(title="Imported", title_is_provisional=False)
    await page.ask("And in place?")
    await page.until("reply.finished")
    assert await titled(page) == "Imported"


async def test_a_process_that_ends_asks_for_no_title_any_more(answered, upstream):
    upstream.reply("Call sorted.")
    upstream.hang()
    await answered()
    await upstream.requested(2)
    await PROCESS.drain()
    assert (await upstream.closed()).closed_early


async def test_what_titles_take_is_in_the_ledger_apart_from_answers(answered, upstream, alice):
    await Model.objects.aupdate(input_price=2, output_price=3)
    upstream.reply("Call sorted.")
    upstream.reply("Sorting lists")
    await titled(await answered())
    answer = await UsageDay.objects.aget(source=Source.CHAT)
    title = await UsageDay.objects.aget(source=Source.TITLE)
    assert (answer.answers, title.answers) == (1, 1)
    assert (title.person_name, title.model, title.provider_name) == ("alice", "test-model", "Scripted")
    assert title.output_tokens > 0 and title.cost_units > 0


async def test_a_title_whose_server_counts_wrongly_is_stored_all_the_same(answered, upstream):
    upstream.reply("Call sorted.")
    wrong = {"prompt_tokens": -1, "completion_tokens": 2**63}
    upstream.reply(chunks=[delta("Sorting lists"), finish("stop"), chunk(None, usage=wrong), done()])
    assert await titled(await answered()) == "Sorting lists"
