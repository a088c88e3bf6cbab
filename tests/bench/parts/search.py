"""Search: what queries cost in a store of many messages, and what the index costs."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.bench import Bench
from tests.bench.reports import Figure, Report
from tests.harness.engines import POSTGRES, Postgres
from tests.harness.site import ROOT, Site

TITLE = "Search: milliseconds of processor time, of the site and of the database"
MESSAGES_A_CONVERSATION = 100
MAX_P50_MS, MAX_P95_MS, MAX_NEVER_MEET_MS, MAX_STORED_MS, MAX_SPACE = 10.0, 30.0, 60.0, 0.3, 0.8
MAX_PAGE_MS = 30.0
SEED = "from tests.bench.seeded import fill; fill({}, {}); print('filled')"
MEASURE = "from tests.bench.searching import measure; measure()"
PAGES = "from tests.bench.searching import measure_pages; measure_pages()"
# The file that marks a kept store as filled.
FILLED = "filled"
# A store with so few conversations, whose pages the large one's are compared with.
FEW_CONVERSATIONS, MAX_PAGE_RATIO = 100, 1.3
# Of `pages`.
FIND = "find in it"


def measure(bench: Bench) -> Report:
    """Fill a store on each database, search in it, and store a little more."""
    report = Report(
        TITLE, note="“most” has nearly all messages, “tenth” a tenth of them, “few” a thousandth."
    )
    for name, store in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        if name == "PostgreSQL" and not POSTGRES:
            report.note += " PostgreSQL is not installed."
            continue
        conversations = max(20, bench.options.messages // MESSAGES_A_CONVERSATION)
        few = min(FEW_CONVERSATIONS, conversations)
        with store(bench, few) as site:
            small = _figures(bench, name, site, few, PAGES)
        with store(bench, conversations) as site:
            figures = _figures(bench, name, site, conversations, MEASURE)
        _report(report, name, figures, small["pages"])
    return report


def _figures(bench: Bench, name: str, site: Site, conversations: int, what: str) -> dict[str, Any]:
    begun, filled = time.monotonic(), site.home / FILLED
    # A store of an earlier run may be of an earlier version.
    _run(site, "migrate", "--no-input")
    if not filled.exists():
        _run(site, "shell", "--no-imports", "-c", SEED.format(conversations, MESSAGES_A_CONVERSATION))
        filled.touch()
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
def _sqlite(bench: Bench, conversations: int) -> Iterator[Site]:
    """A store that may have been filled by an earlier run."""
    if not bench.options.keep:
        yield bench.worker()
        return
    yield Site(_kept(bench.options.keep, f"sqlite-{conversations}"), bench.base_url)


@contextmanager
def _postgresql(bench: Bench, conversations: int) -> Iterator[Site]:
    if not bench.options.keep:
        with Postgres() as postgres:
            yield bench.worker(DATABASE_URL=postgres.url)
        return
    with Postgres(folder=_kept(bench.options.keep, f"postgresql-{conversations}")) as postgres:
        # The folder itself may belong to another user, who runs the database.
        home = _kept(postgres.folder, "home")
        yield Site(home, bench.base_url, DATABASE_URL=postgres.url)


def _kept(folder: Path, name: str) -> Path:
    kept = (folder / name).resolve()
    kept.mkdir(parents=True, exist_ok=True)
    return kept


def _report(report: Report, name: str, figures: dict[str, Any], small: dict[str, float]) -> None:
    rows = [{"database": name, **row} for row in figures["searches"]]
    report.rows += rows
    usual = [row for row in rows if row["kind"] != "never meet"]
    (never,) = [row for row in rows if row["kind"] == "never meet"]
    ranked, costs = figures["ranked"], figures["costs"]
    stored = costs["stored with index"] - costs["stored without"]
    report.figures += [
        Figure(f"{name}: search, the worst p50", _worst(usual, "p50"), MAX_P50_MS, "ms"),
        Figure(f"{name}: search, the worst p95", _worst(usual, "p95"), MAX_P95_MS, "ms"),
        Figure(f"{name}: a page of results, the worst p50", _worst(usual, "p50", "page"), MAX_PAGE_MS, "ms"),
        Figure(f"{name}: two common words that never meet", _worst([never], "p95"), MAX_NEVER_MEET_MS, "ms"),
        Figure(
            f"{name}: best match, the worst p95",
            max(each["p95"] for each in ranked.values()),
            MAX_NEVER_MEET_MS,
            "ms",
        ),
        Figure(f"{name}: the index of a message that is stored", stored, MAX_STORED_MS, "ms"),
    ]
    for page, cost in figures["pages"].items():
        report.figures.append(_page(f"{name}: {page}", cost, small[page], page == FIND))
    if name == "SQLite":
        report.figures.append(
            Figure(f"{name}: index by text", costs["index MB"] / costs["text MB"], MAX_SPACE)
        )
    else:
        report.note += f" Its index takes {costs['index MB']:.0f} MB for {costs['text MB']:.0f} MB of text."


def _page(name: str, cost: float, small: float, is_of_words: bool) -> Figure:
    """To find words takes longer where there are more of them; all other pages are compared with a small store's."""
    if is_of_words:
        return Figure(name, cost, MAX_P95_MS, "ms")
    return Figure(f"{name}, {cost:.1f} ms, beside a small store's", cost / small, MAX_PAGE_RATIO, "×")


def _worst(rows: list[dict[str, Any]], share: str, what: str = "") -> float:
    """The highest of all people's figures of processor time: of searches alone, or of their pages."""
    return max(
        value
        for row in rows
        for key, value in row.items()
        if key.endswith(share) and key.startswith("page") == bool(what) and "wall" not in key
    )
