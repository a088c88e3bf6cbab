"""A page that asks again and again for what it was sent before: it costs neither memory nor other people's time."""

import asyncio

import pytest

from tests.faults.bystander import Bystander
from tests.harness import protocol
from tests.harness.meter import MIB

TIMES = 2000
# What is still on its way when a socket is closed can make its reader lose the code.
TOO_MUCH = {4429, 1006}
# Less than the site can do: what is asked faster than that is closed for what waits.
EVERY = 0.005
# About 200 kB, and more as HTML.
LONG = "".join(f"- Point {number} of *many*, with `code` in it.\n\n" for number in range(4000))


@pytest.fixture
async def answer(site, upstream, model, open_tab):
    """A tab with a long answer that is still being written: the tab, its message, and the frame that asks for it."""
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Tell me much", model=model)
    hold.send(LONG)
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.end == len(LONG))
    yield tab, sent, reply
    hold.finish()
    await asyncio.to_thread(site.until_idle)


def resume(sent, reply):
    return protocol.resume(reply.message)


def send_again(sent, reply):
    return protocol.create(sent.text, sent.uuid)


async def ask_on_and_on(tab, frame):
    for _ in range(TIMES):
        await tab.send(**frame)
        await asyncio.sleep(EVERY)


ALL = [resume, pytest.param(send_again, marks=pytest.mark.full)]


@pytest.mark.parametrize("frame", ALL)
async def test_a_page_that_asks_on_and_on_is_closed(site, connect, answer, frame):
    tab, sent, reply = answer
    async with Bystander(site, connect):
        await ask_on_and_on(tab, frame(sent, reply))
        await tab.until(lambda: TOO_MUCH & set(tab.closes), 5)


@pytest.mark.parametrize("frame", ALL)
async def test_one_that_reads_nothing_of_it_fills_no_memory(site, connect, answer, frame):
    tab, sent, reply = answer
    tab.freeze()
    async with Bystander(site, connect):
        site.meter.start()
        before = site.meter.memory
        await ask_on_and_on(tab, frame(sent, reply))
        assert site.meter.peak - before < 16 * MIB
    tab.thaw()
