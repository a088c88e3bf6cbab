"""Sends from the page: from Enter to the upstream's request, and from its first delta to the words on the screen."""

from dataclasses import dataclass, field
from statistics import median
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser

from tests.bench.bench import Bench
from tests.bench.chromium import Visit
from tests.bench.receipts import percentile
from tests.bench.reports import Figure, Report
from tests.harness.site import Site

TITLE = (
    "Sends from the page: Enter, the request at the upstream, its first delta, and the words on the screen"
)
ANSWER, ANSWER_IN_WINDOW = "bench-50tps-10tok", "bench-50tps-10tok-window500"
HISTORY = 1000
TO_UPSTREAM = 15
TO_PAINT = 30
ABOVE_UPSTREAM = 50
RATIO = 1.5

FRESH = "a new conversation"
LONG = f"{HISTORY} messages, of which what fits 500 tokens goes upstream"


@dataclass(slots=True)
class Sends:
    """Milliseconds of each send.

    to_upstream: from Enter to the request there. to_change, to_paint: from the upstream's first delta to the page's
    change, and to its presentation on the screen, which Chromium reports (Element Timing, rounded to 4 ms). above: from
    Enter to that, less what the upstream took. error: of the clocks' alignment, at most.
    """

    to_upstream: list[float] = field(default_factory=list)
    to_change: list[float] = field(default_factory=list)
    to_paint: list[float] = field(default_factory=list)
    above: list[float] = field(default_factory=list)
    error: float = 0

    def add(self, noted: dict[str, float], record: dict[str, Any], clock: tuple[float, float]) -> None:
        """One send. `noted`: by the page; `record`: the upstream's; `clock`: see Visit.clock."""
        offset, error = clock
        arrived, first = (record[name] / 1000 - offset for name in ("arrived", "first"))
        self.error = max(self.error, error)
        self.to_upstream.append(arrived - noted["enter"])
        self.to_change.append(noted["changed"] - first)
        self.to_paint.append(noted["shown"] - first)
        self.above.append(noted["shown"] - noted["enter"] - (first - arrived))


def measure(bench: Bench, browser: Browser, site: Site, path: str, times: int) -> Report:
    """Send in new conversations and in a long one, in turns. `path`: of the long one's page."""
    fresh, long = Sends(), Sends()
    with Visit(browser, site) as new, Visit(browser, site) as old:
        old.open(path)
        for number in range(times + 1):
            new.open()
            send(bench, new, ANSWER, fresh if number else Sends())
            send(bench, old, ANSWER_IN_WINDOW, long if number else Sends())
    figures = [
        Figure("the upstream's first delta to paint, p50", median(fresh.to_paint), TO_PAINT, "ms"),
        Figure("Enter to the request at the upstream, p50", median(fresh.to_upstream), TO_UPSTREAM, "ms"),
        Figure("Enter to paint above the upstream's time, p50", median(fresh.above), ABOVE_UPSTREAM, "ms"),
        Figure(
            f"Enter to the upstream among {HISTORY} messages beside a new conversation",
            median(long.to_upstream) / median(fresh.to_upstream),
            RATIO,
            "×",
        ),
    ]
    return Report(TITLE, [_row(FRESH, fresh), _row(LONG, long)], figures)


def send(bench: Bench, visit: Visit, model: str, sends: Sends) -> None:
    """One send, as a person does it, when what came before is done."""
    visit.choose(model)
    visit.page.wait_for_timeout(300)
    prompt = f"What does gauge {uuid4()} say?"
    visit.ask(prompt)
    sends.add(visit.noted(), bench.record(prompt), visit.clock())


def _row(name: str, sends: Sends) -> dict[str, Any]:
    return {
        "in": name,
        "sends": len(sends.above),
        "to upstream, p50 ms": median(sends.to_upstream),
        "to upstream, p95": percentile(sends.to_upstream, 0.95),
        "delta to change, p50": median(sends.to_change),
        "delta to paint, p50": median(sends.to_paint),
        "delta to paint, p95": percentile(sends.to_paint, 0.95),
        "clocks wrong by": sends.error,
    }
