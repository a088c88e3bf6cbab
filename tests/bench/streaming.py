"""Many answers at once, and what they cost. Runs in the clients' process."""

import asyncio
import gc
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp

from tests.bench.clients import Client, Tab
from tests.bench.load import Target, connected, session
from tests.bench.options import SETTLES_WITHIN, Options
from tests.bench.receipts import Receipts, percentile
from tests.bench.workloads import microseconds, workload
from tests.harness.meter import Meter

# Seconds after which streams that still run are given up.
ENDS_WITHIN = 240


@dataclass(frozen=True, slots=True)
class Order:
    """`streams` answers of `model`, begun one after another within `spread` seconds, each watched by `tabs` tabs.

    steady: seconds for which all of them run, and only which are measured; 0 to measure everything, beginnings and ends
    included. pace: milliseconds that the clients of the site ask for between two events, 0 for none.
    """

    target: Target
    model: str
    streams: int = 1
    spread: float = 0.0
    tabs: int = 1
    steady: float = 0.0
    pace: int = 0


@dataclass(slots=True)
class Outcome:
    """What one order came to.

    begin, end: of what is measured, in µs of the stamps' clock. cpu: seconds of the measured processes, then of the
    clients' and the upstream's own. peak: bytes. failures: a sentence each. deltas: those that arrived meanwhile.
    altered: texts that are not what the upstream sent. whole_cpu: seconds from the first message to the last end,
    with `steady`, too. receipts: of all the stamped deltas. first_words: from each message to the first piece of its
    answer, in µs.
    """

    begin: int
    end: int
    cpu: float
    cpu_of_clients: float
    cpu_of_upstream: float
    peak: int
    failures: list[str] = field(default_factory=list)
    deltas: int = 0
    altered: int = 0
    whole_cpu: float = 0.0
    receipts: Receipts = field(default_factory=Receipts)
    first_words: list[int] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return (self.end - self.begin) / 1_000_000

    @property
    def cpu_per_delta(self) -> float:
        """Milliseconds."""
        return 1000 * self.cpu / self.deltas

    @property
    def whole_cpu_per_delta(self) -> float:
        """Milliseconds, with each answer's beginning and end; of stamped deltas."""
        return 1000 * self.whole_cpu / self.receipts.arrived

    @property
    def lost(self) -> int:
        """Deltas that did not arrive once and in their place, and texts that differ."""
        receipts = self.receipts
        return receipts.missing + receipts.repeated + receipts.disordered + self.altered

    def delay(self, share: float) -> float | None:
        """A percentile of the time between the upstream's stamp and the client's receipt, in milliseconds."""
        return percentile(self.receipts.delays, share) / 1000 if self.receipts.delays else None


def steady(options: Options, target: Target, streams: int, tabs: int = 1) -> Order:
    """Paced streams, measured while all of them run."""
    model, spread = options.paced(streams), options.spread(streams)
    return Order(target, model, streams, spread, tabs, steady=options.seconds)


async def stream(order: Order) -> Outcome:
    """Run an order on its target. Raises RuntimeError when nothing at all arrives."""
    async with session() as http:
        await http.get(f"{order.target.base_url.removesuffix('/v1')}/reset")
        streams = [_clients(http, order, number) for number in range(order.streams)]
        async with connected([client for clients in streams for client in clients]):
            outcome = await _measured(order, streams)
        await _check(http, order, streams, outcome)
    if not outcome.deltas:
        raise RuntimeError(f"No delta of {order.model} arrived. {' '.join(sorted(set(outcome.failures)))}")
    return outcome


def _clients(http: aiohttp.ClientSession, order: Order, number: int) -> list[Client]:
    """The clients of one stream: the first asks, the others watch."""
    first = order.target.client(http, number)
    if not isinstance(first, Tab):
        return [first]
    first.pace = order.pace
    return [first, *(first.twin() for _ in range(order.tabs - 1))]


async def _measured(order: Order, streams: Sequence[Sequence[Client]]) -> Outcome:
    # A collection would look at all that the earlier orders have left.
    gc.collect()
    gc.freeze()
    whole = Meter(*order.target.pids).start()
    pauses = [order.spread * place / len(streams) for place in range(len(streams))]
    running = asyncio.gather(*map(partial(_run, order), streams, pauses), return_exceptions=True)
    if order.steady:
        await asyncio.sleep(order.spread + SETTLES_WITHIN)
    begin, server = microseconds(), Meter(*order.target.pids).start()
    clients, upstream = Meter(os.getpid()).start(), Meter(order.target.upstream).start()
    if order.steady:
        await asyncio.sleep(order.steady)
    else:
        await asyncio.wait([running])
    outcome = Outcome(
        begin=begin,
        end=microseconds(),
        cpu=server.cpu,
        cpu_of_clients=clients.cpu,
        cpu_of_upstream=upstream.cpu,
        peak=server.peak,
    )
    outcome.failures = [str(end) or type(end).__name__ for end in await running if end]
    outcome.whole_cpu = whole.cpu
    return outcome


async def _run(order: Order, clients: Sequence[Client], pause: float) -> None:
    """One stream, from its message to the end that all its clients are sent."""
    await asyncio.sleep(pause)
    await clients[0].ask(order.model, order.target.base_url)
    async with asyncio.timeout(ENDS_WITHIN):
        await asyncio.gather(*(client.over for client in clients))


async def _check(
    http: aiohttp.ClientSession, order: Order, streams: Sequence[Sequence[Client]], outcome: Outcome
) -> None:
    """Compare what arrived with what the upstream says that it has sent."""
    work = workload(order.model)
    assert work, f"{order.model} is none of the upstream's models"
    sent = await records(http, order.target.base_url)
    for clients in streams:
        digest = sent[clients[0].prompt]["sha256"] if clients[0].prompt in sent else ""
        whole = [hashlib.sha256(client.text.encode()).hexdigest() == digest for client in clients]
        outcome.altered += whole.count(False)
        if pieces := clients[0].pieces:
            outcome.first_words.append(pieces[0][0] - clients[0].asked)
        if work.size:
            outcome.deltas += work.count * whole[0]
        else:
            receipts = Receipts.of(clients[0].pieces, work.count)
            outcome.receipts.add(receipts)
            outcome.deltas += receipts.within(outcome.begin, outcome.end)


async def records(http: aiohttp.ClientSession, base_url: str) -> dict[str, dict[str, Any]]:
    """The upstream's records, by the message that was asked."""
    async with http.get(f"{base_url.removesuffix('/v1')}/stats") as response:
        return {record["prompt"]: record for record in (await response.json())["requests"]}
