"""A real server on a real port, and Chromium in front of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.steps import PATIENCE
from tests.harness.chromium import HEADLESS, LAUNCH
from tests.harness.site import Site
from tests.upstream import UpstreamThread

# One for each test of a whole run.
ENOUGH = 500
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items):
    """Without a browser there is nothing to drive; where it must be there (CI is set) that is a failure."""
    if HEADLESS or os.environ.get("CI"):
        return
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason="no Chromium found"))


@pytest.fixture(scope="package")
def upstream():
    with UpstreamThread() as upstream:
        yield upstream


@pytest.fixture(scope="package")
def site(tmp_path_factory, upstream):
    with Site(tmp_path_factory.mktemp("home"), upstream.base_url) as site:
        yield site


@pytest.fixture(autouse=True)
def nothing_left(site, upstream):
    """Nothing of a test, also of one that failed, remains for the next one: no reply, no answer being written."""
    yield
    upstream.forget()
    upstream.cut_all()
    site.until_idle()


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def people(site) -> Iterator[str]:
    """Cookies of people who have done nothing yet; they are superusers, as the site's owner is."""
    site.people(ENOUGH, is_staff=True, is_superuser=True)
    return iter(site.cookies)


class Complaints(list):
    """What a page should never give rise to: errors, refused resources, requests to elsewhere."""

    def watch(self, page, url: str) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.append(error.stack))
        page.on("request", lambda request: self._look(request.url, url))

    def _hear(self, message) -> None:
        # What a page asks for while a test has taken its network away.
        if message.type == "error" and "ERR_INTERNET_DISCONNECTED" not in message.text:
            self.append(message.text)

    def _look(self, asked: str, url: str) -> None:
        if not asked.startswith((url, "data:", "blob:")):
            self.append(f"asked {asked}")


@pytest.fixture
def complaints():
    complaints = Complaints()
    yield complaints
    assert complaints == []


@pytest.fixture
def device(chromium, site, people):
    """Browsers of one person, whom no other test knows: the usual one, or another for each set of options."""
    name, _, value = next(people).partition("=")
    devices = {}

    def device(**options):
        key = repr(options)
        if key not in devices:
            devices[key] = chromium.new_context(base_url=site.url, **options)
            devices[key].set_default_timeout(PATIENCE)
            devices[key].add_cookies([{"name": name, "value": value, "url": site.url}])
        return devices[key]

    yield device
    for context in devices.values():
        context.close()


@pytest.fixture
def open_page(device, site, complaints):
    """Opens one more tab of this test's person, on the device that the options describe."""

    def open_page(path="/", **options):
        page = device(**options).new_page()
        complaints.watch(page, site.url)
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def page(open_page):
    return open_page()
