"""Streams keep to their plans."""

import asyncio
import time

from tests.bench.pacing import Pacer


async def test_a_late_tick_shifts_no_later_one():
    begin, ticks, done = time.monotonic(), [], asyncio.Event()

    def step() -> float | None:
        ticks.append(time.monotonic() - begin)
        if len(ticks) == 1:
            time.sleep(0.1)  # noqa: ASYNC251  the lateness
        if len(ticks) == 10:
            done.set()
            return None
        return begin + len(ticks) * 0.02

    pacer = Pacer()
    pacer.add(begin, step)
    async with asyncio.timeout(5):
        await done.wait()
    # The five that fell into the pause came at once behind it, and the last again in its time.
    assert ticks[4] < 0.15
    assert ticks[9] >= 0.1795
    assert pacer.latest >= 0.07


async def test_each_stream_has_its_own_end():
    ended: list[str] = []
    pacer, begin, done = Pacer(), time.monotonic(), asyncio.Event()

    def start(name: str, count: int) -> None:
        left = iter(range(1, count))

        def step() -> float | None:
            if number := next(left, None):
                return begin + number * 0.01
            ended.append(name)
            if len(ended) == 2:
                done.set()
            return None

        pacer.add(begin, step)

    start("long", 5)
    start("short", 2)
    async with asyncio.timeout(5):
        await done.wait()
    assert ended == ["short", "long"]
