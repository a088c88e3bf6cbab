"""Redis and PostgreSQL fail while people read on several workers."""

import asyncio
import time

import pytest

from tests.faults.checker import complaints
from tests.faults.hints import flood
from tests.faults.workers.growing import MAX_DELAY_SECONDS
from tests.harness.waiting import wait_for


async def test_an_answer_goes_on_everywhere_while_redis_is_gone_and_hints_come_back_with_it(
    workers, site, upstream, answer, open_tab, is_full
):
    begun = await answer("While Redis is gone")
    await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    workers.redis.kill()
    await begun.say_for(10 if is_full else 3, MAX_DELAY_SECONDS)
    workers.redis.start()
    came_back = time.monotonic()
    while workers.redis.listeners < 2:
        await begun.say("Back. ")
        assert time.monotonic() - came_back < 5, "no hints arrive again"
    if is_full:
        await asyncio.sleep(30)
    workers.redis.client.flushall()
    await begun.say("After all that. ")
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []


async def test_a_redis_that_does_not_answer_holds_up_no_answer(
    workers, site, upstream, answer, open_tab, is_full
):
    begun = await answer("While Redis hangs")
    await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    workers.redis.pause()
    try:
        await begun.say_for(15 if is_full else 2, MAX_DELAY_SECONDS)
        assert await begun.finish(3) == "complete"
    finally:
        workers.redis.unpause()
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []


@pytest.mark.full
async def test_a_worker_that_was_stuck_while_hints_were_too_many_shows_what_it_missed_within_1_s(
    workers, site, upstream, answer, open_tab
):
    begun = await answer("While a worker is stuck")
    other = await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    workers.second.pause()
    try:
        await asyncio.to_thread(flood, workers.redis)
        begun.hold.send("Meanwhile. ")
        begun.said += "Meanwhile. "
        await begun.tab.until(lambda: begun.tab.answers[begun.message].text == begun.said, MAX_DELAY_SECONDS)
    finally:
        workers.second.unpause()
    await other.until(lambda: other.answers[begun.message].text == begun.said, 1)
    await asyncio.to_thread(wait_for, lambda: workers.redis.listeners == 2, "no hints arrive again", 10)
    await begun.say("Heard again. ")
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []
    assert other.closes == []


async def test_nothing_is_lost_when_postgresql_is_restarted_in_the_middle_of_an_answer(
    workers, site, upstream, answer, open_tab
):
    begun = await answer("While PostgreSQL restarts")
    await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    await asyncio.to_thread(workers.postgres.stop, "immediate")
    await asyncio.to_thread(workers.postgres.start)
    await begun.say("After the restart. ", 15)
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []


async def test_nothing_is_lost_while_postgresql_is_down(workers, site, upstream, answer, open_tab, is_full):
    begun = await answer("While PostgreSQL is down")
    await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    workers.postgres.stop()
    await begun.say_for(20 if is_full else 4, None)
    await asyncio.to_thread(workers.postgres.start)
    await begun.say("It is back. ", 15)
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []


@pytest.mark.full
async def test_nothing_is_lost_while_others_hold_all_connections(workers, site, upstream, answer, open_tab):
    begun = await answer("While all connections are taken")
    await begun.read_by(await open_tab(site, begun.tab.conversation, url=workers.second.url))
    held = await asyncio.to_thread(workers.postgres.take_all_connections)
    # Less than an answer is thought to be alive without a word from its process.
    await begun.say_for(5, None)
    for connection in held:
        connection.close()
    await begun.say("There is room again. ", 15)
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []
