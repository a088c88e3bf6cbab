"""An answer whose process lives is never called interrupted, however long its heartbeats do not arrive."""

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest

from tests.faults.checker import complaints
from tests.faults.stored import stored_page

# Seconds that a run without a sign of life is given, and some.
LONG = 13
LOCK = "LOCK TABLE conversations_{} IN {} MODE"


@asynccontextmanager
async def paused(workers):
    """All processes are stopped, as in a machine that is paused."""
    for worker in workers.workers:
        worker.pause()
    yield
    for worker in workers.workers:
        worker.unpause()


@asynccontextmanager
async def locked(workers, table: str, mode: str):
    """A table is locked, as by VACUUM FULL (ACCESS EXCLUSIVE) or while an index is made (SHARE)."""
    async with await psycopg.AsyncConnection.connect(workers.postgres.url) as connection:
        await connection.execute(LOCK.format(table, mode))
        yield
        await connection.rollback()


async def lives_through(trouble, workers, answer, upstream) -> None:
    """The answer of the first worker is whole, though pages are loaded from the second one meanwhile."""
    begun = await answer("For longer than a lease")
    async with trouble:
        begun.hold.send("Meanwhile. ")
        begun.said += "Meanwhile. "
        await asyncio.sleep(LONG)
        page = asyncio.create_task(
            stored_page(workers.second.url, workers.second.cookie, begun.tab.conversation)
        )
        await asyncio.sleep(0.5)
    await page
    await asyncio.sleep(3)
    assert await begun.finish() == "complete"
    assert await complaints(workers.first, upstream, begun.sent, *begun.tabs) == []


async def test_through_a_pause_of_the_whole_machine(workers, site, upstream, answer):
    await lives_through(paused(workers), workers, answer, upstream)


@pytest.mark.parametrize("mode", ["ACCESS EXCLUSIVE", "SHARE"])
@pytest.mark.parametrize("table", ["completion", "logentry"])
async def test_through_a_lock_of_a_table(workers, site, upstream, answer, table, mode):
    await lives_through(locked(workers, table, mode), workers, answer, upstream)


async def test_an_answer_is_complete_though_its_provider_was_deleted_meanwhile(
    workers, site, upstream, answer
):
    begun = await answer("By a provider that goes")
    name = site.database.value("SELECT max(id) FROM providers_provider")
    site.database.write("DELETE FROM providers_model WHERE provider_id = ?", name)
    site.database.write("DELETE FROM providers_provider WHERE id = ?", name)
    assert await begun.finish() == "complete"
    assert await complaints(site, upstream, begun.sent, *begun.tabs) == []
