"""A burst: many people send within one second."""

from tests.bench.bench import Bench
from tests.bench.receipts import percentile
from tests.bench.reports import Figure, Report
from tests.bench.streaming import Order, stream

TITLE = "Burst: everybody sends within one second, and each answer has 500 deltas"
MODEL = "bench-50tps-500tok"
SPREAD_SECONDS = 1.0
MAX_FIRST_WORD_MS, MAX_DELAY_MS = 900, 250


def measure(bench: Bench) -> Report:
    """Time to the first word and added latency, on the bare consumer and on the site."""
    report = Report(TITLE)
    streams = 20 if bench.options.quick else 200
    with bench.baseline() as baseline, bench.site(streams) as site:
        for name, target in {"baseline": bench.target(baseline), "site": bench.target(site)}.items():
            bench.run(stream, Order(target, "bench-max-400tok", streams=10))  # warm
            outcome = bench.run(stream, Order(target, MODEL, streams, SPREAD_SECONDS))
            first_word = percentile(outcome.first_words, 0.5) / 1000
            report.rows.append(
                {
                    "streams": streams,
                    "of": name,
                    "lost": outcome.lost,
                    "first word, p50 ms": first_word,
                    "p95 ms": percentile(outcome.first_words, 0.95) / 1000,
                    "all deltas, p50 ms": outcome.delay(0.50),
                    "p99 ms": outcome.delay(0.99),
                    "whole CPU ms/delta": outcome.whole_cpu_per_delta,
                }
            )
            bench.say(f"{streams} sends, {name}: first word {first_word:.0f} ms, {outcome.lost} lost")
    report.figures += [
        Figure(f"{streams} sends within a second: first word, p50", first_word, MAX_FIRST_WORD_MS, "ms"),
        Figure("the same: added latency of all deltas, p99", outcome.delay(0.99), MAX_DELAY_MS, "ms"),
    ]
    return report
