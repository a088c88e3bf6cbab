"""Memory: of a socket that only waits, of an answer that is being written, and after very many short answers."""

import asyncio
import itertools

import aiohttp

from tests.bench.bench import Bench
from tests.bench.clients import Tab
from tests.bench.load import Target, connected, session
from tests.bench.reports import Figure, Report, Row
from tests.harness.meter import Meter

TITLE = "Memory: what the site's process holds"
MIB = 1024 * 1024
HELD, HELD_SIZE, A_FEW = "bench-800tps-md20k-held", 20 * 1024, 5
SHORT = "bench-max-3tok"
IDLE_LIMIT, RUNNING_LIMIT, GROWTH_LIMIT = 60.0, 300.0, 5.0
# Tabs that get short answers at a time, and answers of one conversation: its history goes upstream with each.
AT_ONCE, OF_ONE = 20, 10
# Looks at the memory while they come.
LOOKS = 10
# Seconds for what was just done to settle, and for answers to come.
REST = 1.0
WITHIN = 120


async def hold_sockets(target: Target, warm: int, count: int) -> tuple[int, int]:
    """Bytes held with `warm` idle sockets, and with `count` more."""
    meter = Meter(*target.pids)
    async with session() as http, connected(_tabs(http, target, warm)):
        before = await _settled(meter)
        async with connected(_tabs(http, target, count)):
            return before, await _settled(meter)


async def hold_answers(target: Target, warm: int, count: int) -> tuple[int, int]:
    """Bytes held with `warm` answers that are written but for their end, each with its tab, and with `count` more."""
    meter = Meter(*target.pids)
    async with session() as http:
        tabs = _tabs(http, target, warm + count)
        async with connected(tabs[:warm]):
            await _write(target, tabs[:warm])
            before = await _settled(meter)
            async with connected(tabs[warm:]):
                await _write(target, tabs[warm:])
                held = await _settled(meter)
                await http.get(f"{target.base_url.removesuffix('/v1')}/release")
                await asyncio.gather(*(tab.over for tab in tabs))
    return before, held


async def _write(target: Target, tabs: list[Tab]) -> None:
    """A few at a time and paced: what a burst needs for a moment is no part of what an answer holds."""
    for few in (tabs[at : at + A_FEW] for at in range(0, len(tabs), A_FEW)):
        async with asyncio.timeout(WITHIN):
            for tab in few:
                await tab.ask(HELD, target.base_url)
            await asyncio.gather(*(tab.has(HELD_SIZE) for tab in few))


async def answer_briefly(target: Target, count: int) -> int:
    """Bytes held after `count` short answers, a multiple of those of all tabs, in many conversations."""
    async with session() as http:
        await http.get(f"{target.base_url.removesuffix('/v1')}/reset")
        conversations = count // (AT_ONCE * OF_ONE)
        await asyncio.gather(*(_answer(http, target, number, conversations) for number in range(AT_ONCE)))
    return await _settled(Meter(*target.pids))


async def _answer(http: aiohttp.ClientSession, target: Target, person: int, conversations: int) -> None:
    for _ in range(conversations):
        tab = Tab(http, target.url, target.cookies[person])
        async with connected([tab]), asyncio.timeout(WITHIN):
            for _ in range(OF_ONE):
                await tab.ask(SHORT, target.base_url)
                await tab.over


def _tabs(http: aiohttp.ClientSession, target: Target, count: int) -> list[Tab]:
    people = itertools.cycle(target.cookies)
    return [Tab(http, target.url, next(people)) for _ in range(count)]


async def _settled(meter: Meter) -> int:
    await asyncio.sleep(REST)
    return meter.memory


def measure(bench: Bench) -> Report:
    """Memory a socket, memory an answer, and memory after many of them."""
    report = Report(TITLE)
    with bench.site(AT_ONCE) as site:
        target = bench.target(site)
        bench.run(answer_briefly, target, AT_ONCE * OF_ONE)  # warm
        _sockets(bench, report, target)
        _answers(bench, report, target)
        _short_answers(bench, report, target)
    return report


def _sockets(bench: Bench, report: Report, target: Target) -> None:
    count = 200 if bench.options.quick else 500
    row = _row(f"{count} idle sockets", count, *bench.run(hold_sockets, target, 100, count))
    report.rows.append(row)
    report.figures.append(Figure("memory of an idle socket", row["KB each"], IDLE_LIMIT, "KB"))


def _answers(bench: Bench, report: Report, target: Target) -> None:
    count = 10 if bench.options.quick else 25
    row = _row(f"{count} running answers of 20 KB", count, *bench.run(hold_answers, target, 5, count))
    report.rows.append(row)
    report.figures.append(Figure("memory of a running answer of 20 KB", row["KB each"], RUNNING_LIMIT, "KB"))


def _short_answers(bench: Bench, report: Report, target: Target) -> None:
    """Looks at the memory after each of several equal numbers of answers; the first is where growth begins."""
    step = max(AT_ONCE * OF_ONE, bench.options.runs // LOOKS)
    looks: list[int] = []
    while len(looks) < 2 or len(looks) * step < bench.options.runs:
        looks.append(bench.run(answer_briefly, target, step))
        bench.say(f"{len(looks) * step} short answers: {looks[-1] / MIB:.1f} MiB")
    runs = len(looks) * step
    report.rows.append(_row(f"{runs:,} short answers", runs - step, looks[0], looks[-1]))
    growth = 100 * (looks[-1] / looks[0] - 1)
    name = f"growth from {step:,} to {runs:,} short answers"
    report.figures.append(Figure(name, growth, GROWTH_LIMIT, "%"))
    report.note = f"MiB after each {step:,} short answers: {', '.join(f'{look / MIB:.1f}' for look in looks)}"


def _row(name: str, count: int, before: int, after: int) -> Row:
    return {
        "what": name,
        "before MiB": before / MIB,
        "after MiB": after / MIB,
        "KB each": (after - before) / count / 1000,
    }
