"""A real server on a real port, and Chromium in front of it."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.harness.chromium import CHROMIUM, LAUNCH
from tests.harness.site import Site
from tests.upstream import UpstreamThread

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def pytest_collection_modifyitems(items):
    """Without a browser there is nothing to drive; where it must be there (CI is set) that is a failure."""
    if CHROMIUM or os.environ.get("CI"):
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
    """Nothing that a test leaves behind, also when it fails, meets the next one: no reply, no answer being written."""
    yield
    upstream.forget()
    site.until_idle()


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(chromium, site):
    """The session that the first visit by the sign-in link began."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(site.sign_in_link)
        assert page.url == f"{site.url}/"
        return context.storage_state()


class Complaints(list):
    """What a page should never give rise to: errors, refused resources, requests to elsewhere."""

    def watch(self, page, url: str) -> None:
        page.on("console", lambda message: message.type == "error" and self.append(message.text))
        page.on("pageerror", lambda error: self.append(error.stack))
        page.on("request", lambda request: self._look(request.url, url))

    def _look(self, asked: str, url: str) -> None:
        if not asked.startswith((url, "data:", "blob:")):
            self.append(f"asked {asked}")


@pytest.fixture
def complaints():
    complaints = Complaints()
    yield complaints
    assert complaints == []


@pytest.fixture(scope="package")
def device(chromium, site, signed_in):
    """The signed-in person's browsers: the usual one, or another for each set of options."""
    devices = {}

    def device(**options):
        key = repr(options)
        if key not in devices:
            devices[key] = chromium.new_context(storage_state=signed_in, base_url=site.url, **options)
            devices[key].set_default_timeout(5000)
        return devices[key]

    return device


def forget(page, url: str) -> None:
    """Drop what an earlier test has typed and not sent."""
    what = {"origin": url, "storageTypes": "local_storage"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", what)


@pytest.fixture
def open_page(device, site, complaints):
    """Opens one more tab of the signed-in person, on the device that the options describe."""
    tabs = []

    def open_page(path="/", **options):
        page = device(**options).new_page()
        if not tabs:
            forget(page, site.url)
        tabs.append(page)
        complaints.watch(page, site.url)
        page.goto(path)
        return page

    yield open_page
    for tab in tabs:
        tab.close()


@pytest.fixture
def page(open_page):
    return open_page()
