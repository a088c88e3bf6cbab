"""Answers that stream into the page: what they take of its main thread, and how far it stays behind the upstream."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import inf
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser

from tests.bench.answers import pieces
from tests.bench.bench import Bench
from tests.bench.chromium import Visit
from tests.bench.parts.page_opening import LONGEST_TASK
from tests.bench.reports import Figure, Report, Row
from tests.bench.workloads import workload
from tests.harness.site import Site

TITLE = "Markdown answers that stream into the page"
NOTE = """\
Main thread: Chromium's TaskDuration, from before Enter until after the last paint; CPU: its ThreadTime, which other
programs of a busy machine add less to. Behind: the longest that a delta had been written and was not on the screen."""
# The seconds of the main thread that an answer may take.
LIMITS = {"bench-300tps-md20k": 1.5, "bench-50tps-md20k": 4.0, "bench-300tps-md100k": 8.0}
SHORT, LONG = "bench-300tps-md10k", "bench-300tps-md100k"
RATIO = 12
BEHIND = 200

END = re.compile(r'\{"type":"reply\.delta",.*?"end":(\d+),')
FINISHED = '{"type":"reply.finished"'
# A moment of the page's clock (ms), and the characters of the answer that are on the screen.
Paint = tuple[float, float]


def measure(bench: Bench, browser: Browser, site: Site, models: Sequence[str]) -> Report:
    """One answer of each model, in a new conversation."""
    rows = {model: answer(bench, browser, site, model) for model in models}
    figures = []
    for model, row in rows.items():
        if model in LIMITS:
            figures.append(Figure(f"main thread, {model}", row["main thread s"], LIMITS[model], "s"))
        figures += [
            Figure(f"behind the upstream, {model}", row["behind ms"], BEHIND, "ms"),
            Figure(f"longest task, {model}", row["longest task ms"], LONGEST_TASK, "ms"),
            Figure(f"layout shifts outside the answer, {model}", row["shifts outside"], 0),
        ]
    if SHORT in rows and LONG in rows:
        ratio = rows[LONG]["main thread s"] / rows[SHORT]["main thread s"]
        figures.append(Figure("main thread of 100 KB beside 10 KB", ratio, RATIO, "×"))
    return Report(TITLE, [{"answer": model, **row} for model, row in rows.items()], figures, NOTE)


def answer(bench: Bench, browser: Browser, site: Site, model: str) -> Row:
    """Stream one answer into a new conversation's page."""
    with Visit(browser, site) as visit:
        visit.open()
        visit.choose(model)
        visit.page.wait_for_timeout(500)
        prompt = f"What does gauge {uuid4()} say?"
        before = visit.metrics()
        visit.ask(prompt)
        visit.page.wait_for_timeout(300)
        after = visit.metrics()
        noted, (offset, _) = visit.noted(), visit.clock()
    record = bench.record(prompt)
    taken = {name: after[name] - before[name] for name in before}
    return {
        "deltas": record["sent"],
        "main thread s": taken["TaskDuration"],
        "CPU s": taken["ThreadTime"],
        "script s": taken["ScriptDuration"],
        "style s": taken["RecalcStyleDuration"],
        "layout s": taken["LayoutDuration"],
        "paints": len(noted["paints"]),
        "behind ms": behind(paints(noted["paints"]), pieces_of(model), sent(record, offset)),
        "longest task ms": float(max(noted["tasks"], default=0)),
        "shifts outside": len(noted["shifts"]),
    }


def pieces_of(model: str) -> list[str]:
    """The deltas of an answer of this model."""
    work = workload(model)
    assert work, f"{model} is none of the upstream's models"
    return pieces(work.size)


def sent(record: dict[str, Any], offset: float) -> list[float]:
    """When each delta was written, in ms of the page's clock. A paced answer's deltas are evenly spread."""
    first, last = (record[name] / 1000 - offset for name in ("first", "last"))
    step = (last - first) / max(1, record["sent"] - 1)
    return [first + number * step for number in range(record["sent"])]


def paints(noted: Iterable[tuple[float, str]]) -> list[Paint]:
    """What watch.js has noted: at each time, the head of the last frame that had come."""
    return [(at, end) for at, head in noted if (end := shown(head))]


def shown(head: str) -> float:
    """The characters of the answer that are shown once this frame is; its end shows all of it."""
    if head.startswith(FINISHED):
        return inf
    found = END.match(head)
    return int(found[1]) if found else 0


def behind(paints: Sequence[Paint], deltas: Sequence[str], sent: Sequence[float]) -> float:
    """The longest time, in ms, between the writing of a delta and the paint that first shows it whole.

    Raises ValueError when a delta was never shown: then the page has lost something.
    """
    ends = list(accumulate(map(len, deltas)))
    longest, seen = 0.0, 0
    for at, end in paints:
        now = bisect_right(ends, end)
        if now > seen:
            longest = max(longest, at - sent[seen])
            seen = now
    if seen < len(ends):
        raise ValueError(f"{len(ends) - seen} of {len(ends)} deltas were not seen on the page.")
    return longest
