"""The pace: how often a run polls its upstream, and so how often its answer is rendered and sent."""

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

# Seconds between two polls: one frame of a screen while the process has little to do, and what a reader barely notices
# when it has much. Each poll costs about the same, whatever it finds.
IDLE_SECONDS = 0.016
BUSY_SECONDS = 0.064
# Shares of the time that the process works: up to the first it is idle, from the second on it is busy.
IDLE_SHARE = 0.1
BUSY_SHARE = 0.32
# Late polls mean that there is more to do than can be done, here or on the whole machine. The pace is then slowed by
# their mean lateness times LATENESS_FACTOR, at most by MAX_EXTRA_SECONDS.
LATENESS_FACTOR = 2
MAX_EXTRA_SECONDS = 0.15
# The polls of all runs that are due within this share of the pace are done together: to wake up costs about as much as
# a poll.
SLOT_SHARE = 0.2
# Seconds between two polls of a run that nobody follows here, and at most of any other: what was not polled is not in
# the log.
UNFOLLOWED_SECONDS = 0.1
MAX_WANTED_SECONDS = 0.2
# Seconds in which the pace goes half of the way. It makes the load that it follows, and at once it would overshoot.
HALF_LIFE_SECONDS = 0.5


class Pace:
    """The pace of all runs of a process. `measure` it a few times a second."""

    def __init__(self) -> None:
        self.seconds = IDLE_SECONDS
        self._measured = _clocks()
        self._polls = 0
        self._late = 0.0

    def polled(self, late: float) -> None:
        """Count a poll that was `late` seconds late."""
        self._polls += 1
        self._late += late

    def measure(self) -> None:
        """Set the pace by the share of the time since the last measure that the process worked, and by how late the
        polls were."""
        before, self._measured = self._measured, _clocks()
        passed, worked = (now - then for now, then in zip(self._measured, before, strict=True))
        if passed <= 0:
            return
        busy = (worked / passed - IDLE_SHARE) / (BUSY_SHARE - IDLE_SHARE)
        extra = min(MAX_EXTRA_SECONDS, LATENESS_FACTOR * self._late / max(1, self._polls))
        self._polls, self._late = 0, 0.0
        pace = IDLE_SECONDS + max(0, min(1, busy)) * (BUSY_SECONDS - IDLE_SECONDS) + extra
        self.seconds += (pace - self.seconds) * (1 - 0.5 ** (passed / HALF_LIFE_SECONDS))


class Follower(Protocol):
    """pace: seconds that it wants between two slices of an answer, at least."""

    pace: float


class Followers:
    """Those who follow one run."""

    def __init__(self) -> None:
        self._all: list[Follower] = []

    @contextmanager
    def joined(self, follower: Follower) -> Iterator[None]:
        """Count it as long as the `with` block."""
        self._all.append(follower)
        try:
            yield
        finally:
            self._all.remove(follower)

    @property
    def seconds(self) -> float:
        """Seconds between two polls that do for all of them."""
        wanted = min((follower.pace for follower in self._all), default=UNFOLLOWED_SECONDS)
        return min(wanted, MAX_WANTED_SECONDS)


class Ticker:
    """The times of one run's polls."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._due = 0.0

    async def next(self, wanted: float = 0.0) -> None:
        """Wait for the next poll: as long as the pace says, or for the `wanted` seconds where those are more. The wait
        is shorter by as much as this poll was late: otherwise all runs of a busy process would pause at the same time,
        and it would stand still."""
        clock = asyncio.get_running_loop().time
        now = clock()
        due = self.due(now, wanted)
        if due > now:
            slot = SLOT_SHARE * self._pace.seconds
            due = math.ceil(due / slot) * slot
        await asyncio.sleep(due - now)
        self._pace.polled(clock() - due)

    def due(self, now: float, wanted: float = 0.0) -> float:
        """Return when the next poll is due after one at `now`, both in seconds of one clock."""
        self._due = max(now, self._due + max(self._pace.seconds, wanted))
        return self._due


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.process_time()
