"""An answer that a test lets grow, read on several workers."""

import asyncio
import time

MAX_DELAY_SECONDS = 2  # for a word to be shown, in every failure


class Growing:
    """An answer that is being written, and the tabs that read it."""

    def __init__(self, hold, tab, sent, message, tabs) -> None:
        self.hold, self.tab, self.sent, self.message, self.tabs = hold, tab, sent, message, tabs
        self.said = "Begun. "

    async def read_by(self, tab):
        """One more tab reads it, from its beginning."""
        self.tabs.append(tab)
        await tab.until(lambda: self.message in tab.answers and tab.answers[self.message].text)
        return tab

    async def say(self, words: str, seconds: float = MAX_DELAY_SECONDS) -> list[float]:
        """Say more; after how many seconds each tab showed it."""
        begin = time.monotonic()
        self.hold.send(words)
        self.said += words
        for tab in self.tabs:
            await tab.until(lambda tab=tab: tab.answers[self.message].text == self.said, seconds)
        return [tab.answers[self.message].shown[-1][0] - begin for tab in self.tabs]

    async def say_for(self, seconds: float, shown_within: float | None) -> None:
        """Grow for a time; every word is shown in time, or need not be shown yet."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if shown_within is None:
                self.hold.send("Meanwhile. ")
                self.said += "Meanwhile. "
            else:
                await self.say("Meanwhile. ", shown_within)
            await asyncio.sleep(0.2)

    async def finish(self, seconds: float = 10) -> str:
        """Let it end; the status that every tab shows."""
        self.hold.finish()
        for tab in self.tabs:
            await tab.until(lambda tab=tab: tab.answers[self.message].is_over, seconds)
        (status,) = {tab.answers[self.message].status for tab in self.tabs}
        return status
