"""The pace follows how busy the process is."""

import asyncio
import time

import pytest

from chatsite.runs.pace import (
    BUSY_SECONDS,
    IDLE_SECONDS,
    IDLE_SHARE,
    LATENESS_FACTOR,
    MAX_EXTRA_SECONDS,
    Pace,
    Ticker,
)


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
