"""Tabs: what it costs that several watch one answer."""

from tests.bench.bench import Bench
from tests.bench.reports import Figure, Report
from tests.bench.streaming import Order, steady, stream

TITLE = "Tabs: answers that one tab watches, and that five tabs watch"
TABS = 5
RATIO = 2.0


def measure(bench: Bench) -> Report:
    """CPU of the site for the same answers with one tab each and with five, in turns."""
    report, cpu = Report(TITLE), {1: 0.0, TABS: 0.0}
    answers = bench.options.watched
    turns = (1, TABS) if bench.options.quick else (1, TABS, TABS, 1)
    with bench.site(answers) as site:
        target = bench.target(site)
        bench.run(stream, Order(target, "bench-max-400tok", answers, tabs=TABS))  # warm
        for tabs in turns:
            outcome = bench.run(stream, steady(bench.options, target, answers, tabs))
            cpu[tabs] += outcome.cpu
            report.rows.append(
                {
                    "tabs": tabs,
                    "answers": answers,
                    "deltas": outcome.deltas,
                    "lost": outcome.lost,
                    "CPU ms/delta": outcome.cpu_per_delta,
                    "p50 ms": outcome.delay(0.50),
                    "p99 ms": outcome.delay(0.99),
                }
            )
            bench.say(f"{tabs} tabs an answer: {outcome.cpu_per_delta:.3f} ms a delta, {outcome.lost} lost")
    report.figures.append(Figure(f"CPU of {TABS} tabs beside one", cpu[TABS] / cpu[1], RATIO, "×"))
    return report
