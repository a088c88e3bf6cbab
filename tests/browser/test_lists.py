"""The lists of conversations, kept true on every page that shows one."""

import re

import pytest
from playwright.sync_api import expect

from chatsite.limits import MAX_RUNNING_ANSWERS_PER_USER
from tests.browser.network import NO_SOCKETS, Network
from tests.browser.steps import answer, ask, connected, delete_here, finished, post, sidebar, until
from tests.harness.protocol import create

PAGES = ["/", "/conversations/"]


def first(page):
    return page.locator("[data-list]").last.get_by_role("listitem").first


def rename(page, title):
    page.get_by_role("textbox", name="Title").fill(title)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("path", [*PAGES, "/conversations/import/"])
def test_a_conversation_begun_elsewhere_comes_to_the_top(open_page, page, path):
    other = open_page(path)
    ask(page, f"News for {path}")
    expect(first(other)).to_contain_text(f"News for {path}")
    expect(sidebar(other).get_by_role("listitem").first).to_contain_text(f"News for {path}")


@pytest.mark.parametrize("path", PAGES)
def test_a_dot_shows_what_is_being_answered(open_page, page, upstream, path):
    other = open_page(path)
    hold = upstream.hold()
    ask(page, f"Wait for {path}")
    hold.send("Now")
    expect(first(other)).to_contain_text(f"Wait for {path}")
    expect(first(other).locator("[data-dot]")).to_be_visible()
    hold.finish()
    finished(page)
    expect(first(other).locator("[data-dot]")).to_be_hidden()


@pytest.mark.parametrize("path", PAGES)
def test_a_new_title_is_shown_everywhere_without_asking_for_the_list(open_page, page, path):
    ask(page, "Soon renamed")
    finished(page)
    other = open_page(path)
    Network(other).has_opened()
    expect(first(other)).to_contain_text("Soon renamed")
    # The end of the answer may have changed the list a moment later.
    other.wait_for_load_state("networkidle")
    asked = []
    other.on("request", lambda request: asked.append(request.url))
    rename(page, f"Renamed beside {path}")
    expect(first(other)).to_contain_text(f"Renamed beside {path}")
    assert asked == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_one_socket_for_all_that_it_shows(open_page, path):
    page, opened = open_page("/accounts/password/"), []
    page.on("websocket", lambda socket: opened.append(socket.url.partition("/ws")[2]))
    page.goto(path)
    until(page, lambda: opened, "No socket was opened.")
    page.wait_for_load_state("networkidle")
    assert len(opened) == 1 and opened[0].startswith(
        "/me/" if path == "/conversations/" else "/conversations/"
    )


def test_where_sockets_are_blocked_the_history_shows_what_is_being_answered(open_page, page, upstream):
    other = open_page("/accounts/password/")
    other.add_init_script(NO_SOCKETS)
    other.goto("/conversations/")
    hold = upstream.hold()
    ask(page, "By a slower way")
    expect(first(other)).to_contain_text("By a slower way")
    expect(first(other).locator("[data-dot]")).to_be_visible()
    hold.send("Now")
    hold.finish()
    finished(page)
    expect(first(other).locator("[data-dot]")).to_be_hidden()


@pytest.mark.parametrize("path", PAGES)
def test_a_list_that_was_disconnected_shows_what_it_has_missed(open_page, page, path):
    ask(page, "Soon renamed")
    finished(page)
    other = open_page(path)
    network = Network(other)
    network.has_opened()
    expect(first(other)).to_contain_text("Soon renamed")
    other.wait_for_load_state("networkidle")
    network.is_silent = True
    rename(page, f"Renamed behind {path}")
    expect(sidebar(page).get_by_role("listitem").first).to_contain_text(f"Renamed behind {path}")
    expect(first(other)).to_contain_text("Soon renamed")
    network.is_silent = False
    network.cut()
    expect(first(other)).to_contain_text(f"Renamed behind {path}")


def test_the_dots_are_right_after_going_to_another_conversation(open_page, page, upstream):
    other = open_page("/")
    network = Network(other)
    connected(other)
    hold = upstream.hold()
    network.is_silent = True
    ask(page, "Answered in the meantime")
    expect(answer(page)).to_have_attribute("data-status", "streaming")
    network.is_silent = False
    new_conversation(other)
    expect(first(other)).to_contain_text("Answered in the meantime")
    expect(first(other).locator("[data-dot]")).to_be_visible()
    network.is_silent = True
    hold.send("Now")
    hold.finish()
    finished(page)
    network.is_silent = False
    new_conversation(other)
    expect(first(other).locator("[data-dot]")).to_be_hidden()


def new_conversation(page):
    """Go to another page without a load, and so with another socket."""
    page.get_by_role("link", name="New conversation").click()
    connected(page)


def test_a_deleted_conversation_leaves_the_list(open_page, page):
    ask(page, "Short-lived")
    finished(page)
    other = open_page("/")
    expect(first(other)).to_contain_text("Short-lived")
    delete_here(page)
    expect(sidebar(other).get_by_text("Short-lived")).to_have_count(0)
    expect(sidebar(other)).to_have_text("Your conversations will be listed here.")


def test_a_title_that_is_being_changed_is_left_alone(open_page, page):
    ask(page, "Under the pen")
    finished(page)
    other = open_page("/conversations/")
    main = other.get_by_role("main")
    main.get_by_text("Rename").first.click()
    main.get_by_role("textbox", name="New title").first.fill("Half a ti")
    page.get_by_role("link", name="New conversation").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    ask(page, "And another one")
    expect(sidebar(other).get_by_role("listitem").first).to_contain_text("And another one")
    expect(main.get_by_role("textbox", name="New title").first).to_have_value("Half a ti")


@pytest.fixture
def many(page, site):
    """More conversations than one part of the list holds, without the cost of a page for each."""
    connected(page)
    for number in range(45):
        post(page, create(f"Old number {number}"))
        if number % MAX_RUNNING_ANSWERS_PER_USER == 0:
            site.until_idle()
    page.reload()


def test_older_parts_that_were_loaded_on_stay_when_the_list_changes(page, many):
    entries = sidebar(page).get_by_role("listitem")
    entries.last.scroll_into_view_if_needed()
    expect(sidebar(page).get_by_text("Old number 0", exact=True)).to_have_count(1)
    ask(page, "The newest of all")
    expect(entries.first).to_contain_text("The newest of all")
    expect(sidebar(page).get_by_text("Old number 0", exact=True)).to_have_count(1)
    titles = entries.all_inner_texts()
    assert len([title for title in titles if title.startswith("Old number")]) == 45
    assert sidebar(page).get_by_role("heading", name="Today").count() == 1


def test_a_search_lists_what_it_found_and_nothing_else(page, many):
    entries = sidebar(page).get_by_role("listitem")
    entries.last.scroll_into_view_if_needed()
    expect(sidebar(page).get_by_text("Old number 0", exact=True)).to_have_count(1)
    page.keyboard.press("Control+k")
    page.keyboard.type("old number 4")
    expect(sidebar(page).get_by_text("Old number 30", exact=True)).to_have_count(0)
    titles = entries.all_inner_texts()
    assert all("Old number" in title and "4" in title for title in titles), titles
    expect(page.locator("[data-announcer]")).to_have_text(f"{len(titles)} conversations found.")
    page.keyboard.type("zzz")
    expect(entries).to_have_count(0)
    expect(page.locator("[data-announcer]")).to_contain_text("No title has")
    page.get_by_role("searchbox").fill("")
    expect(sidebar(page).get_by_text("Old number 44", exact=True)).to_have_count(1)
