"""Delays at any moment between the database and the workers that write and read an answer's log."""

import asyncio
import random

import pytest

from tests.faults.checker import complaints
from tests.faults.proxy import Proxy
from tests.faults.scripts import prose
from tests.faults.test_followers import JOINERS, is_over, resume_now_and_then
from tests.harness.people import sign_in

# Seconds that a word to or from the database is held up, or is not.
LONGEST = 0.1


@pytest.fixture
async def networks(postgres):
    """What lies between each of two workers and the database."""
    async with Proxy(postgres.port) as first, Proxy(postgres.port) as second:
        yield first, second


@pytest.fixture
async def workers(postgres, networks, new_site):
    """Two workers without hints: what one writes, the other reads from the log."""
    through = [postgres.url.replace(str(postgres.port), str(network.port)) for network in networks]
    sites = [
        new_site(DATABASE_URL=url, CHATSITE_SECRET_KEY="one key for both workers " * 3) for url in through
    ]
    for site in sites:
        await asyncio.to_thread(site.start)
        # From here on it is only the test that looks for the database here, and it is not held up.
        site.env["DATABASE_URL"] = postgres.url
    sites[0].cookie = sites[1].cookie = await asyncio.to_thread(sign_in, sites[0])
    yield sites
    for site in sites:
        await asyncio.to_thread(site.end)


async def hold_up(network: Proxy, rng: random.Random) -> None:
    """Hold up what goes one way, now and then."""
    while True:
        way = rng.choice([network.up, network.down])
        way.stall()
        try:
            await asyncio.sleep(rng.uniform(0, LONGEST))
        finally:
            way.flow()
        await asyncio.sleep(rng.uniform(0, LONGEST))


@pytest.mark.full
@pytest.mark.seeds(short=1, full=10)
async def test_a_tab_that_joins_at_any_moment_on_another_worker_sees_the_whole_answer(
    workers, networks, upstream, open_tab, seed
):
    rng = random.Random(seed)
    writer, reader = workers
    upstream.reply(prose(rng, 1500), pace=0.005)
    async with asyncio.TaskGroup() as tasks:
        holding_up = [tasks.create_task(hold_up(network, rng)) for network in networks]
        first = await open_tab(writer)
        sent = await first.ask(f"Join elsewhere {seed}")
        reply = await first.answer_to(sent)

        async def join():
            await asyncio.sleep(rng.uniform(0, 2))
            tab = await open_tab(reader, sent.conversation)
            await resume_now_and_then(tab, reply.message, rng)
            return tab

        tabs = await asyncio.gather(*(join() for _ in range(JOINERS)))
        await first.finished(sent)
        for tab in tabs:
            await tab.until(lambda tab=tab: is_over(tab, reply.message))
        for each in holding_up:
            each.cancel()
    came = [tab for tab in tabs if reply.message in tab.answers]
    assert len(came) > JOINERS / 4
    assert await complaints(writer, upstream, sent, first, *came) == []
