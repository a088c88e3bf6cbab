"""Whether this process may still write its runs: while it was stopped, others may have claimed them."""

import asyncio
import time
from collections.abc import Callable

# Another process claims runs whose heartbeat has not changed for 10 s, and the newest one may have been some seconds
# old when the event loop stopped.
MAX_GAP_SECONDS = 5
TICK_SECONDS = 1


class Lease:
    """Detects by a monotonic clock that the event loop has stood still, for example in a paused machine."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.doubts = 0
        self._clock = clock
        self._ticked = clock()
        self._certain = asyncio.Event()
        self._certain.set()
        self._tick()

    def is_certain(self) -> bool:
        """Return False after the event loop has stood still, until the database was queried for the owner of the
        runs."""
        self._notice()
        return self._certain.is_set()

    async def certain(self) -> None:
        """Wait until that is certain."""
        self._notice()
        await self._certain.wait()

    def confirm(self, doubts: int) -> None:
        """The runs that were not stopped are ours. `doubts`: how many there were when the database was queried."""
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
