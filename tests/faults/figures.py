"""The figures that the promises are measured by, as one table:  .venv/bin/python -m tests.faults.figures [--short]

Everything is measured on real processes, with the functions that the fault tests use. PostgreSQL, Redis and nginx must
be installed for the races on two workers, and Chromium. The whole takes some minutes; --short has fewer of everything.
"""

import asyncio
import random
import re
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.catching_up import catch_up
from tests.faults.checker import complaints
from tests.faults.pages import chromium
from tests.faults.races import races
from tests.faults.stock import Stock
from tests.faults.test_kill import kill_once
from tests.faults.test_recovery import cancel_many, quiet
from tests.faults.test_slow_readers import enormous
from tests.faults.test_sqlite import STREAMS, ask_many
from tests.faults.test_upstream import fail
from tests.faults.topology import Topology
from tests.faults.wrongs import WRONGS
from tests.harness.people import sign_in
from tests.harness.site import Site
from tests.harness.tab import Tab
from tests.upstream import UpstreamThread

SITES_AT_ONCE = 5
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many of everything."""

    kills: int = 50
    catch_ups: int = 30
    sends: int = 200
    cancels: int = 300
    readers: int = 50


SHORT = Amounts(kills=4, catch_ups=6, sends=20, cancels=40, readers=10)


@dataclass
class Figures:
    """The table so far, and what was wrong with each case of the matrix."""

    amounts: Amounts
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    cases: list[list[str]] = field(default_factory=list)

    def add(self, figure: str, target: str, measured: str) -> None:
        self.rows.append((figure, target, measured))
        sys.stderr.write(f"… {figure}: {measured}\n")

    def table(self) -> str:
        rows = [("figure", "target", "measured"), *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
        ]
        return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


@asynccontextmanager
async def tabs() -> AsyncIterator[Callable]:
    """Opens tabs, as the tests' fixture does; all are closed in the end."""
    async with AsyncExitStack() as stack:

        async def open_tab(site: Site, url: str = "", **options) -> Tab:
            return await stack.enter_async_context(Tab(url or site.url, site.cookie, **options))

        yield open_tab


async def kills(figures: Figures, stock: Stock, folder: Path) -> None:
    """kill -9 at a random moment of an answer."""
    plan = deque(range(1, figures.amounts.kills + 1))
    done = []

    async def work(number: int) -> None:
        with UpstreamThread() as upstream:
            site = stock.site(folder / f"kills{number}", upstream)
            await asyncio.to_thread(site.start)
            try:
                while plan:
                    done.append(await kill_once(site, upstream, "mid", plan.popleft()))
            finally:
                await asyncio.to_thread(site.end)

    await asyncio.gather(*(work(number) for number in range(SITES_AT_ONCE)))
    wrong = [each for kill in done for each in kill.wrong]
    figures.cases += [kill.wrong for kill in done]
    shown = sum(kill.shown for kill in done)
    seeds = f"over {len(done)} seeds"
    lost = sum(int(found[1]) for each in wrong if (found := re.search(r"(\d+) characters that a tab", each)))
    figures.add(f"characters lost of those shown over 1 s before kill -9, {seeds}", "0", f"{lost} of {shown}")
    moved = [each for each in wrong if re.search("duplicated|reordered|more than", each)]
    figures.add(f"texts with anything duplicated or reordered, {seeds}", "0", str(len(moved)))
    others = [each for each in wrong if each not in moved and "characters that a tab" not in each]
    figures.add(f"anything else wrong after kill -9, {seeds}", "0", str(len(others)))
    latest = max(kill.ended_after for kill in done)
    figures.add("interrupted after the restart, at the latest", "15 s", f"{latest:.1f} s")


async def upstream_faults(figures: Figures, site: Site) -> None:
    """Every way in which a model server fails."""
    failures = await asyncio.gather(*(fail(site, name, wrong) for name, wrong in WRONGS.items()))
    figures.cases += [failure.wrong for failure in failures]


async def catch_ups(figures: Figures, site: Site, upstream: UpstreamThread) -> None:
    """Seconds from the network's return until a page in a browser shows all that it missed."""
    async with chromium() as browser:
        for is_local, how, target in (
            (True, "the browser knows that", "1 s"),
            (False, "unknown to the browser", "1 s"),
        ):
            seeds = range(figures.amounts.catch_ups)
            found = [await catch_up(browser, site, upstream, seed, is_local) for seed in seeds]
            figures.cases += [wrong for _, wrong in found]
            cuts = statistics.quantiles([seconds for seconds, _ in found], n=20, method="inclusive")
            figures.add(f"catch-up when the network is back, {how}: p50", "–", f"{cuts[9]:.2f} s")
            figures.add(f"catch-up when the network is back, {how}: p95", target, f"{cuts[18]:.2f} s")


