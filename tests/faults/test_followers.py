"""Tabs that join an answer at any moment, with delays on either side."""

import asyncio
import random

import pytest

from tests.faults.checker import complaints
from tests.faults.proxy import Proxy
from tests.faults.scripts import prose
from tests.harness import protocol

JOINERS = 20


@pytest.mark.seeds(short=1, full=10)
async def test_a_tab_that_joins_at_any_moment_sees_the_whole_answer(site, upstream, model, open_tab, seed):
    rng = random.Random(seed)
    upstream.reply(prose(rng, 1500), pace=0.005)
    first = await open_tab(site)
    sent = await first.ask(f"Join {seed}", model=model)
    reply = await first.answer_to(sent)
    async with Proxy(site.port) as proxy:

        async def join():
            await asyncio.sleep(rng.uniform(0, 2))
            tab = await open_tab(site, sent.conversation, url=rng.choice([site.url, proxy.url]))
            await asyncio.sleep(rng.uniform(0, 0.2))
            await resume_now_and_then(tab, reply.message, rng)
            return tab

        proxy.down.rate = rng.uniform(20_000, 200_000)
        tabs = await asyncio.gather(*(join() for _ in range(JOINERS)))
        await first.finished(sent)
        for tab in tabs:
            await tab.until(lambda tab=tab: is_over(tab, reply.message))
        came = [tab for tab in tabs if reply.message in tab.answers]
        assert len(came) > JOINERS / 4
        assert await complaints(site, upstream, sent, first, *came) == []


def is_over(tab, message: str) -> bool:
    """The answer has ended here. Who came after its end is shown nothing by the socket, and all of it by the page."""
    answer = tab.answers.get(message)
    return answer.is_over if answer else message not in running(tab)


def running(tab) -> set[str]:
    """The answers that were being written when the tab opened."""
    opened = [event["running"] for event in tab.events if event["type"] == "conversation.opened"]
    assert opened
    return set(opened[-1])


async def resume_now_and_then(tab, message: str, rng: random.Random) -> None:
    """Claim to have lost the thread, as a tab that was asleep does."""
    await tab.until(lambda: tab.opened)
    for _ in range(rng.randint(0, 3)):
        answer = tab.answers.get(message)
        if answer and not answer.finished:
            await tab.send(**protocol.resume(message, answer.end, len(answer.settled)))
        await asyncio.sleep(rng.uniform(0, 0.3))
