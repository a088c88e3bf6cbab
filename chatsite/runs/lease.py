"""Whether this process may still write its runs: while it was stopped, others may have claimed them."""

import asyncio
import time
from collections.abc import Callable

# Another process claims runs of which it has seen no sign of life for 10 s, and the newest one may have been some
# seconds old when the loop stood still.
MAX_GAP_SECONDS = 5
TICK_SECONDS = 1


class Lease:
    """Notices that the event loop has stood still, as in a paused machine, by a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.doubts = 0
        self._clock = clock
        self._ticked = clock()
        self._certain = asyncio.Event()
        self._certain.set()
        self._tick()

    async def certain(self) -> None:
        """Wait, after the loop has stood still, until the database was asked whose the runs are."""
        self._notice()
        await self._certain.wait()

    def confirm(self, doubts: int) -> None:
        """The runs that are not stopped are ours, as the database was asked when there had been so many doubts."""
        if doubts == self.doubts:
            self._certain.set()

    def close(self) -> None:
        self._timer.cancel()

    def _tick(self) -> None:
        self._notice()
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _notice(self) -> None:
        now = self._clock()
        if now - self._ticked > MAX_GAP_SECONDS:
            self.doubts += 1
            self._certain.clear()
        self._ticked = now
