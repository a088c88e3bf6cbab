"""What may be done a few times at once, and then only now and then."""

import asyncio

from chatsite.conversations.allowance import Allowance


async def moments(allowance: Allowance, times: int) -> list[float]:
    """After how many seconds each was allowed."""
    loop = asyncio.get_running_loop()
    begin, taken = loop.time(), []
    for _ in range(times):
        await allowance.take()
        taken.append(loop.time() - begin)
    return taken


async def test_the_first_few_wait_for_nothing_and_the_others_for_their_turn():
    taken = await moments(Allowance(3, every=0.1), 5)
    assert taken[2] < 0.08
    assert taken[3] >= 0.09 and taken[4] >= 0.19


async def test_who_has_waited_may_do_it_a_few_times_at_once_again():
    allowance = Allowance(3, every=0.1)
    await moments(allowance, 3)
    await asyncio.sleep(0.3)
    taken = await moments(allowance, 4)
    assert taken[2] < 0.08 and taken[3] >= 0.09