async def two_workers(figures: Figures, folder: Path) -> None:
    """Every send is made by tabs on two workers at once."""
    with ExitStack() as stack:
        upstream = stack.enter_context(UpstreamThread())
        site = await asyncio.to_thread(stack.enter_context, Topology(folder / "workers", upstream.base_url))
        sends = figures.amounts.sends
        wrong = await races([site.first, site.second], upstream, "test-model", sends)
        figures.cases += [[each] for each in wrong] + [[]] * (sends - len(wrong))
        target = "1 message, 1 answer, 1 call"
        kept = f"{sends - len(wrong)} of {sends}, {len(upstream.requests)} calls"
        figures.add(f"sends raced on two workers ({sends})", target, kept)


async def streams(figures: Figures, stock: Stock, folder: Path) -> None:
    """Many answers at once on SQLite."""
    with UpstreamThread() as upstream:
        site = stock.site(folder / "streams", upstream)
        await asyncio.to_thread(site.start)
        async with tabs() as open_tab:
            for tab, sent in await ask_many(site, upstream, open_tab, STREAMS, 1500, 0.02):
                await tab.finished(sent, 60)
                figures.cases.append(await complaints(site, upstream, sent, tab))
        await asyncio.to_thread(site.end)
    locked = len(site.said("database is locked"))
    figures.add(f"“database is locked” under {STREAMS} streams on SQLite", "0", str(locked))


async def memory(figures: Figures, stock: Stock, folder: Path) -> None:
    """Memory after many cancelled runs and stalled readers against what was held before, when warm."""
    amounts = figures.amounts
    with UpstreamThread() as upstream:
        site = stock.site(folder / "memory", upstream)
        await asyncio.to_thread(site.start)
        rng = random.Random(1)
        # The system's allocator keeps what was needed at once, so the same is needed before as afterwards.
        await cancel_many(site, upstream, rng, amounts.cancels)
        await stall(site, upstream, amounts.readers)
        before = site.meter.memory
        await cancel_many(site, upstream, rng, amounts.cancels)
        await stall(site, upstream, amounts.readers)
        after = site.meter.memory
        await asyncio.to_thread(site.end)
    figure = f"memory after {amounts.cancels} cancels and {amounts.readers} stalled readers"
    change = 100 * (after / before - 1)
    measured = f"{change:+.1f} % ({before / MIB:.0f} → {after / MIB:.0f} MiB)"
    figures.add(figure, "within 10 %", measured)


async def stall(site: Site, upstream: UpstreamThread, readers: int) -> None:
    """Readers that stop reading in the middle of a large answer, and leave after its end."""
    async with tabs() as open_tab:
        tab = await open_tab(site)
        await tab.until(lambda: tab.opened)
        options = {"conversation": tab.conversation, "acks": False, "returns": False}
        frozen = [await open_tab(site, **options) for _ in range(readers)]
        for each in frozen:
            await each.until(lambda each=each: each.opened)
            each.freeze()
        upstream.reply(enormous(random.Random(7), MIB), pace=0.002)
        await tab.finished(await tab.ask(f"For {readers} stalled readers"), 120)
    await quiet(site)


async def measure(amounts: Amounts, folder: Path) -> Figures:
    """All of it, one after another."""
    figures = Figures(amounts)
    with UpstreamThread() as upstream:
        site = await asyncio.to_thread(Site(folder / "first", upstream.base_url).start)
        site.cookie = sign_in(site)
        stock = Stock(site)
        await kills(figures, stock, folder)
        await upstream_faults(figures, site)
        await catch_ups(figures, site, upstream)
        await asyncio.to_thread(site.end)
    await two_workers(figures, folder)
    await streams(figures, stock, folder)
    await memory(figures, stock, folder)
    equal = sum(not any(": a tab" in each for each in case) for case in figures.cases)
    share = 100 * equal / len(figures.cases)
    figures.add(f"page equals reload, over {len(figures.cases)} cases", "100 %", f"{share:.1f} %")
    return figures


def main() -> None:
    amounts = SHORT if "--short" in sys.argv[1:] else Amounts()
    with tempfile.TemporaryDirectory(prefix="chatsite-figures-") as folder:
        begin = time.monotonic()
        figures = asyncio.run(measure(amounts, Path(folder)))
    sys.stdout.write(f"{figures.table()}\n\nmeasured in {time.monotonic() - begin:.0f} s\n")
    for wrong in [each for case in figures.cases for each in case]:
        sys.stdout.write(f"wrong: {wrong}\n")


if __name__ == "__main__":
    main()
