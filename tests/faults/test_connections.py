"""A worker's connections to PostgreSQL: all taken for longer than an answer's lease, and all ended at once."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.faults.checker import complaints
from tests.faults.topology import two_workers

# More pages than a worker has connections; all of them wait for what this statement holds.
PAGES = 16
HOLD = "BEGIN; LOCK TABLE prompts_systemprompt IN ACCESS EXCLUSIVE MODE"
# Seconds: a lease is 10, and others look every 5.
LONG = 17


@pytest.fixture
def workers(postgres, new_site):
    with two_workers(new_site, postgres) as workers:
        yield workers


@asynccontextmanager
async def no_connection_left(site, postgres):
    """Pages that have to wait hold all connections of this site's pool: the next page is refused."""
    refused = asyncio.Event()

    async def get(browser):
        async with browser.get(site.url) as response:
            if response.status == 500:
                refused.set()

    with postgres.connect() as held:
        held.execute(HOLD)
        async with (
            aiohttp.ClientSession(headers={"Cookie": site.cookie}) as browser,
            asyncio.TaskGroup() as pages,
        ):
            for _ in range(PAGES):
                pages.create_task(get(browser))
            async with asyncio.timeout(20):
                await refused.wait()
            yield
            held.execute("ROLLBACK")


async def test_the_first_page_after_a_restart_of_postgresql_is_served(workers, postgres):
    owner, _ = workers
    async with aiohttp.ClientSession(headers={"Cookie": owner.cookie}) as browser:

        async def status() -> int:
            async with browser.get(owner.url) as response:
                return response.status

        assert set(await asyncio.gather(*(status() for _ in range(PAGES)))) == {200}
        await asyncio.to_thread(postgres.stop, "immediate")
        await asyncio.to_thread(postgres.start)
        assert await status() == 200


async def test_an_answer_goes_on_while_pages_hold_all_connections_for_longer_than_its_lease(
    workers, postgres, upstream, open_tab
):
    owner, other = workers
    hold = upstream.hold()
    tab = await open_tab(owner)
    sent = await tab.ask("Who may still write?")
    hold.send("Before. ")
    message = (await tab.answer_to(sent)).message
    elsewhere = await open_tab(owner, tab.conversation, url=other.url)
    async with no_connection_left(owner, postgres):
        hold.send("Meanwhile. ")
        await asyncio.sleep(LONG)
        for each in (tab, elsewhere):
            assert each.answers[message].text == "Before. Meanwhile. "
            assert each.answers[message].status == "streaming"
    hold.send("After.")
    hold.finish()
    await elsewhere.until(lambda: elsewhere.answers[message].is_over)
    assert (await tab.finished(sent)).status == "complete"
    assert await complaints(other, upstream, sent, tab, elsewhere) == []
