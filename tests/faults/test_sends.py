"""One send is one message, one answer and one upstream call, in every race."""

import asyncio

import pytest

from tests.faults.checker import complaints
from tests.harness.people import stranger
from tests.harness.tab import Sent


async def pair(site, open_tab, cookie: str = ""):
    first = await open_tab(site, cookie=cookie)
    second = await open_tab(site, first.conversation, cookie=cookie)
    for tab in (first, second):
        await tab.until(lambda tab=tab: tab.opened)
    return first, second


async def outcome(tab, sent: Sent):
    """The answer to a message, or the error that refused it."""
    return await tab.until(
        lambda: (reply := tab.reply(sent)) and reply.is_over and reply or tab.refusal(sent)
    )


def stored(site, sent: Sent) -> int:
    return site.database.value(
        "SELECT count(*) FROM conversations_message WHERE uuid = ?", sent.uuid.replace("-", "")
    )


@pytest.mark.seeds(short=1, full=10)
async def test_of_two_tabs_that_send_at_once_each_gets_an_answer_or_a_refusal(
    site, upstream, model, open_tab, is_full, seed
):
    async def race(number: int) -> None:
        first, second = await pair(site, open_tab, site.cookies[number])
        texts = [f"Race {seed} {number} {name}" for name in ("first", "second")]
        sents = await asyncio.gather(first.ask(texts[0], model=model), second.ask(texts[1], model=model))
        answered = 0
        for tab, sent in zip((first, second), sents, strict=True):
            if isinstance(refusal := await outcome(tab, sent), dict):
                assert refusal["code"] in ("busy", "bad_parent") and refusal["detail"]
                assert stored(site, sent) == 0
            else:
                answered += 1
                assert await complaints(site, upstream, sent, tab) == []
        assert answered >= 1

    races = 20 if is_full else 6
    await asyncio.to_thread(site.people, races)
    await asyncio.gather(*(race(number) for number in range(races)))


async def test_the_same_send_five_times_at_once_is_one(site, upstream, model, open_tab):
    tabs = list(await pair(site, open_tab))
    tabs += [await open_tab(site, tabs[0].conversation) for _ in range(3)]
    for tab in tabs[2:]:
        await tab.until(lambda tab=tab: tab.opened)
    sent = await tabs[0].ask("Five times", model=model)
    await asyncio.gather(*(tab.say_again(sent, model=model) for tab in tabs[1:]))
    for tab in tabs:
        await tab.finished(sent)
        assert tab.errors == []
    assert await complaints(site, upstream, sent, *tabs) == []


async def test_the_same_send_five_times_from_one_tab_is_one(site, upstream, model, open_tab):
    tab = await open_tab(site)
    sent = await tab.ask("Five times over", model=model)
    for _ in range(4):
        await tab.say_again(sent, model=model)
    await tab.finished(sent)
    assert tab.errors == []
    assert await complaints(site, upstream, sent, tab) == []


async def test_a_first_message_sent_from_two_tabs_of_a_new_conversation_makes_one_conversation(
    site, upstream, model, open_tab
):
    first, second = await pair(site, open_tab)
    sents = await asyncio.gather(first.ask("One first", model=model), second.ask("Other first", model=model))
    for tab, sent in zip((first, second), sents, strict=True):
        await outcome(tab, sent)
    uuid = first.conversation.replace("-", "")
    assert site.database.value("SELECT count(*) FROM conversations_conversation WHERE uuid = ?", uuid) == 1


async def test_somebody_else_cannot_send_the_same_message_into_it(site, upstream, model, open_tab):
    tab = await open_tab(site)
    sent = await tab.ask("Mine", model=model)
    await tab.finished(sent)
    mallory = await asyncio.to_thread(stranger, site, "mallory")
    other = await open_tab(site, tab.conversation, cookie=mallory)
    await other.until(lambda: other.closes)
    assert other.closes == [4404]
    elsewhere = await open_tab(site, cookie=mallory)
    await elsewhere.say_again(sent, model=model)
    assert (await elsewhere.refused(sent))["code"] == "taken"
    assert await complaints(site, upstream, sent, tab) == []
