"""Races: the same message, sent at once from tabs on several workers."""

import asyncio
from collections.abc import Sequence

from tests.faults.checker import complaints
from tests.harness.site import Site
from tests.harness.tab import Tab
from tests.upstream import Upstream

AT_ONCE = 10


async def race(
    workers: Sequence[Site], upstream: Upstream, model: str, name: str, messages: int = 2
) -> list[str]:
    """The same messages, one after another, from a tab on each worker at once; what is wrong with any.

    The first message makes the conversation, the others find it.
    """
    first = Tab(workers[0].url, workers[0].cookie)
    tabs = [first, *(Tab(each.url, each.cookie, first.conversation) for each in workers[1:])]
    wrong: list[str] = []
    await asyncio.gather(*(tab.__aenter__() for tab in tabs))
    try:
        await asyncio.gather(*(tab.until(lambda tab=tab: tab.opened) for tab in tabs))
        for number in range(messages):
            sent = first.draft(f"{name}, message {number}")
            await asyncio.gather(*(tab.say_again(sent, model=model) for tab in tabs))
            await asyncio.gather(*(tab.finished(sent) for tab in tabs))
            wrong += await complaints(workers[0], upstream, sent, *tabs)
            wrong += [
                f"{name}: an error was shown: {error['detail']}" for tab in tabs for error in tab.errors
            ]
    finally:
        await asyncio.gather(*(tab.__aexit__() for tab in tabs))
    return wrong


async def races(workers: Sequence[Site], upstream: Upstream, model: str, count: int) -> list[str]:
    """Race each of several sends by all workers, and return what went wrong."""
    wrong: list[str] = []
    for begin in range(0, count // 2, AT_ONCE):
        numbers = range(begin, min(count // 2, begin + AT_ONCE))
        found = await asyncio.gather(
            *(race(workers, upstream, model, f"Race {number}") for number in numbers)
        )
        wrong += [each for one in found for each in one]
    return wrong
