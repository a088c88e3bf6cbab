"""Lists of many conversations: what is scrolled to is loaded before it is reached, and stays."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.axe import check
from tests.browser.steps import ask, finished, sidebar, until

COUNT = 130
PARTS = re.compile(r"/conversations/(entries|list)/\?before=")


def store(page, site, count=COUNT) -> None:
    """Conversations of the page's person, one an hour, “Entry 0” the newest."""
    owner = int(page.locator("[data-person]").first.get_attribute("data-person").partition("-")[0])
    now = datetime.now(UTC)
    # Pages that are opened are sent what has changed a moment before.
    before = now - timedelta(hours=1)
    rows = [
        (uuid4().hex, owner, f"Entry {n}", str(now - timedelta(hours=n))[:26], *[str(before)[:26]] * 2)
        for n in range(count)
    ]
    columns = "uuid, owner_id, title, updated, created, changed, model, params, pinned, archived"
    site.database.write(
        f"INSERT INTO conversations_conversation ({columns}) VALUES "
        + ", ".join(["(?, ?, ?, ?, ?, ?, '', '{}', 0, 0)"] * count),
        *[value for row in rows for value in row],
    )


@pytest.fixture
def stored(open_page, site):
    """Opens a page of somebody with many conversations."""
    store(open_page("/"), site)
    return open_page


def entries(page):
    return page.get_by_role("main").locator("[data-conversation]")


def titles(page):
    return page.get_by_role("main").locator("[data-title]").all_inner_texts()


def scroll_to_the_end(page, count=COUNT):
    page.bring_to_front()
    until(page, lambda: (page.keyboard.press("End"), entries(page).count() == count)[1], "Not all is loaded.")


def test_the_history_loads_on_before_its_end_is_reached_and_says_so(stored):
    page = stored("/conversations/")
    expect(page.locator("[data-announcer]")).to_be_empty()
    scroll_to_the_end(page)
    assert titles(page) == [f"Entry {n}" for n in range(COUNT)]
    expect(page.locator("[data-announcer]")).to_have_text(re.compile(r"^\d+ older conversations loaded.$"))
    days = page.get_by_role("main").locator("h2").all_inner_texts()
    assert days[:2] == ["Today", "Yesterday"] and len(days) == len(set(days))
    expect(page.get_by_role("main").get_by_role("link", name="Older conversations")).to_have_count(0)


def test_the_list_at_the_side_loads_on_as_well(stored):
    page = stored("/")
    listed = sidebar(page).get_by_role("listitem")

    def is_whole():
        listed.last.scroll_into_view_if_needed()
        return listed.count() == COUNT

    until(page, is_whole, "Not all is loaded.")
    shown = sidebar(page).locator("[data-title]").all_inner_texts()
    assert shown == [f"Entry {n}" for n in range(COUNT)]
    # Those of the last six days, from all parts.
    headings = sidebar(page).get_by_role("heading").all_inner_texts()
    assert headings == ["Today", "Yesterday", "Previous 7 days"]


def test_without_javascript_the_parts_are_pages(stored):
    page, shown = stored("/conversations/", java_script_enabled=False), []
    while True:
        shown += titles(page)
        older = page.get_by_role("main").get_by_role("link", name="Older conversations")
        if not older.count():
            break
        expect(page.get_by_text("could not be loaded").first).to_be_hidden()
        page.goto(older.evaluate("link => link.href"))
    assert shown == [f"Entry {n}" for n in range(COUNT)]


def test_a_part_that_cannot_be_loaded_is_tried_again(stored, complaints):
    page = stored("/accounts/password/")
    page.route(PARTS, lambda route: route.fulfill(status=503))
    page.goto("/conversations/")
    page.keyboard.press("End")
    main = page.get_by_role("main")
    expect(main.get_by_text("Older conversations could not be loaded.")).to_be_visible()
    expect(page.locator("[data-announcer]")).to_have_text("Older conversations could not be loaded.")
    check(page, "a part that could not be loaded", exclude="#sidebar")
    page.unroute(PARTS)
    main.get_by_role("button", name="Try again").focus()
    page.keyboard.press("Enter")
    expect(main.get_by_role("link", name="Entry 40", exact=True)).to_be_focused()
    expect(main.get_by_text("Older conversations could not be loaded.")).to_be_hidden()
    scroll_to_the_end(page)
    assert titles(page) == [f"Entry {n}" for n in range(COUNT)]
    assert all("503" in complaint for complaint in complaints)
    complaints.clear()


