"""Streams: many answers at once, on the site and on the bare consumer, one after the other."""

from tests.bench.bench import Bench
from tests.bench.load import Target
from tests.bench.reports import Figure, Report, Row
from tests.bench.streaming import Order, Outcome, steady, stream

TITLE = "Streams: stamped deltas through the whole site, beside a bare consumer that only passes them on"
MIB = 1024 * 1024
UNLIMITED = "bench-max-400tok"
CPU_RATIO = 0.75
# The most milliseconds that a share of the deltas may be late, by streams at 50 deltas a second.
LATEST = {1: (0.50, 3), 50: (0.99, 60), 200: (0.99, 100)}


def measure(bench: Bench) -> Report:
    """CPU a delta and added latency by number of streams, paced and as fast as they go."""
    report = Report(TITLE)
    options = bench.options
    with bench.baseline() as baseline, bench.site(max(options.streams)) as site:
        targets = {"baseline": bench.target(baseline), "site": bench.target(site)}
        for target in targets.values():
            bench.run(stream, Order(target, UNLIMITED, streams=10))  # warm
        for rate in (options.rate, 0):
            for streams in options.streams:
                _compare(bench, report, targets, rate, streams)
    return report


def _compare(bench: Bench, report: Report, targets: dict[str, Target], rate: int, streams: int) -> None:
    outcomes, options = {}, bench.options
    for name, target in targets.items():
        order = steady(options, target, streams) if rate else Order(target, UNLIMITED, streams)
        outcome = outcomes[name] = bench.run(stream, order)
        row = _row(name, streams, rate, outcome)
        baseline = outcomes["baseline"]
        row["ratio"] = outcome.cpu_per_delta / baseline.cpu_per_delta
        row["whole ratio"] = outcome.whole_cpu_per_delta / baseline.whole_cpu_per_delta
        report.rows.append(row)
        bench.say(f"{streams} streams, {name}: {outcome.cpu_per_delta:.3f} ms a delta, {outcome.lost} lost")
        report.note += "".join(f"{streams} streams, {name}: {each}\n" for each in set(outcome.failures))
    if rate == 50:
        report.figures += _figures(streams, report.rows[-1]["ratio"], outcomes["site"])


def _row(name: str, streams: int, rate: int, outcome: Outcome) -> Row:
    return {
        "streams": streams,
        "deltas/s each": rate or "max",
        "of": name,
        "deltas": outcome.deltas,
        "lost": outcome.lost,
        "deltas/s": outcome.deltas / outcome.seconds,
        "p50 ms": outcome.delay(0.50),
        "p95 ms": outcome.delay(0.95),
        "p99 ms": outcome.delay(0.99),
        "CPU ms/delta": outcome.cpu_per_delta,
        "ratio": 1.0,
        "whole CPU ms/delta": outcome.whole_cpu_per_delta,
        "whole ratio": 1.0,
        "peak MiB": outcome.peak / MIB,
        "clients' CPU": outcome.cpu_of_clients / outcome.seconds,
        "upstream's CPU": outcome.cpu_of_upstream / outcome.seconds,
    }


def _figures(streams: int, ratio: float, site: Outcome) -> list[Figure]:
    """What is promised of this number of streams at 50 deltas a second."""
    at = f"{streams} × 50/s" if streams > 1 else "one stream"
    figures = []
    if streams >= 100:
        figures.append(Figure(f"{at}: CPU a delta beside the bare consumer's", ratio, CPU_RATIO, "×"))
    if streams >= 200:
        figures.append(Figure(f"{at}: deltas lost, doubled, moved or changed", site.lost, 0))
    if streams in LATEST:
        share, limit = LATEST[streams]
        delay = site.delay(share)
        figures.append(Figure(f"{at}: added latency, p{share * 100:.0f}", delay, limit, "ms"))
    return figures
