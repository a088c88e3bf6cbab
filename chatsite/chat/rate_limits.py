"""A rate limit for work that costs more than the request for it."""

import asyncio


class RateLimit:
    """Allows `at_once` uses, and then one use in each `seconds`."""

    def __init__(self, at_once: int, seconds: float) -> None:
        self._ahead = (at_once - 1) * seconds
        self._seconds = seconds
        self._used_until = 0.0

    async def take(self) -> None:
        """Wait until one more use is allowed, and use it."""
        await asyncio.sleep(self.wait(asyncio.get_running_loop().time()))

    def wait(self, now: float) -> float:
        """Use it once, at a moment in seconds; return for how many seconds that has to wait."""
        self._used_until = max(self._used_until, now - self._seconds) + self._seconds
        return max(0.0, self._used_until - self._ahead - now)
