"""Search: what queries cost in a store of many messages, and what the index costs."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.bench import Bench
from tests.bench.reports import Figure, Report
from tests.harness.engines import POSTGRES, Postgres
from tests.harness.site import ROOT, Site

TITLE = "Search: milliseconds of processor time, of the site and of the database"
MESSAGES_A_CONVERSATION = 100
MAX_P50_MS, MAX_P95_MS, MAX_NEVER_MEET_MS, MAX_STORED_MS, MAX_SPACE = 10.0, 30.0, 60.0, 0.3, 0.8
SEED = "from tests.bench.seeded import fill; fill({}, {}); print('filled')"
MEASURE = "from tests.bench.searching import measure; measure()"
PAGES = "from tests.bench.searching import measure_pages; measure_pages()"
# A store with so few conversations, whose pages the large one's are compared with.
FEW_CONVERSATIONS, MAX_PAGE_RATIO = 100, 1.3


def measure(bench: Bench) -> Report:
    """Fill a store on each database, search in it, and store a little more."""
    report = Report(
        TITLE, note="Person3 has a tenth of the messages and then, as “all”, every one; few has a thousandth."
    )
    for name, store in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        if name == "PostgreSQL" and not POSTGRES:
            report.note += " PostgreSQL is not installed."
            continue
        conversations = max(20, bench.options.messages // MESSAGES_A_CONVERSATION)
        with store(bench) as site:
            small = _figures(bench, name, site, min(FEW_CONVERSATIONS, conversations), PAGES)
        with store(bench) as site:
            figures = _figures(bench, name, site, conversations, MEASURE)
        _report(report, name, figures)
        ratios = [figures["pages"][page] / small[page] for page in small]
        report.figures.append(
            Figure(f"{name}: a page beside a small store's", max(ratios), MAX_PAGE_RATIO, "×")
        )
    return report


def _figures(bench: Bench, name: str, site: Site, conversations: int, what: str) -> dict[str, Any]:
    begun = time.monotonic()
    _run(site, "migrate", "--no-input")
    _run(site, "shell", "--no-imports", "-c", SEED.format(conversations, MESSAGES_A_CONVERSATION))
    bench.say(
        f"{name}: {conversations * MESSAGES_A_CONVERSATION:,} messages in {time.monotonic() - begun:.0f} s"
    )
    figures: dict[str, Any] = json.loads(_run(site, "shell", "--no-imports", "-c", what).splitlines()[-1])
    return figures


def _run(site: Site, *command: str) -> str:
    manage = [sys.executable, str(ROOT / "manage.py"), *command]
    return subprocess.run(
        manage, env=site.env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


@contextmanager
def _sqlite(bench: Bench) -> Iterator[Site]:
    yield bench.worker()


@contextmanager
def _postgresql(bench: Bench) -> Iterator[Site]:
    with Postgres() as postgres:
        yield bench.worker(DATABASE_URL=postgres.url)


def _report(report: Report, name: str, figures: dict[str, Any]) -> None:
    for some, everything in zip(figures["some"], figures["all"], strict=True):
        more = {key.replace("person3", "all"): value for key, value in everything.items()}
        report.rows.append({"database": name, **some, **more})
    rows = [row for row in report.rows if row["database"] == name]
    usual = [row for row in rows if row["kind"] != "never meet"]
    (never,) = [row for row in rows if row["kind"] == "never meet"]
    costs = figures["costs"]
    stored = costs["stored with index"] - costs["stored without"]
    report.figures += [
        Figure(f"{name}: search, the worst p50", _worst(usual, "p50"), MAX_P50_MS, "ms"),
        Figure(f"{name}: search, the worst p95", _worst(usual, "p95"), MAX_P95_MS, "ms"),
        Figure(f"{name}: two common words that never meet", _worst([never], "p95"), MAX_NEVER_MEET_MS, "ms"),
        Figure(f"{name}: best match, p95", figures["ranked"]["p95"], MAX_NEVER_MEET_MS, "ms"),
        Figure(
            f"{name}: best match of everything, p95", figures["ranked all"]["p95"], MAX_NEVER_MEET_MS, "ms"
        ),
        Figure(f"{name}: the index of a message that is stored", stored, MAX_STORED_MS, "ms"),
    ]
    if name == "SQLite":
        report.figures.append(
            Figure(f"{name}: index by text", costs["index MB"] / costs["text MB"], MAX_SPACE)
        )
    else:
        report.note += f" Its index takes {costs['index MB']:.0f} MB for {costs['text MB']:.0f} MB of text."


def _worst(rows: list[dict[str, Any]], share: str) -> float:
    """The highest of all people's figures, of searches alone and of processor time."""
    return max(
        value
        for row in rows
        for key, value in row.items()
        if key.endswith(share) and not key.startswith("page") and "wall" not in key
    )
