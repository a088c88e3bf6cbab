"""A process that has stood still does not know whether its runs are still its own."""

import asyncio

import pytest

from chatsite.runs.flusher import RENEW_SECONDS
from chatsite.runs.lease import MAX_GAP_SECONDS, TICK_SECONDS, Lease
from chatsite.runs.observer import ORPHANED_SECONDS
from tests.harness.recovery import Clock


@pytest.fixture
async def clock():
    return Clock()


@pytest.fixture
async def lease(clock):
    lease = Lease(clock)
    yield lease
    lease.close()


async def is_certain(lease: Lease) -> bool:
    certain = asyncio.create_task(lease.certain())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return certain.done() or not certain.cancel()


async def test_nobody_waits_while_time_passes_as_usual(lease, clock):
    for _ in range(100):
        clock.seconds += MAX_GAP_SECONDS
        assert await is_certain(lease)


def test_a_pause_makes_a_process_doubt_before_another_may_claim_its_runs():
    assert RENEW_SECONDS + MAX_GAP_SECONDS + TICK_SECONDS < ORPHANED_SECONDS


async def test_after_a_pause_everyone_waits_until_the_database_was_asked(lease, clock):
    clock.seconds += MAX_GAP_SECONDS + 1
    assert not await is_certain(lease)
    assert not await is_certain(lease)
    lease.confirm(lease.doubts)
    assert await is_certain(lease)


async def test_what_the_database_was_asked_before_a_pause_confirms_nothing_after_it(lease, clock):
    doubts = lease.doubts
    clock.seconds += MAX_GAP_SECONDS + 1
    assert not await is_certain(lease)
    lease.confirm(doubts)
    assert not await is_certain(lease)
