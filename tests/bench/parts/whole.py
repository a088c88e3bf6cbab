"""Whole answers: what a delta costs when the beginning and the end of its answer are counted, too."""

from dataclasses import replace

from tests.bench.bench import Bench
from tests.bench.reports import Figure, Report
from tests.bench.streaming import Order, stream

TITLE = "Whole answers: 500 deltas each, begun within 20 s, beginnings and ends counted"
MODEL = "bench-50tps-500tok"
SPREAD_SECONDS = 20.0
RATIO = 0.8
# What static/js/reply.js asks for.
PAGE_PACE_MS = 100


def measure(bench: Bench) -> Report:
    """CPU a delta of whole answers: on the bare consumer, on the site, and on the site with clients that ask for the
    pace of a page."""
    report = Report(TITLE)
    numbers = (20,) if bench.options.quick else (100, 200)
    with bench.baseline() as baseline, bench.site(max(numbers)) as site:
        targets = {"baseline": bench.target(baseline), "site": bench.target(site)}
        for target in targets.values():
            bench.run(stream, Order(target, "bench-max-400tok", streams=10))  # warm
        for streams in numbers:
            orders = {name: Order(target, MODEL, streams, SPREAD_SECONDS) for name, target in targets.items()}
            orders["site, page's pace"] = replace(orders["site"], pace=PAGE_PACE_MS)
            cost = {name: _measured(bench, report, name, order) for name, order in orders.items()}
            ratio = cost["site"] / cost["baseline"]
            name = f"{streams} whole answers: CPU a delta beside the bare consumer's"
            report.figures.append(Figure(name, ratio, RATIO, "×"))
    return report


def _measured(bench: Bench, report: Report, name: str, order: Order) -> float:
    """Measure an order into the report's rows. Returns milliseconds of CPU a delta."""
    outcome = bench.run(stream, order)
    cost = outcome.whole_cpu_per_delta
    report.rows.append(
        {
            "streams": order.streams,
            "of": name,
            "deltas": outcome.receipts.arrived,
            "lost": outcome.lost,
            "whole CPU ms/delta": cost,
            "p50 ms": outcome.delay(0.50),
            "p99 ms": outcome.delay(0.99),
        }
    )
    bench.say(f"{order.streams} whole answers, {name}: {cost:.3f} ms a delta")
    return cost
