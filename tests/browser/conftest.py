"""A real server on a real port, and Chromium in front of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.upstream import UpstreamThread

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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


class Site:
    """`manage.py serve` in a process of its own."""

    def __init__(self, home: Path, base_url: str) -> None:
        self.home = str(home)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "127.0.0.1:0"],
            cwd=ROOT,
            env=_environment(CHATSITE_HOME=str(home), OPENAI_BASE_URL=base_url, OPENAI_API_KEY="key"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = self._read_until("Ready at ")
        self.url = re.search(r"Ready at (\S+)", said)[1]
        self.sign_in = (home / "sign_in_link").read_text().strip()
        # Nobody reads on, and a full pipe would stop the server.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def _read_until(self, mark: str) -> str:
        said = ""
        for line in self.process.stdout:
            said += line
            if mark in line:
                return said
        raise AssertionError(f"The server ended: {said}")

    def manage(self, *command: str, **environment: str) -> None:
        """Run another of the site's commands."""
        own = _environment(CHATSITE_HOME=self.home, **environment)
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=own, check=True)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)


def _environment(**own: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CHATSITE_", "DJANGO_"))
    }
    return kept | own


@pytest.fixture(scope="package")
def site(tmp_path_factory, upstream):
    site = Site(tmp_path_factory.mktemp("home"), upstream.base_url)
    yield site
    site.stop()


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(chromium, site):
    """The session that the first visit by the sign-in link began."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(site.sign_in)
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
