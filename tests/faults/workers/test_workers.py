"""An answer is followed, stopped, raced for and given up on several workers."""

import asyncio
import itertools
import time
from statistics import median

import pytest

from tests.faults.bystander import Bystander
from tests.faults.checker import complaints
from tests.faults.hints import burst
from tests.faults.races import race, races
from tests.faults.workers.growing import MAX_DELAY_SECONDS
from tests.harness.protocol import continue_reply


async def test_an_answer_is_followed_live_on_the_other_worker_and_through_nginx(
    workers, site, upstream, answer, open_tab
):
    begun = await answer("Followed elsewhere")
    for url in (workers.second.url, workers.nginx.url, workers.nginx.url):
        await begun.read_by(await open_tab(site, begun.tab.conversation, url=url))
    lags = [max(await begun.say(f"Word {number}. ")) for number in range(8)]
    assert median(lags) < 0.3, lags
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []


async def test_a_tab_that_was_closed_goes_on_at_another_worker_and_is_stopped_there(
    workers, site, upstream, answer, open_tab
):
    begun = await answer("Closed and opened elsewhere")
    await begun.tabs.pop().__aexit__()
    other = await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    await begun.say("Still going. ")
    begin = time.monotonic()
    await other.stop(other.answers[begun.message])
    request = await asyncio.to_thread(upstream.closed)
    assert request.closed_at - begin <= 1
    await other.until(lambda: other.answers[begun.message].is_over, 3)
    assert other.answers[begun.message].status == "stopped"
    assert await complaints(site, upstream, begun.sent, other) == []


async def test_without_redis_other_workers_follow_within_about_300_ms(
    workers, site, upstream, answer, open_tab
):
    begun = await answer("Followed without hints")
    await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.deaf.url))
    lags = []
    for number in range(12):
        lags.append(max(await begun.say(f"Word {number}. ")))
        await asyncio.sleep(0.07 * (number % 4))
    assert median(lags) < 0.35 and max(lags) < 1, lags
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []


async def test_the_same_send_five_times_at_once_on_two_workers_is_one(workers, upstream, model, site):
    five = [workers.first, workers.second, workers.first, workers.second, workers.first]
    assert await race(five, upstream, model, "Five times") == []


async def test_raced_sends_are_each_one_message_one_answer_one_call(workers, upstream, model, site, is_full):
    sends = 200 if is_full else 30
    assert await races([workers.first, workers.second], upstream, model, sends) == []
    assert len(upstream.requests) == sends


@pytest.mark.full
async def test_a_burst_of_2000_hints_keeps_nothing_from_a_page(workers, site, upstream, answer, open_tab):
    begun = await answer("In a burst of hints")
    other = await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    conversation = site.database.value("SELECT max(id) FROM conversations_conversation")
    await asyncio.to_thread(burst, workers.redis, 2000, conversation)
    await begun.say_for(2, MAX_DELAY_SECONDS)
    assert await begun.finish(2) == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []
    assert other.closes == []


async def test_answers_of_workers_that_are_gone_are_interrupted_and_can_be_continued(
    workers, site, upstream, model, answer, open_tab
):
    """One worker is killed. One is paused, and wakes after another has claimed its answer: it changes nothing more."""
    begun = [await answer("By a paused worker", site), await answer("By a killed worker", workers.deaf)]
    for each in begun:
        await each.read_by(await open_tab(site, each.tab.conversation, url=workers.second.url))
        await each.say("Shown a second before. ")
    await asyncio.sleep(1)
    gone_at = time.monotonic()
    site.pause()
    workers.deaf.kill()
    for each in begun:
        each.hold.send("Never stored. ")
    for each in begun:
        await interrupted(each, gone_at)
        assert stored(workers, each) == each.said
    site.unpause()
    await asyncio.to_thread(workers.deaf.start)
    await asyncio.to_thread(upstream.closed, 2, timeout=10)
    await asyncio.sleep(1)
    for each in begun:
        reply = each.tab.answers[each.message]
        await each.tab.until(lambda reply=reply: reply.is_over, 15)
        assert "Never stored" not in "".join([*reply.replaced, reply.text])
        assert await complaints(workers.second, upstream, each.sent, *each.tabs, killed_at=gone_at) == []
        await continued(workers, upstream, each)


async def interrupted(begun, gone_at: float) -> None:
    """The tab that is left shows in time that the answer was interrupted, and what it said."""
    other = begun.tabs[-1]
    reply = other.answers[begun.message]
    await other.until(lambda: reply.is_over, 15)
    assert reply.status == "interrupted" and reply.text == begun.said
    assert reply.finished_at - gone_at <= 15


async def continued(workers, upstream, begun) -> None:
    """Continue works on the worker that is left, from what was stored."""
    upstream.reply("And on it goes.")
    other = begun.tabs[-1]
    await other.send(**continue_reply(begun.message))
    await other.until(lambda: other.answers[begun.message].status == "complete", 10)
    assert stored(workers, begun) == begun.said + "And on it goes."


def stored(workers, begun) -> str:
    rows = workers.second.database.rows(
        "SELECT text FROM conversations_message WHERE uuid = ?", begun.message
    )
    return rows[0]["text"]


async def test_sockets_come_back_after_a_restart_and_trouble_nobody(
    workers, site, connect, open_tab, is_full
):
    count = 200 if is_full else 40
    # One person may have 30 pages open.
    await asyncio.to_thread(site.people, 10)
    cookies = itertools.cycle(site.cookies)
    tabs = [await open_tab(site, cookie=next(cookies)) for _ in range(count)]
    for tab in tabs:
        await tab.until(lambda tab=tab: tab.opened, 60)
    async with Bystander(workers.second, connect, patience=4):
        await asyncio.to_thread(site.end)
        await asyncio.to_thread(site.start)
        ready = time.monotonic()
        for tab in tabs:
            await tab.until(lambda tab=tab: tab.opened == 2, 30)
        assert time.monotonic() - ready < 10
