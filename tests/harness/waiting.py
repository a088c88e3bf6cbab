"""Waiting for something to be so, with an end to the waiting."""

import time
from collections.abc import Callable


def wait_for(claim: Callable[[], object], otherwise: str, seconds: float = 60) -> None:
    """Wait until something is so; an AssertionError says `otherwise`."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
