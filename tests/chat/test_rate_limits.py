"""What may be done a few times at once, and then only now and then."""

import asyncio

import pytest

from chatsite.chat.rate_limits import RateLimit


def waits(limit: RateLimit, times: int, now: float) -> list[float]:
    """How many seconds each of several uses at one moment has to wait."""
    return [limit.wait(now) for _ in range(times)]


def test_the_first_few_wait_for_nothing_and_the_others_for_their_turn():
    assert waits(RateLimit(3, seconds=2), 5, now=100) == pytest.approx([0, 0, 0, 2, 4])


def test_who_has_waited_may_do_it_a_few_times_at_once_again():
    limit = RateLimit(3, seconds=2)
    waits(limit, 3, now=100)
    assert waits(limit, 4, now=106) == pytest.approx([0, 0, 0, 2])


def test_who_has_waited_for_some_of_them_may_do_it_as_often_at_once():
    limit = RateLimit(3, seconds=2)
    waits(limit, 3, now=100)
    assert waits(limit, 2, now=102) == pytest.approx([0, 2])


async def test_a_turn_is_waited_for():
    loop, limit = asyncio.get_running_loop(), RateLimit(1, seconds=0.3)
    begun = loop.time()
    for _ in range(2):
        await limit.take()
    assert loop.time() - begun > 0.25
