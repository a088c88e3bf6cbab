"""Due times of many streams on one timer. Each stream keeps its own plan, so that a late tick shifts no later one."""

import asyncio
import heapq
import time
from collections.abc import Callable
from itertools import count

# Seconds that one tick may write: uvloop sends what was written only at the end of its turn.
TURN = 0.001
# Seconds that a tick may be early: the loop's timers count whole milliseconds.
EARLY = 0.0005

# Writes what is due and gives the time of the next; None at the end.
Step = Callable[[], float | None]


class Pacer:
    """Calls each step when it is due. Times are those of `time.monotonic`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due: list[tuple[float, int, Step]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        # Seconds that a step has been late at most.
        self.latest = 0.0

    def add(self, at: float, step: Step) -> None:
        """Call `step` at `at`, and again at each time that it gives."""
        heapq.heappush(self._due, (at, next(self._order), step))
        self._set()

    def _set(self) -> None:
        at = self._due[0][0]
        if self._timer and self._timer_at <= at:
            return
        if self._timer:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_later(max(0.0, at - time.monotonic()), self._tick)

    def _tick(self) -> None:
        self._timer = None
        begin = now = time.monotonic()
        while self._due and self._due[0][0] <= now + EARLY and now < begin + TURN:
            at, order, step = self._due[0]
            self.latest = max(self.latest, now - at)
            if (following := step()) is None:
                heapq.heappop(self._due)
            else:
                heapq.heapreplace(self._due, (following, order, step))
            now = time.monotonic()
        if self._due:
            self._set()
