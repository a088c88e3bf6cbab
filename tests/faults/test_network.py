"""A bad network between a tab and the site."""

import asyncio
import random
import time

import pytest

from tests.faults.checker import complaints
from tests.faults.proxy import Proxy
from tests.faults.scripts import prose

# Seconds: a tab comes back within half of one, and a busy machine takes some for the rest.
SOON = 8


async def cutting(proxy: Proxy, rng: random.Random, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        proxy.break_somehow(rng)


@pytest.fixture
async def proxy(site):
    async with Proxy(site.port) as proxy:
        yield proxy


@pytest.mark.seeds(short=2, full=10)
async def test_an_answer_arrives_whole_though_the_network_breaks_every_200_ms(
    site, upstream, model, proxy, open_tab, seed
):
    rng = random.Random(seed)
    upstream.reply(prose(rng, 1200), pace=0.005)
    tab = await open_tab(site, url=proxy.url)
    sent = await tab.ask(f"Cut {seed}", model=model)
    breaking = asyncio.create_task(cutting(proxy, rng, 0.2))
    await asyncio.to_thread(upstream.ended, timeout=30)
    breaking.cancel()
    await tab.finished(sent, SOON)
    assert len(tab.closes) > 3
    assert await complaints(site, upstream, sent, tab) == []


@pytest.mark.seeds(short=3, full=30)
async def test_a_message_is_sent_once_though_the_network_breaks_while_it_is_sent(
    site, upstream, model, proxy, open_tab, seed
):
    rng = random.Random(seed)
    tab = await open_tab(site, url=proxy.url)
    breaking = asyncio.create_task(cutting(proxy, rng, rng.uniform(0.02, 0.1)))
    sent = await tab.ask(f"Once {seed}", model=model)
    await asyncio.sleep(1)
    breaking.cancel()
    await tab.finished(sent, 10)
    assert await complaints(site, upstream, sent, tab) == []


async def test_an_answer_that_ended_while_offline_is_whole_soon_after_coming_back(
    site, upstream, model, proxy, open_tab, is_full
):
    upstream.reply(prose(random.Random(1), 800), pace=0.005)
    tab = await open_tab(site, url=proxy.url)
    sent = await tab.ask("Offline until after the end", model=model)
    await tab.until(lambda: (reply := tab.reply(sent)) and reply.end)
    proxy.refuses = True
    proxy.reset()
    await asyncio.to_thread(upstream.ended, timeout=20)
    await asyncio.sleep(30 if is_full else 1)
    proxy.refuses = False
    await tab.finished(sent, SOON)
    assert await complaints(site, upstream, sent, tab) == []


async def test_a_tab_that_is_offline_for_a_while_catches_up_soon_and_goes_on(
    site, upstream, model, proxy, open_tab, is_full
):
    hold = upstream.hold()
    tab = await open_tab(site, url=proxy.url)
    sent = await tab.ask("Offline and back", model=model)
    hold.send("Before. ")
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.text == "Before. ")
    proxy.refuses = True
    proxy.reset()
    hold.send("Meanwhile. ")
    await asyncio.sleep(30 if is_full else 1)
    proxy.refuses = False
    await tab.until(lambda: reply.text == "Before. Meanwhile. ", SOON)
    hold.send("After.")
    hold.finish()
    await tab.finished(sent, SOON)
    assert await complaints(site, upstream, sent, tab) == []


async def test_a_network_that_stalls_without_a_word_holds_back_but_loses_nothing(
    site, upstream, model, proxy, open_tab
):
    upstream.reply(prose(random.Random(2), 1000), pace=0.005)
    tab = await open_tab(site, url=proxy.url)
    sent = await tab.ask("Stalled", model=model)
    reply = await tab.answer_to(sent)
    for direction in (proxy.down, proxy.up):
        direction.stall()
        await asyncio.sleep(0.7)
        direction.flow()
    flowing = time.monotonic()
    await tab.finished(sent)
    assert reply.finished_at - max(flowing, upstream.requests[0].ended_at) < SOON
    assert await complaints(site, upstream, sent, tab) == []
