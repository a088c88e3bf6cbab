"""The pace: how often a run polls its upstream, and so how often its answer is rendered and sent."""

import asyncio
import time

# Seconds between two polls: one frame of a screen while the process has little to do, and what a reader barely notices
# when it has much. Each poll costs about the same, whatever it finds.
IDLE_SECONDS = 0.016
BUSY_SECONDS = 0.072
# Shares of the time that the process works: up to the first it is idle, from the second on it is busy.
IDLE_SHARE = 0.2
BUSY_SHARE = 0.5
# Late polls mean that there is more to do than can be done, here or on the whole machine. The pace is then slowed by
# their mean lateness times LATENESS_FACTOR, at most by MAX_EXTRA_SECONDS.
LATENESS_FACTOR = 2
MAX_EXTRA_SECONDS = 0.15
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
        """A run polled, so many seconds after the poll was due."""
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


class Ticker:
    """The times of one run's polls."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._due = 0.0

    async def next(self) -> None:
        """Wait for the next poll. The wait is shorter by as much as this poll was late: otherwise all runs of a busy
        process would pause at the same time, and it would stand still."""
        clock = asyncio.get_running_loop().time
        now = clock()
        due = self.due(now)
        await asyncio.sleep(due - now)
        self._pace.polled(clock() - due)

    def due(self, now: float) -> float:
        """Return when the next poll is due after one at `now`, both in seconds of one clock."""
        self._due = max(now, self._due + self._pace.seconds)
        return self._due


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.process_time()
