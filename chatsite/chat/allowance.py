"""How often something may be done that costs more than the asking."""

import asyncio


class Allowance:
    """`at_once` times, and then once in `every` seconds."""

    def __init__(self, at_once: int, every: float) -> None:
        self._ahead = (at_once - 1) * every
        self._every = every
        self._used_until = 0.0

    async def take(self) -> None:
        """Wait until it may be done once more."""
        await asyncio.sleep(self.wait(asyncio.get_running_loop().time()))

    def wait(self, now: float) -> float:
        """Use it once, at a moment in seconds; returns how many seconds later that may be done."""
        self._used_until = max(self._used_until, now - self._every) + self._every
        return max(0.0, self._used_until - self._ahead - now)
