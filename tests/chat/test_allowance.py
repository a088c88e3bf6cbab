"""What may be done a few times at once, and then only now and then."""

import asyncio

import pytest

from chatsite.chat.allowance import Allowance


def waits(allowance: Allowance, times: int, now: float) -> list[float]:
    """How many seconds each of several uses at one moment has to wait."""
    return [allowance.wait(now) for _ in range(times)]


def test_the_first_few_wait_for_nothing_and_the_others_for_their_turn():
    assert waits(Allowance(3, every=2), 5, now=100) == pytest.approx([0, 0, 0, 2, 4])


def test_who_has_waited_may_do_it_a_few_times_at_once_again():
    allowance = Allowance(3, every=2)
    waits(allowance, 3, now=100)
    assert waits(allowance, 4, now=106) == pytest.approx([0, 0, 0, 2])


def test_who_has_waited_for_some_of_them_may_do_it_as_often_at_once():
    allowance = Allowance(3, every=2)
    waits(allowance, 3, now=100)
    assert waits(allowance, 2, now=102) == pytest.approx([0, 2])


async def test_a_turn_is_waited_for():
    loop, allowance = asyncio.get_running_loop(), Allowance(1, every=0.3)
    begun = loop.time()
    for _ in range(2):
        await allowance.take()
    assert loop.time() - begun > 0.25
