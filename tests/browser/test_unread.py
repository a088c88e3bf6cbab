"""Unread answers in the lists of every device, and what a page has missed before it was connected."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import check
from tests.browser.conftest import PHONE
from tests.browser.network import SOCKETS
from tests.browser.steps import answer, ask, finished, sidebar

HIDE = """Object.defineProperty(document, "hidden", { configurable: true, get: () => window.isAway ?? false });
window.go = (isAway) => { window.isAway = isAway; document.dispatchEvent(new Event("visibilitychange")); };"""


def leave_and_end(page, hold):
    """End the answer when the site knows that the page was left: its next words are shown, and were sent later."""
    page.evaluate("go(true)")
    hold.send("Now")
    expect(answer(page)).to_contain_text("Now")
    hold.finish()
    finished(page)


def entry(page, title):
    return page.locator("[data-conversation]", has_text=title)


def unread(page, title):
    return entry(page, title).locator("[data-unread]")


@pytest.fixture
def elsewhere(open_page):
    """Opens a page that can be left and come back to, as if by another tab before it."""

    def elsewhere(path):
        page = open_page("/accounts/password/")
        page.add_init_script(HIDE)
        page.goto(path)
        return page

    return elsewhere


def test_an_answer_that_came_while_one_was_elsewhere_is_unread_on_every_device_until_one_comes_back(
    elsewhere, open_page, upstream
):
    page = elsewhere("/")
    history, phone = open_page("/conversations/"), open_page("/", **PHONE)
    hold = upstream.hold()
    ask(page, "Tell me later")
    expect(answer(page)).to_have_attribute("data-status", "streaming")
    leave_and_end(page, hold)
    main = history.get_by_role("main")
    expect(unread(main, "Tell me later")).to_be_visible()
    check(history, "an unread answer")
    link = sidebar(history).get_by_role("link", name="Tell me later (unread answer)")
    expect(link).to_be_visible()
    phone.get_by_role("button", name="Conversations").tap()
    expect(unread(sidebar(phone), "Tell me later")).to_be_visible()
    page.evaluate("go(false)")
    for place in (main, sidebar(history), sidebar(phone), sidebar(page)):
        expect(unread(place, "Tell me later")).to_be_hidden()


def test_an_answer_that_one_has_seen_coming_is_never_unread(page, open_page):
    history = open_page("/conversations/")
    seen = []
    history.expose_function("noteUnread", lambda: seen.append(1))
    history.evaluate(
        """() => new MutationObserver(() => document.querySelector("[data-unread]:not([hidden])") && noteUnread())
            .observe(document.body, { subtree: true, childList: true, attributes: true })"""
    )
    ask(page, "Tell me now")
    finished(page)
    expect(entry(history.get_by_role("main"), "Tell me now").locator("[data-dot]")).to_be_hidden()
    history.wait_for_timeout(500)
    assert seen == []


def test_going_to_an_unread_conversation_makes_it_read(elsewhere, page, upstream):
    away = elsewhere("/")
    hold = upstream.hold()
    ask(away, "Found later")
    expect(answer(away)).to_have_attribute("data-status", "streaming")
    leave_and_end(away, hold)
    expect(unread(sidebar(page), "Found later")).to_be_visible()
    sidebar(page).get_by_role("link", name="Found later").click()
    finished(page)
    expect(unread(sidebar(page), "Found later")).to_be_hidden()
    expect(unread(sidebar(away), "Found later")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/conversations/"])
def test_a_rename_between_the_making_of_a_page_and_its_connection_is_shown(open_page, page, path):
    ask(page, "Old name")
    finished(page)
    other = open_page("/accounts/password/")

    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {"title": "New name", "csrfmiddlewaretoken": token}

    def rename_and_connect(socket):
        page.request.post(page.url + "rename/", form=form, headers={"Referer": page.url})
        socket.connect_to_server()

    other.route_web_socket(SOCKETS, rename_and_connect)
    other.goto(path)
    expect(entry(sidebar(other), "New name")).to_be_visible()
    expect(entry(other, "Old name")).to_have_count(0)
