"""Tabs in the background: what they hold open meanwhile, and what they show when the reader is back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.network import NO_SOCKETS, Network
from tests.browser.steps import SOON, ask, body, connected, finished, messages, until

# A browser under test shows all its tabs. This is what a tab in the background is given: the word, and no frames.
HIDING = """
let isHidden = false;
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (paint) => request(function later(now) { isHidden ? request(later) : paint(now); });
Object.defineProperty(document, "hidden", { get: () => isHidden });
window.hide = (now) => { isHidden = now; document.dispatchEvent(new Event("visibilitychange")); };
"""
STREAM = re.compile("/events/")
WAYS = pytest.mark.parametrize("scripts", [(HIDING,), (HIDING, NO_SOCKETS)], ids=["socket", "stream"])


@pytest.fixture
def tab(page):
    """Loads the page as one that can be hidden, connected by a socket or by a stream."""

    def tab(*scripts):
        for script in scripts:
            page.add_init_script(script)
        page.reload()
        connected(page)
        return page

    return tab


def hide(page, now=True):
    page.evaluate("now => hide(now)", now)


def growing(page, upstream):
    hold = upstream.hold()
    ask(page, "Take your time")
    hold.send("Before. ")
    expect(body(page)).to_have_text("Before.")
    return hold


def is_as_a_reload(page):
    before = messages(page)
    page.reload()
    assert messages(page) == before


class Streams:
    """The streams that a page holds open, and how many it has begun."""

    def __init__(self, page) -> None:
        self.begun = 0
        self.open = set()
        page.on("request", lambda request: STREAM.search(request.url) and self._begins(request))
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.open.discard(request))

    def _begins(self, request) -> None:
        self.begun += 1
        self.open.add(request)


@WAYS
def test_a_hidden_tab_shows_what_was_said_meanwhile_within_a_second_of_its_return(tab, upstream, scripts):
    page = tab(*scripts)
    hold = growing(page, upstream)
    hide(page)
    hold.send("Meanwhile. ")
    page.wait_for_timeout(600)
    hide(page, False)
    expect(body(page)).to_have_text("Before. Meanwhile.", timeout=SOON)
    hold.send("After.")
    expect(body(page)).to_have_text("Before. Meanwhile. After.", timeout=SOON)
    hold.finish()
    finished(page)
    is_as_a_reload(page)


@WAYS
def test_an_answer_that_ended_behind_a_hidden_tab_is_whole_within_a_second_of_its_return(
    tab, open_page, upstream, scripts
):
    page = tab(*scripts)
    hold = growing(page, upstream)
    other = open_page(page.url)
    hide(page)
    hold.send("And after.")
    hold.finish()
    finished(other)
    ask(other, "What else?")
    expect(other.locator('[data-status="complete"]')).to_have_count(2)
    hide(page, False)
    expect(page.locator('[data-status="complete"]')).to_have_count(2, timeout=SOON)
    assert messages(page) == messages(other)
    is_as_a_reload(page)


def test_a_socket_that_died_behind_a_hidden_tab_is_made_anew_within_a_second_of_its_return(page, upstream):
    page.add_init_script(HIDING)
    network = Network(page)
    connected(page)
    hold = growing(page, upstream)
    hide(page)
    page.clock.install()
    network.cut()
    hold.send("Meanwhile.")
    hide(page, False)
    expect(body(page)).to_have_text("Before. Meanwhile.", timeout=SOON)
    hold.finish()
    finished(page)
    is_as_a_reload(page)


def test_a_hidden_tab_holds_no_stream_open(tab, page):
    streams = Streams(page)
    tab(HIDING, NO_SOCKETS)
    assert len(streams.open) == 1
    hide(page)
    until(page, lambda: not streams.open, "A hidden page holds its stream open.")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(300)
    assert not streams.open
    hide(page, False)
    connected(page)
    page.wait_for_timeout(300)
    assert len(streams.open) == 1


def test_a_stream_that_is_still_being_opened_is_let_go_of_too(page):
    streams = Streams(page)
    page.add_init_script(HIDING)
    page.add_init_script(NO_SOCKETS)
    page.route(STREAM, lambda route: None)
    page.reload()
    until(page, lambda: len(streams.open) == 1, "No stream is begun.")
    hide(page)
    until(page, lambda: not streams.open, "A hidden page holds its stream open.")
    page.unroute(STREAM)
    hide(page, False)
    connected(page)


def test_a_tab_opened_in_the_background_begins_its_stream_when_it_is_looked_at(tab, page):
    streams = Streams(page)
    page.add_init_script(HIDING + "isHidden = true;")
    page.add_init_script(NO_SOCKETS)
    page.reload()
    page.wait_for_timeout(500)
    assert streams.begun == 0
    hide(page, False)
    connected(page)
    ask(page, "Anybody here?")
    finished(page)
