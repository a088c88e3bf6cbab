"""The pace follows how busy the process is."""

import asyncio
import random
import time
from dataclasses import dataclass
from itertools import pairwise

import pytest

from chatsite.runs.pace import (
    BUSY_SECONDS,
    IDLE_SECONDS,
    IDLE_SHARE,
    LATENESS_FACTOR,
    MAX_EXTRA_SECONDS,
    MAX_WANTED_SECONDS,
    SLOT_SHARE,
    UNFOLLOWED_SECONDS,
    Followers,
    Pace,
    Ticker,
)


@dataclass(eq=False)
class Reader:
    pace: float


class Clocks:
    """Stands in for the process's clocks: time that passes, and the part of it in which the process is at work."""

    def __init__(self) -> None:
        self.passed = self.worked = 0.0

    def __call__(self) -> tuple[float, float]:
        return self.passed, self.worked

    def pass_by(self, pace: Pace, seconds: float, busy: float, late: float = 0.0) -> None:
        """Let time pass as the log does, which measures a few times a second."""
        for _ in range(round(seconds / 0.2)):
            self.passed += 0.2
            self.worked += 0.2 * busy
            pace.polled(late)
            pace.measure()


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks()
    monkeypatch.setattr("chatsite.runs.pace._clocks", clocks)
    return clocks


def test_it_begins_at_a_frame_of_a_screen() -> None:
    assert Pace().seconds == IDLE_SECONDS


def test_a_process_with_little_to_do_keeps_to_it(clocks: Clocks) -> None:
    pace = Pace()
    clocks.pass_by(pace, 10, busy=IDLE_SHARE)
    assert pace.seconds == pytest.approx(IDLE_SECONDS)


def test_a_process_with_much_to_do_waits_longer(clocks: Clocks) -> None:
    pace = Pace()
    clocks.pass_by(pace, 0.2, busy=1)
    assert IDLE_SECONDS < pace.seconds < (IDLE_SECONDS + BUSY_SECONDS) / 2
    clocks.pass_by(pace, 10, busy=1)
    assert pace.seconds == pytest.approx(BUSY_SECONDS, rel=0.01)


def test_where_polls_come_late_it_waits_longer_still_but_not_for_ever(clocks: Clocks) -> None:
    pace = Pace()
    clocks.pass_by(pace, 10, busy=1, late=0.02)
    assert pace.seconds == pytest.approx(BUSY_SECONDS + LATENESS_FACTOR * 0.02, rel=0.01)
    clocks.pass_by(pace, 10, busy=1, late=10)
    assert pace.seconds == pytest.approx(BUSY_SECONDS + MAX_EXTRA_SECONDS, rel=0.01)


def test_after_a_long_rest_it_begins_again(clocks: Clocks) -> None:
    pace = Pace()
    clocks.pass_by(pace, 10, busy=1, late=0.02)
    clocks.passed += 10
    pace.measure()
    assert pace.seconds == pytest.approx(IDLE_SECONDS, rel=0.01)


async def test_a_late_poll_slows_the_pace() -> None:
    pace = Pace()
    ticker = Ticker(pace)
    await ticker.next()
    asyncio.get_running_loop().call_soon(time.sleep, IDLE_SECONDS + 0.05)
    await ticker.next()
    pace.measure()
    assert pace.seconds > IDLE_SECONDS


def test_a_poll_that_was_late_does_not_make_the_next_one_late() -> None:
    ticker = Ticker(Pace())
    assert ticker.due(100) == 100
    assert ticker.due(100) == pytest.approx(100 + IDLE_SECONDS)
    late = 100 + IDLE_SECONDS * 1.5
    assert ticker.due(late) == pytest.approx(100 + IDLE_SECONDS * 2)


def test_what_comes_after_a_silence_is_polled_at_once() -> None:
    ticker = Ticker(Pace())
    ticker.due(100)
    silence = 100 + IDLE_SECONDS * 3
    assert ticker.due(silence) == silence


async def test_a_poll_is_waited_for() -> None:
    loop, ticker = asyncio.get_running_loop(), Ticker(Pace())
    begun = loop.time()
    for _ in range(10):
        await ticker.next()
    # The first is due at once, and a timer may be a clock's tick early.
    assert loop.time() - begun > IDLE_SECONDS * 8.9


async def test_runs_that_are_due_about_the_same_time_are_polled_together() -> None:
    loop, pace = asyncio.get_running_loop(), Pace()
    pace.seconds = BUSY_SECONDS
    polls: list[float] = []

    async def run() -> None:
        ticker = Ticker(pace)
        await asyncio.sleep(random.random() * BUSY_SECONDS)
        for _ in range(4):
            await ticker.next()
            polls.append(loop.time())

    await asyncio.gather(*(run() for _ in range(100)))
    slot = BUSY_SECONDS * SLOT_SHARE
    # A pause of more than half a slot is between two slots, so there are few such clusters.
    clusters = 1 + sum(later - poll > slot / 2 for poll, later in pairwise(sorted(polls)))
    assert clusters <= (max(polls) - min(polls)) / slot + 2
    assert clusters > 3


def test_a_run_is_polled_no_more_often_than_its_followers_want() -> None:
    ticker = Ticker(Pace())
    ticker.due(100)
    assert ticker.due(100, wanted=0.1) == pytest.approx(100.1)
    assert ticker.due(100.1, wanted=0) == pytest.approx(100.1 + IDLE_SECONDS)


def test_the_follower_in_the_greatest_hurry_counts() -> None:
    followers = Followers()
    assert followers.seconds == UNFOLLOWED_SECONDS
    with followers.joined(Reader(0.125)):
        assert followers.seconds == 0.125
        with followers.joined(Reader(0.0)), followers.joined(Reader(0.1)):
            assert followers.seconds == 0
        assert followers.seconds == 0.125
    assert followers.seconds == UNFOLLOWED_SECONDS


def test_a_hidden_page_does_not_keep_an_answer_out_of_the_log() -> None:
    followers = Followers()
    with followers.joined(Reader(0.5)):
        assert followers.seconds == MAX_WANTED_SECONDS
