"""Model servers that say too much, or too fast: memory stays bounded, and nobody else feels it."""

import asyncio
import random

from tests.faults.bystander import Bystander
from tests.faults.checker import complaints
from tests.faults.scripts import endless, endless_line, flood
from tests.harness.meter import MIB


async def test_a_line_of_40_mb_fails_with_a_sentence_and_fills_no_memory(
    site, upstream, model, connect, open_tab
):
    upstream.reply(chunks=endless_line(40 * MIB))
    async with Bystander(site, connect):
        tab = await open_tab(site)
        site.meter.start()
        before = site.meter.memory
        sent = await tab.ask("A line of 40 MB", model=model)
        reply = await tab.finished(sent, 60)
        assert site.meter.peak - before < 96 * MIB
    assert reply.status == "failed" and reply.text == "Before the long line."
    assert await complaints(site, upstream, sent, tab) == []


async def test_an_endless_answer_is_ended_with_what_it_said_and_its_call_is_closed(
    site, upstream, model, connect, open_tab
):
    upstream.reply(chunks=endless(random.Random(1), 10_000))
    async with Bystander(site, connect):
        tab = await open_tab(site)
        site.meter.start()
        before = site.meter.memory
        sent = await tab.ask("Never stop", model=model)
        reply = await tab.finished(sent, 60)
        assert site.meter.peak - before < 128 * MIB
    assert reply.status == "failed" and reply.finished["error"]["kind"] == "limit"
    assert len(reply.text) >= 500_000
    await asyncio.to_thread(upstream.closed)
    assert await complaints(site, upstream, sent, tab) == []


async def test_5000_deltas_in_a_second_are_all_shown(site, upstream, model, connect, open_tab):
    text, steps = flood(random.Random(2), 5000)
    upstream.reply(chunks=steps)
    async with Bystander(site, connect):
        tab = await open_tab(site)
        sent = await tab.ask("Faster", model=model)
        reply = await tab.finished(sent, 60)
    assert reply.status == "complete" and reply.text == text
    assert reply.finished_at - upstream.requests[0].ended_at < 2
    assert await complaints(site, upstream, sent, tab) == []
