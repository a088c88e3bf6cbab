"""Experiments that mostly wait: begun when the first site is up, and looked at by tests that come later."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Background:
    """Runs one experiment after another in a thread and a loop of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="experiments")
        self._futures: dict[str, Future[Any]] = {}

    def begin(self, name: str, experiment: Coroutine[Any, Any, Any]) -> None:
        self._futures[name] = self._thread.submit(asyncio.run, experiment)

    def result(self, name: str) -> Any:
        """What came of an experiment, once it is over."""
        return self._futures[name].result()

    def end(self) -> None:
        self._thread.shutdown()
