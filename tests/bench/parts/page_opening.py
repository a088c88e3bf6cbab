"""Opening a page with an empty cache: what comes over the network, and when it can be used."""

from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.bench.chromium import Visit
from tests.bench.reports import Figure, Report, Row
from tests.harness.site import Site

TITLE = "The page of a conversation of 20 messages, opened in Chromium with an empty cache"
KB = 1000
MAX_KB = 50
MAX_REQUESTS = 8
USABLE_WITHIN = 300
LONGEST_TASK = 50
# Milliseconds. A profile's first window loads pages of the browser's own, such as its address bar's.
WINDOW_OPENS_WITHIN = 2000


def measure(browser: Browser, site: Site, path: str, times: int) -> Report:
    """Open the page this number of `times`, each in a fresh browser profile."""
    rows = [opening(browser, site, path) for _ in range(times)]
    worst = {name: max(row[name] for row in rows) for name in rows[0]}
    usable = median(row["usable after ms"] for row in rows)
    figures = [
        Figure("transferred", worst["KB"], MAX_KB, "KB"),
        Figure("requests", worst["requests"], MAX_REQUESTS),
        Figure("requests to other hosts", worst["elsewhere"], 0),
        Figure("responses not compressed", worst["not compressed"], 0),
        Figure("static files not cached for good", worst["not cached"], 0),
        Figure("usable after the server's answer, median", usable, USABLE_WITHIN, "ms"),
        Figure("longest task while the page opens", worst["longest task ms"], LONGEST_TASK, "ms"),
        Figure("errors on the page", worst["errors"], 0),
    ]
    return Report(TITLE, [{"opening": number, **row} for number, row in enumerate(rows, 1)], figures)


def opening(browser: Browser, site: Site, path: str) -> Row:
    """One opening. Browsers report no tasks up to 50 ms; these count as none."""
    with Visit(browser, site) as visit:
        visit.page.wait_for_timeout(WINDOW_OPENS_WITHIN)
        visit.open(path)
        visit.page.wait_for_timeout(500)
        noted = visit.noted()
        answered = visit.page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
        return {
            "KB": visit.received / KB,
            "requests": len(visit.sent),
            "elsewhere": sum(_is_elsewhere(url, site) for url in visit.sent),
            "not compressed": sum(map(_is_plain, visit.responses)),
            "not cached": sum(map(_is_forgotten, visit.responses)),
            "usable after ms": noted["usable"] - answered,
            "longest task ms": float(max(noted["tasks"], default=0)),
            "errors": len(visit.complaints),
        }


def _is_elsewhere(url: str, site: Site) -> bool:
    return urlsplit(url).scheme != "data" and urlsplit(url).netloc != urlsplit(site.url).netloc


# A response that fits one packet gains nothing.
def _is_plain(response: dict[str, Any]) -> bool:
    head = _head(response)
    return "content-encoding" not in head and int(head.get("content-length", KB)) >= KB


def _is_forgotten(response: dict[str, Any]) -> bool:
    return "/static/" in response["url"] and "immutable" not in _head(response).get("cache-control", "")


def _head(response: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in response["headers"].items()}
