"""Whole answers: what a delta costs when the beginning and the end of its answer are counted, too."""

from tests.bench.bench import Bench
from tests.bench.reports import Figure, Report
from tests.bench.streaming import Order, stream

TITLE = "Whole answers: 500 deltas each, begun within 20 s, beginnings and ends counted"
MODEL = "bench-50tps-500tok"
SPREAD_SECONDS = 20.0
RATIO = 0.8


def measure(bench: Bench) -> Report:
    """CPU a delta of whole answers, on the bare consumer and on the site."""
    report = Report(TITLE)
    numbers = (20,) if bench.options.quick else (100, 200)
    with bench.baseline() as baseline, bench.site(max(numbers)) as site:
        targets = {"baseline": bench.target(baseline), "site": bench.target(site)}
        for target in targets.values():
            bench.run(stream, Order(target, "bench-max-400tok", streams=10))  # warm
        for streams in numbers:
            cost = {}
            for name, target in targets.items():
                outcome = bench.run(stream, Order(target, MODEL, streams, SPREAD_SECONDS))
                cost[name] = outcome.whole_cpu_per_delta
                report.rows.append(
                    {
                        "streams": streams,
                        "of": name,
                        "deltas": outcome.receipts.arrived,
                        "lost": outcome.lost,
                        "whole CPU ms/delta": cost[name],
                        "p50 ms": outcome.delay(0.50),
                        "p99 ms": outcome.delay(0.99),
                    }
                )
                bench.say(f"{streams} whole answers, {name}: {cost[name]:.3f} ms a delta")
            ratio = cost["site"] / cost["baseline"]
            name = f"{streams} whole answers: CPU a delta beside the bare consumer's"
            report.figures.append(Figure(name, ratio, RATIO, "×"))
    return report
