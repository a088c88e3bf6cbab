"""Chromium in front of a site, and what a page in it takes and notes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, sync_playwright

from tests.bench.errors import BenchmarkError
from tests.harness.chromium import CHROMIUM, LAUNCH
from tests.harness.site import Site

WATCH = Path(__file__).with_name("watch.js").read_text()
ALIGNMENTS = 40
# Milliseconds for the longest answer.
ENDS_WITHIN = 300_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Raises BenchmarkError where there is none."""
    if not CHROMIUM:
        raise BenchmarkError("Chromium is needed for this part, and is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH | {"executable_path": CHROMIUM})
        yield browser
        browser.close()


class Visit:
    """A page of the site's first person in a browser profile of its own, with an empty cache.

    sent: addresses asked for. responses: as Chromium reports them. received: bytes of them, heads and all.
    complaints: what the page or the browser called an error.
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self._context = browser.new_context(base_url=site.url)
        name, _, value = site.cookies[0].partition("=")
        self._context.add_cookies([{"name": name, "value": value, "url": site.url}])
        self._context.add_init_script(WATCH)
        self.page = self._context.new_page()
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.complaints: list[str] = []
        self._cdp = self._context.new_cdp_session(self.page)
        self._watch_network()
        self._cdp.send("Performance.enable")

    def _watch_network(self) -> None:
        self.sent: list[str] = []
        self.responses: list[dict[str, Any]] = []
        self.received = 0
        self._cdp.on("Network.requestWillBeSent", lambda event: self.sent.append(event["request"]["url"]))
        self._cdp.on("Network.webSocketCreated", lambda event: self.sent.append(event["url"]))
        self._cdp.on("Network.responseReceived", lambda event: self.responses.append(event["response"]))
        self._cdp.on("Network.loadingFinished", self._loaded)
        self._cdp.send("Network.enable")

    def _loaded(self, event: dict[str, Any]) -> None:
        self.received += int(event["encodedDataLength"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def open(self, path: str = "/") -> None:
        """Load a page and wait until somebody can type and send."""
        self.page.goto(path)
        self.page.wait_for_function("() => watch.usable !== null")
        # Otherwise each frame of the socket would be reported.
        self._cdp.send("Network.disable")

    def noted(self) -> dict[str, Any]:
        """What watch.js has noted."""
        noted: dict[str, Any] = self.page.evaluate("watch")
        return noted

    def metrics(self) -> dict[str, float]:
        """Chromium's own counts of this page's process: seconds of the main thread, by what it did, among others."""
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}

    def clock(self) -> tuple[float, float]:
        """What to add to the page's times for those of the machine's monotonic clock, and how wrong that may be, in ms.

        The page is asked for its time again and again, between two looks at the clock; the quickest answer counts.
        """
        looks = []
        for _ in range(ALIGNMENTS):
            before = time.monotonic_ns()
            there = self.page.evaluate("performance.now()")
            after = time.monotonic_ns()
            looks.append(((after - before) / 2e6, (after + before) / 2e6 - there))
        error, offset = min(looks)
        return offset, error

    def choose(self, model: str) -> None:
        """Have the next message answered by this model."""
        self.page.locator("select[name=model]").select_option(model)

    def ask(self, text: str) -> None:
        """Type a message, press Enter, and wait until it is answered."""
        self.page.get_by_role("textbox", name="Message").fill(text)
        self.page.evaluate("watch.begin()")
        self.page.keyboard.press("Enter")
        self.page.evaluate(f"watch.answered({ENDS_WITHIN})")
        self.page.wait_for_selector('.message:last-child[data-status="complete"]')
