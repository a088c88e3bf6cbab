"""Sends: from a frame on the socket to the request at the upstream."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

import aiohttp

from tests.bench.bench import Bench
from tests.bench.clients import Tab
from tests.bench.load import Target, connected, session
from tests.bench.receipts import percentile
from tests.bench.reports import Figure, Report
from tests.bench.streaming import records
from tests.harness.meter import Meter

TITLE = "Sends: from the frame of a message to the request that the upstream receives"
ANSWER, ANSWER_IN_WINDOW = "bench-max-3tok", "bench-max-3tok-window500"
HISTORY = 1000
WITHIN = 15.0
RATIO = 1.5
# Seconds for what follows an answer's end to be done before the next send.
REST = 0.05
ENDS_WITHIN = 30

FRESH = "a new conversation"
LONG = f"{HISTORY} messages, what fits a window of 500 tokens goes upstream"
LONGEST = f"{HISTORY} messages, all go upstream"


@dataclass(slots=True)
class Sends:
    """Milliseconds of each send: to the upstream, and to the event that the answer began; CPU of the site.

    messages: that the last of them sent upstream.
    """

    to_upstream: list[float] = field(default_factory=list)
    to_started: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    messages: int = 0


async def send_in_turns(target: Target, conversation: str, count: int) -> dict[str, Sends]:
    """Send this number of times in each way, in turns. `conversation`: the long one, of the target's first person."""
    sends: dict[str, Sends] = defaultdict(Sends)
    async with session() as http:
        long = Tab(http, target.url, target.cookies[0], conversation)
        async with connected([long]):
            for _ in range(count):
                fresh = Tab(http, target.url, target.cookies[0])
                async with connected([fresh]):
                    await _send(http, target, fresh, ANSWER, sends[FRESH])
                await _send(http, target, long, ANSWER_IN_WINDOW, sends[LONG])
                await _send(http, target, long, ANSWER, sends[LONGEST])
    return sends


async def _send(http: aiohttp.ClientSession, target: Target, tab: Tab, model: str, sends: Sends) -> None:
    await asyncio.sleep(REST)
    meter = Meter(*target.pids).start()
    await tab.ask(model, target.base_url)
    async with asyncio.timeout(ENDS_WITHIN):
        await tab.over
    sends.cpu.append(meter.cpu * 1000)
    record = (await records(http, target.base_url))[tab.prompt]
    sends.to_upstream.append((record["arrived"] - tab.asked) / 1000)
    sends.to_started.append((tab.started - tab.asked) / 1000)
    sends.messages = record["messages"]


def measure(bench: Bench) -> Report:
    """Times of sends in new conversations and in a long one."""
    report = Report(TITLE)
    count = 10 if bench.options.quick else 40
    with bench.site() as site:
        target = bench.target(site)
        conversation = site.shell(_fill(target.cookies[0]))[0]
        bench.run(send_in_turns, target, conversation, 3)  # warm
        sends = bench.run(send_in_turns, target, conversation, count)
    for name, each in sends.items():
        report.rows.append(
            {
                "in": name,
                "sends": count,
                "messages upstream": each.messages,
                "to upstream, p50 ms": percentile(each.to_upstream, 0.5),
                "p95 ms": percentile(each.to_upstream, 0.95),
                "to the answer's begin, p50 ms": percentile(each.to_started, 0.5),
                "CPU ms": percentile(each.cpu, 0.5),
            }
        )
    fresh, long = (percentile(sends[name].to_upstream, 0.5) for name in (FRESH, LONG))
    report.figures.append(Figure("frame to the request at the upstream, p50", fresh, WITHIN, "ms"))
    report.figures.append(
        Figure(f"the same among {HISTORY} messages beside a new one", long / fresh, RATIO, "×")
    )
    return report


def _fill(cookie: str) -> str:
    return f"from tests.harness.seed import conversation; conversation({cookie!r}, {HISTORY})"
