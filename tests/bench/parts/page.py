"""The page in Chromium: opening it, sending from it, and answers that stream into it."""

from dataclasses import dataclass
from typing import Any

from tests.bench.bench import Bench
from tests.bench.chromium import chromium
from tests.bench.parts import page_answers, page_opening, page_sends
from tests.bench.parts.page_answers import LIMITS, SHORT
from tests.bench.reports import Report
from tests.harness.site import Site

MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Sections:
    """Several reports as one."""

    reports: list[Report]

    def __str__(self) -> str:
        return "\n\n\n".join(map(str, self.reports))

    def as_json(self) -> dict[str, Any]:
        return {"sections": [report.as_json() for report in self.reports]}


def measure(bench: Bench) -> Sections:
    """All of it on one site, in turn."""
    quick = bench.options.quick
    models = [SHORT] if quick else [SHORT, *LIMITS]
    with bench.site() as site, chromium() as browser:
        bench.say("opening the page")
        opening = page_opening.measure(browser, site, conversation(site, MESSAGES), 3 if quick else 10)
        bench.say("sending from the page")
        long = conversation(site, page_sends.HISTORY)
        sends = page_sends.measure(bench, browser, site, long, 5 if quick else 20)
        bench.say("streaming into the page")
        answers = page_answers.measure(bench, browser, site, models)
    return Sections([opening, sends, answers])


def conversation(site: Site, messages: int) -> str:
    """Make a conversation of this number of messages. Returns the path of its page."""
    made = f"conversation({site.cookies[0]!r}, {messages})"
    (uuid,) = site.shell(f"from tests.harness.seed import conversation; {made}")
    return f"/conversations/{uuid}/"
