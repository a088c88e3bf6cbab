"""Length: whether a long answer costs more for each of its deltas than a short one."""

from tests.bench.bench import Bench
from tests.bench.reports import Figure, Report
from tests.bench.streaming import Order, stream

TITLE = "Length: one Markdown answer of 10 KB, and one of 200 KB"
SHORT, LONG = 10, 200
RATIO = 22.0


def measure(bench: Bench) -> Report:
    """CPU of the site for one answer of each length; the short one is measured on both sides of the long one."""
    report = Report(TITLE)
    cpu: dict[int, list[float]] = {SHORT: [], LONG: []}
    rate = "max" if bench.options.quick else "2000tps"
    with bench.site() as site:
        target = bench.target(site)
        bench.run(stream, Order(target, f"bench-{rate}-md{SHORT}k"))  # warm
        for size in (SHORT, SHORT, LONG, SHORT, SHORT):
            outcome = bench.run(stream, Order(target, f"bench-{rate}-md{size}k"))
            cpu[size].append(outcome.cpu)
            report.rows.append(
                {
                    "KB": size,
                    "deltas": outcome.deltas,
                    "altered": outcome.altered,
                    "seconds": outcome.seconds,
                    "CPU s": outcome.cpu,
                    "CPU ms/delta": outcome.cpu_per_delta,
                    "peak MiB": outcome.peak / 1024**2,
                }
            )
            bench.say(f"{size} KB: {outcome.cpu:.2f} s of processor time")
    ratio = cpu[LONG][0] * len(cpu[SHORT]) / sum(cpu[SHORT])
    report.figures.append(Figure(f"CPU of {LONG} KB beside {SHORT} KB", ratio, RATIO, "×"))
    return report
