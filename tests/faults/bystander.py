"""Someone else's answer, written steadily while a fault is on: it must not feel any of it."""

import asyncio
from collections.abc import Callable
from typing import Self

from tests.faults.checker import complaints
from tests.harness.site import Site
from tests.harness.tab import Tab
from tests.upstream import UpstreamThread

EVERY = 0.05


class Bystander:
    """A tab with an answer of its own from a server of its own. Leaving the block checks that it was unhurt.

    patience: the longest silence, in seconds, that a reader would not call a fault.
    """

    def __init__(self, site: Site, connect: Callable[..., str], patience: float = 2) -> None:
        self.site, self.patience = site, patience
        self.upstream = UpstreamThread()
        self._connect = connect

    async def __aenter__(self) -> Self:
        self.upstream.__enter__()
        self._hold = self.upstream.hold()
        self.tab = await Tab(self.site.url, self.site.cookie).__aenter__()
        model = self._connect(self.upstream)
        self.sent = await self.tab.ask("What does the bystander see?", model=model)
        self._ticking = asyncio.create_task(self._tick())
        await self.tab.until(lambda: (reply := self.tab.reply(self.sent)) and reply.end)
        return self

    async def _tick(self) -> None:
        for number in range(10**6):
            self._hold.send(f"{number} ")
            await asyncio.sleep(EVERY)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._ticking.cancel()
        await asyncio.wait({self._ticking})
        self._hold.finish()
        try:
            if kind is None:
                await self._check()
        finally:
            await self.tab.__aexit__()
            self.upstream.__exit__()

    async def _check(self) -> None:
        answer = await self.tab.finished(self.sent)
        assert answer.status == "complete"
        assert await complaints(self.site, self.upstream, self.sent, self.tab) == []
        assert answer.longest_gap < self.patience, f"the bystander saw nothing for {answer.longest_gap:.1f} s"
