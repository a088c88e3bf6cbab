"""Readers that are slow, or that stop reading: they cost a fixed amount, and nobody else feels them."""

import asyncio
import random
from uuid import uuid4

from tests.faults.bystander import Bystander
from tests.faults.checker import complaints
from tests.faults.proxy import Proxy
from tests.faults.scripts import prose
from tests.harness.meter import MIB

FROZEN = 10


def enormous(rng: random.Random, size: int) -> list[str]:
    """An answer of `size` bytes in large deltas; most characters take four bytes."""
    paragraph = "🙂" * 500 + "\n\n"
    return [f"{rng.randint(0, 999)} {paragraph}" for _ in range(size // len(paragraph.encode()))]


async def read(site, upstream, open_tab, model, readers: int, answer: list[str]) -> int:
    """Let one tab read an answer to its end while others do not read. Return the highest memory use."""
    tab = await open_tab(site)
    await tab.until(lambda: tab.opened)
    frozen = [await open_tab(site, tab.conversation, acks=False, returns=False) for _ in range(readers)]
    for each in frozen:
        await each.until(lambda each=each: each.opened)
        each.freeze()
    site.meter.start()
    before = site.meter.memory
    upstream.reply(answer, pace=0.002)
    sent = await tab.ask(f"For {readers} frozen readers: {uuid4()}", model=model)
    await tab.finished(sent, 120)
    taken = site.meter.peak - before
    assert await complaints(site, upstream, sent, tab) == []
    return taken


async def test_a_reader_that_stops_reading_costs_at_most_1_mib(
    site, upstream, model, connect, open_tab, is_full
):
    answer = enormous(random.Random(7), 3 * MIB // 2 if is_full else MIB)
    async with Bystander(site, connect, patience=4):
        if is_full:
            await read(site, upstream, open_tab, model, 0, answer)
        alone = await read(site, upstream, open_tab, model, 0, answer)
        beside = await read(site, upstream, open_tab, model, FROZEN, answer)
    assert beside - alone <= FROZEN * MIB


async def test_a_reader_that_thaws_is_shown_all_that_it_missed(site, upstream, model, open_tab):
    upstream.reply(enormous(random.Random(8), MIB))
    tab = await open_tab(site)
    await tab.until(lambda: tab.opened)
    tab.freeze()
    sent = await tab.ask("Frozen, then thawed", model=model)
    await open_tab(site, tab.conversation)
    await asyncio.to_thread(upstream.ended, timeout=30)
    tab.thaw()
    await tab.finished(sent, 30)
    assert await complaints(site, upstream, sent, tab) == []


async def test_an_honest_reader_at_20_kb_a_second_is_shown_everything(
    site, upstream, model, connect, open_tab
):
    upstream.reply(prose(random.Random(9), 5000), pace=0.001)
    async with Bystander(site, connect), Proxy(site.port) as proxy:
        proxy.down.rate = 20_000
        tab = await open_tab(site, url=proxy.url)
        sent = await tab.ask("Slowly, please", model=model)
        await tab.finished(sent, 60)
        assert await complaints(site, upstream, sent, tab) == []
