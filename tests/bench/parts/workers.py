"""Workers: many streams on two workers behind one address, with PostgreSQL and Redis."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from tests.bench.bench import Bench
from tests.bench.load import Target
from tests.bench.reports import Figure, Report
from tests.bench.streaming import Order, steady, stream
from tests.harness.engines import Nginx, Postgres, Redis, missing

TITLE = "Workers: two of them behind nginx, on PostgreSQL and Redis"
LATEST = 250.0


def measure(bench: Bench) -> Report:
    """Latency and loss of as many streams as two workers promise to carry."""
    report = Report(TITLE)
    if packages := missing():
        report.note = f"Not measured: it needs Debian's {', '.join(packages)}."
        return report
    streams = bench.options.shared
    with two_workers(bench, streams) as target:
        bench.run(stream, Order(target, "bench-max-400tok", 20))  # warm
        outcome = bench.run(stream, steady(bench.options, target, streams))
    report.rows.append(
        {
            "streams": streams,
            "deltas/s each": bench.options.rate,
            "deltas": outcome.deltas,
            "lost": outcome.lost,
            "deltas/s": outcome.deltas / outcome.seconds,
            "p50 ms": outcome.delay(0.50),
            "p95 ms": outcome.delay(0.95),
            "p99 ms": outcome.delay(0.99),
            "CPU ms/delta": outcome.cpu_per_delta,
            "peak MiB": outcome.peak / 1024**2,
            "clients' CPU": outcome.cpu_of_clients / outcome.seconds,
            "upstream's CPU": outcome.cpu_of_upstream / outcome.seconds,
        }
    )
    at = f"{streams} × {bench.options.rate}/s on two workers"
    report.figures.append(Figure(f"{at}: deltas lost, doubled, moved or changed", outcome.lost, 0))
    report.figures.append(Figure(f"{at}: added latency, p99", outcome.delay(0.99), LATEST, "ms"))
    report.note = "\n".join(sorted(set(outcome.failures)))
    return report


@contextmanager
def two_workers(bench: Bench, people: int) -> Iterator[Target]:
    """The site on two workers. Its processes are those that are measured; its address is nginx's."""
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres(fast=False))
        redis = stack.enter_context(Redis())
        shared = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "CHATSITE_SECRET_KEY": "bench " * 10}
        first = stack.enter_context(bench.site(people, **shared))
        second = stack.enter_context(bench.worker(**shared))
        nginx = stack.enter_context(Nginx(first.port, second.port))
        yield replace(bench.target(first), url=nginx.url, pids=(first.pid, second.pid))
