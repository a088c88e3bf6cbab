"""Turns and pages: what it costs to open a socket, send, and end a short answer; and to open a page."""

import asyncio

import aiohttp

from tests.bench.bench import Bench
from tests.bench.load import Target, connected, session
from tests.bench.reports import Figure, Report
from tests.harness.meter import Meter

TITLE = "Turns and pages: processor time of the site for each"
ANSWER = "bench-max-3tok"
MESSAGES = 20
MAX_TURN_MS, MAX_PAGE_MS = 9.0, 8.0
ENDS_WITHIN_SECONDS = 30
# For what follows an answer's end to be done before the processor time is read.
REST_SECONDS = 1.0


async def turns(target: Target, count: int) -> float:
    """Milliseconds of CPU for one socket, one message and a short answer, each in a new conversation."""
    async with session() as http:
        meter = Meter(*target.pids).start()
        for number in range(count):
            client = target.client(http, number)
            async with connected([client]), asyncio.timeout(ENDS_WITHIN_SECONDS):
                await client.ask(ANSWER, target.base_url)
                await client.over
        await asyncio.sleep(REST_SECONDS)
        return 1000 * meter.cpu / count


async def messages(target: Target, count: int) -> float:
    """Milliseconds of CPU for one message and a short answer on a socket that is open."""
    async with session() as http:
        clients = [target.client(http, number) for number in range(count)]
        async with connected(clients):
            await asyncio.sleep(REST_SECONDS)
            meter = Meter(*target.pids).start()
            for client in clients:
                async with asyncio.timeout(ENDS_WITHIN_SECONDS):
                    await client.ask(ANSWER, target.base_url)
                    await client.over
            await asyncio.sleep(REST_SECONDS)
            return 1000 * meter.cpu / count


async def pages(target: Target, path: str, count: int) -> float:
    """Milliseconds of CPU to serve a page."""
    headers = {"Cookie": target.cookies[0]}
    async with session() as http:
        meter = Meter(*target.pids).start()
        for _ in range(count):
            await _get(http, target.url + path, headers)
        return 1000 * meter.cpu / count


async def _get(http: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> None:
    async with http.get(url, headers=headers, raise_for_status=True) as response:
        await response.read()


def measure(bench: Bench) -> Report:
    """Processor time of turns and pages."""
    report = Report(TITLE)
    count = 20 if bench.options.quick else 200
    with bench.baseline() as baseline, bench.site(count) as site:
        target, bare = bench.target(site), bench.target(baseline)
        fill = f"from tests.harness.seed import conversation; conversation({target.cookies[0]!r}, {MESSAGES})"
        uuid = site.shell(fill)[0]
        work = {
            "bare consumer: socket, send and end of 3 tokens": (turns, bare),
            "socket, send and end of 3 tokens": (turns, target),
            "send and end of 3 tokens": (messages, target),
            "GET / of a new conversation": (pages, target, "/"),
            f"GET of a conversation of {MESSAGES} messages": (pages, target, f"/conversations/{uuid}/"),
        }
        cost = {}
        for name, (function, *args) in work.items():
            bench.run(function, *args, count // 10)  # warm
            cost[name] = bench.run(function, *args, count)
            report.rows.append({"what": name, "times": count, "CPU ms": cost[name]})
            bench.say(f"{name}: {cost[name]:.1f} ms")
    names = list(cost)
    report.figures += [
        Figure("CPU of a socket, a message and its answer of 3 tokens", cost[names[1]], MAX_TURN_MS, "ms"),
        Figure("CPU of the page of a new conversation", cost[names[3]], MAX_PAGE_MS, "ms"),
        Figure(f"CPU of the page of {MESSAGES} messages", cost[names[4]], MAX_PAGE_MS, "ms"),
    ]
    return report
