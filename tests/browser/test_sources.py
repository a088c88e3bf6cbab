"""The page with CHATSITE_DEBUG=1: the browser loads each style and script from its source."""

import pytest

from tests.browser.steps import answer, ask, body, connected, finished
from tests.harness.site import Site


@pytest.fixture
def debugged(tmp_path, upstream):
    with Site(tmp_path, upstream.base_url, CHATSITE_DEBUG="1") as site:
        yield site


def test_a_page_works_from_its_sources(chromium, debugged, upstream, complaints):
    upstream.reply("**Hello** from the source.")
    with chromium.new_context() as context:
        page = context.new_page()
        complaints.watch(page, debugged.url)
        loaded = []
        page.on("requestfinished", lambda request: loaded.append(request.url))
        page.goto(debugged.sign_in_link)
        connected(page)
        ask(page, "Say hello")
        finished(page)
        assert "Hello from the source." in body(page).inner_text()
        assert answer(page).evaluate("element => getComputedStyle(element).display") == "flow-root"
        assert {url.split("?")[0].removeprefix(debugged.url) for url in loaded} >= {
            "/static/js/composer.js",
            "/static/css/message.css",
        }
