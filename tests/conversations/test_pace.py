"""The pace follows how busy the process is."""

import asyncio
import time

from chatsite.conversations.pace import BUSY, IDLE, Beat, Pace


def work(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_it_begins_at_a_frame_of_a_screen() -> None:
    assert Pace().seconds == IDLE


def test_a_process_that_is_always_at_work_waits_longer() -> None:
    pace = Pace()
    work(0.1)
    pace.measure()
    assert IDLE < pace.seconds <= BUSY


def test_an_idle_one_comes_back_to_a_frame_of_a_screen() -> None:
    pace = Pace()
    work(0.1)
    pace.measure()
    time.sleep(0.4)
    pace.measure()
    assert pace.seconds == IDLE


async def test_a_look_that_was_late_does_not_make_the_next_one_late() -> None:
    loop, beat = asyncio.get_running_loop(), Beat(Pace())
    await beat.next()
    begun = loop.time()
    await beat.next()
    time.sleep(IDLE / 2)  # noqa: ASYNC251 the process is busy
    await beat.next()
    assert IDLE * 2 <= loop.time() - begun < IDLE * 2.4


async def test_what_comes_after_a_silence_is_looked_for_at_once() -> None:
    loop, beat = asyncio.get_running_loop(), Beat(Pace())
    await asyncio.sleep(IDLE * 3)
    begun = loop.time()
    await beat.next()
    assert loop.time() - begun < IDLE / 2