def test_one_comes_back_to_what_was_loaded_and_to_where_one_was(stored):
    page = stored("/conversations/")
    scroll_to_the_end(page)
    link = page.get_by_role("main").get_by_role("link", name="Entry 100", exact=True)
    link.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    top = page.evaluate("scrollY")
    link.click()
    expect(page).to_have_url(re.compile(r"/conversations/[\w-]{36}/$"))
    page.go_back()
    expect(link).to_be_focused()
    until(page, lambda: abs(page.evaluate("scrollY") - top) < 5, "It is scrolled elsewhere.")
    assert titles(page) == [f"Entry {n}" for n in range(COUNT)]
    page.reload()
    expect(link).to_be_in_viewport()


def test_what_one_reads_stays_in_its_place_when_a_conversation_moves_up(stored):
    page, other = stored("/conversations/"), stored("/")
    scroll_to_the_end(page)
    seen = page.get_by_role("main").get_by_role("link", name="Entry 90", exact=True)
    seen.scroll_into_view_if_needed()
    seen.focus()
    page.wait_for_timeout(300)
    top = seen.bounding_box()["y"]
    sidebar(other).get_by_role("link", name="Entry 30", exact=True).click()
    expect(other.get_by_role("textbox", name="Title")).to_have_value("Entry 30")
    ask(other, "Up you go")
    finished(other)
    expect(entries(page).first).to_contain_text("Entry 30")
    assert abs(seen.bounding_box()["y"] - top) < 2
    expect(seen).to_be_focused()
    assert sorted(titles(page)) == sorted(f"Entry {n}" for n in range(COUNT))


def test_one_that_moves_up_while_its_part_is_on_the_way_is_listed_once(stored):
    page, other = stored("/accounts/password/"), stored("/")
    held = []
    page.route(PARTS, lambda route: held.append((route, route.fetch())))
    page.goto("/conversations/")
    page.keyboard.press("End")
    until(page, lambda: held, "No part was asked for.")
    other.goto("/conversations/")
    scroll_to_the_end(other)
    other.get_by_role("main").get_by_role("link", name="Entry 50", exact=True).click()
    ask(other, "Up you go")
    finished(other)
    other.goto("/conversations/")
    scroll_to_the_end(other)
    other.get_by_role("button", name="Delete Entry 60").click()
    expect(other.get_by_text("“Entry 60” was deleted.")).to_be_visible()
    expect(entries(page).first).to_contain_text("Entry 50")
    for route, response in held:
        route.fulfill(response=response)
    page.unroute(PARTS)
    scroll_to_the_end(page, COUNT - 1)
    assert sorted(titles(page)) == sorted(f"Entry {n}" for n in range(COUNT) if n != 60)


def test_the_headings_stay_right_when_the_day_turns(open_page, site):
    store(open_page("/"), site, 30)
    page = open_page("/accounts/password/")
    page.clock.install()
    page.goto("/conversations/")
    days = page.get_by_role("main").locator("h2")
    before = days.all_inner_texts()
    page.clock.fast_forward(24 * 3_600_000)
    expect(days.first).to_have_text("Yesterday")
    page.clock.fast_forward(6 * 24 * 3_600_000)
    expect(days.first).to_have_text(re.compile(r"^\d{1,2} [A-Z][a-z]+( \d{4})?$"))
    assert len(days.all_inner_texts()) == len(before)


def test_nothing_keeps_people_out_of_a_long_list(stored):
    page = stored("/conversations/")
    scroll_to_the_end(page)
    check(page, "a long list")
