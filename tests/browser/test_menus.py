"""The page by the keys alone: where the focus goes, what closes behind it, and what the tab shows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.gestures import double_tap
from tests.browser.steps import answer, ask, field, finished, sidebar, until


def test_the_drawer_closes_when_the_focus_leaves_it(open_page):
    page = open_page("/", **PHONE)
    page.get_by_role("button", name="Conversations").click()
    expect(page.locator("#sidebar")).to_be_visible()
    page.get_by_title("Your settings").focus()
    expect(page.locator("#sidebar")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#sidebar")).to_be_hidden()


# Chromium may count two taps as one double tap up to 500 milliseconds apart.
@pytest.mark.parametrize("gap", [100, 400, 550])
@pytest.mark.parametrize("path", ["/", "/conversations/"])
def test_a_double_tap_on_the_button_of_the_drawer_opens_it_and_leads_nowhere(open_page, path, gap):
    page = open_page("/", **PHONE)
    field(page).fill("Where I am")
    page.get_by_role("button", name="Send").tap()
    finished(page)
    if path != "/":
        page.goto(path)
    address = page.url
    double_tap(page, page.get_by_role("button", name="Conversations", exact=True), gap)
    page.wait_for_timeout(500)
    expect(page.locator("#sidebar")).to_be_visible()
    expect(page).to_have_url(address)


def test_the_arrows_lead_from_the_search_through_what_it_finds(page):
    ask(page, "Otters at sea")
    finished(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("otters")
    found = page.get_by_role("navigation", name="Conversations by day").get_by_role(
        "link", name="Otters at sea"
    )
    # What the search offers besides is there once it is done.
    everywhere = page.get_by_role("button", name="Search all messages")
    expect(everywhere).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(found).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(everywhere).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox", name="Search titles")).to_be_focused()


def test_the_menu_of_a_conversation_leads_to_its_export(page):
    ask(page, "Otters for a file")
    finished(page)
    page.get_by_role("button", name="More: pin").click()
    expect(page.locator("#bar-menu").get_by_role("link", name="Share")).to_be_hidden()
    page.locator("#bar-menu").get_by_role("link", name="Export").click()
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    row = sidebar(page).locator("[data-conversation]").first
    row.hover()
    row.get_by_role("button", name="More:").click()
    page.locator("#row-menu").get_by_role("link", name="Export").click()
    expect(page.get_by_role("heading", name="Otters for a file")).to_be_visible()


def test_the_settings_close_when_tab_leaves_them(page):
    page.get_by_title("Your settings").click()
    page.get_by_role("button", name="Sign out").focus()
    expect(page.get_by_label("Theme")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Theme")).to_be_hidden()


def test_the_tab_tells_that_an_answer_is_being_written(page, upstream):
    hold = upstream.hold()
    ask(page, "A name for the tab")
    hold.send("Words.")
    expect(page).to_have_title("● A name for the tab · chatsite")
    hold.finish()
    expect(page).to_have_title("A name for the tab · chatsite")


def test_the_focus_is_in_the_field_after_a_title_was_saved(page):
    ask(page, "A name to be changed")
    finished(page)
    page.get_by_role("textbox", name="Title").fill("Another name")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Another name · chatsite")
    expect(field(page)).to_be_focused()


def top(locator):
    return locator.bounding_box()["y"]


def bottom(locator):
    return top(locator) + locator.bounding_box()["height"]


def test_what_has_the_focus_is_not_covered_by_the_composer(page, upstream):
    upstream.reply("A line.\n\n" * 60)
    ask(page, "Much text")
    finished(page)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    for name in ("Copy", "Regenerate"):
        answer(page).get_by_role("button", name=name).focus()
        until(
            page, lambda: bottom(page.locator(":focus")) <= top(page.locator(".composer")), "It is covered."
        )


def test_typing_does_not_move_what_is_read(page, upstream):
    upstream.reply("A line.\n\n" * 60)
    ask(page, "Much text")
    finished(page)
    page.evaluate("scrollTo(0, 300)")
    page.wait_for_timeout(200)
    field(page).focus()
    page.keyboard.type("Some words")
    assert page.evaluate("scrollY") == 300


def test_what_could_not_be_loaded_is_said_until_the_connection_is_back(page, complaints):
    ask(page, "The first one")
    finished(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="New conversation").click()
    expect(page.locator("[data-notice]")).to_contain_text("This page could not be loaded.")
    page.context.set_offline(False)
    expect(page.locator("[data-notice]")).to_have_text("")
    complaints.clear()  # the browser's own note of the failed request


def test_escape_clears_the_search_and_then_leads_back_to_the_message(page):
    ask(page, "Otters at sea")
    finished(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("nothing")
    expect(sidebar(page)).to_contain_text("No title has")
    page.keyboard.press("Escape")
    expect(sidebar(page).get_by_role("link", name="Otters at sea")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search titles")).to_be_focused()
    page.keyboard.press("Escape")
    expect(field(page)).to_be_focused()


def test_import_and_shared_links_are_in_the_settings(page):
    for name in ("Import and export", "Shared links"):
        page.get_by_title("Your settings").click()
        page.locator("#person").get_by_role("link", name=name).click()
        expect(page.locator(".page")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "options"), [("/", {}), ("/conversations/", {}), ("/conversations/", PHONE)]
)
def test_a_conversation_is_renamed_in_the_menu_of_its_row(open_page, path, options):
    page = open_page("/", **options)
    field(page).fill("Otters at sea")
    page.get_by_role("button", name="Send").click()
    finished(page)
    page.goto(path)
    place = page.get_by_role("main") if path == "/conversations/" else sidebar(page)
    row = place.locator("[data-conversation]").first
    row.hover()
    row.get_by_role("button", name="More:").click()
    page.locator("#row-menu summary").click()
    title = page.locator("#row-menu").get_by_role("textbox", name="New title")
    expect(title).to_have_value("Otters at sea")
    menu = page.locator("#row-menu").bounding_box()
    assert menu["x"] + menu["width"] <= page.viewport_size["width"]
    page.keyboard.type("Whales at sea")
    page.keyboard.press("Enter")
    expect(page.locator("#row-menu")).to_be_hidden()
    expect(row.locator("[data-title]")).to_have_text("Whales at sea")
    expect(row.get_by_role("button", name="More:")).to_be_focused()


def test_a_rename_by_who_was_signed_out_meanwhile_is_said_to_have_failed(page):
    ask(page, "Otters at sea")
    finished(page)
    page.context.clear_cookies(name=re.compile("session"))
    page.get_by_role("textbox", name="Title").fill("Whales at sea")
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("could not be saved")
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Otters at sea")
