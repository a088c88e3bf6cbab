"""The pace: how often a run looks for more from its upstream, and so how often it is rendered and sent."""

import asyncio
import time

# Seconds between two looks: one frame of a screen while the process has little to do, and as long as nobody minds when
# it has much. Each look costs about the same, whatever it finds.
IDLE = 0.016
BUSY = 0.072
# What is little and much to do: shares of the time that the process is at work.
LITTLE = 0.2
MUCH = 0.5
# Looks that come late mean that there is more to do than can be done, here or on the whole machine. RELIEF times their
# mean lateness is added then, at most MOST_RELIEF seconds.
RELIEF = 2
MOST_RELIEF = 0.15
# Seconds in which it goes half of the way. The pace makes the load that it follows, and at once it would overshoot.
HALF_WAY = 0.5


class Pace:
    """What all runs of a process keep. `measure` it now and then."""

    def __init__(self) -> None:
        self.seconds = IDLE
        self._measured = _clocks()
        self._looks = 0
        self._late = 0.0

    def looked(self, late: float) -> None:
        """A run had its look, so many seconds after it was due."""
        self._looks += 1
        self._late += late

    def measure(self) -> None:
        """Set the pace by the share of the time since the last measure that the process was at work, and by how late
        the looks were."""
        before, self._measured = self._measured, _clocks()
        passed, worked = (now - then for now, then in zip(self._measured, before, strict=True))
        if passed <= 0:
            return
        busy = (worked / passed - LITTLE) / (MUCH - LITTLE)
        late = self._late / max(1, self._looks)
        self._looks, self._late = 0, 0.0
        pace = IDLE + max(0, min(1, busy)) * (BUSY - IDLE) + min(MOST_RELIEF, RELIEF * late)
        self.seconds += (pace - self.seconds) * (1 - 0.5 ** (passed / HALF_WAY))


class Beat:
    """One run's own time in that pace."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._due = 0.0

    async def next(self) -> None:
        """Wait for the next look. By how much this one was late, because the process is busy, is made up for: were each
        pause begun anew, a busy process would stand still in all of its runs' pauses at once."""
        clock = asyncio.get_running_loop().time
        now = clock()
        due = self.due(now)
        await asyncio.sleep(due - now)
        self._pace.looked(clock() - due)

    def due(self, now: float) -> float:
        """When the next look is due after one at `now`, both in seconds of one clock."""
        self._due = max(now, self._due + self._pace.seconds)
        return self._due


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.process_time()
