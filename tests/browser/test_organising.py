"""Pinning, archiving, moving, deleting and restoring, one or many at once, by keyboard and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DEVICES, check
from tests.browser.conftest import PHONE
from tests.browser.organising import act, boxes, make_folder, note, titles
from tests.browser.steps import ask, connected, delete_here, finished, more, question, sidebar
from tests.browser.test_loading_on import scroll_to_the_end, store


@pytest.fixture
def stored(open_page, site):
    """Opens a page of somebody with twelve conversations, “Entry 0” the newest."""
    store(open_page("/"), site, 12)
    return open_page


def test_shift_selects_all_between_and_they_move_into_a_folder_and_back(stored):
    page = stored("/conversations/folders/")
    make_folder(page, "Work")
    page.goto("/conversations/")
    boxes(page).nth(2).click()
    boxes(page).nth(7).click(modifiers=["Shift"])
    expect(page.get_by_text("6 selected")).to_be_visible()
    page.get_by_label("Folder", exact=True).select_option("Work")
    act(page, "Move")
    expect(note(page)).to_contain_text("6 conversations were moved to “Work”.")
    expect(page.locator("li .mark", has_text="Work")).to_have_count(6)
    expect(page.get_by_text("6 selected")).to_have_count(0)
    note(page).get_by_role("button", name="Undo").click()
    expect(note(page)).to_contain_text("Undone for 6 conversations.")
    expect(page.locator("li .mark", has_text="Work")).to_have_count(0)


def test_all_that_match_are_also_those_not_loaded(open_page, site):
    store(open_page("/"), site)
    page = open_page("/conversations/")
    page.get_by_label("Select all").check()
    act(page, "Archive")
    expect(note(page)).to_contain_text("130 conversations were archived.")
    expect(page.get_by_text("There are no conversations yet.")).to_be_visible()
    page.get_by_role("link", name="Archived", exact=True).last.click()
    expect(titles(page).first).to_have_text("Entry 0")


def test_what_is_loaded_later_is_selected_with_all_and_one_can_be_left_out(open_page, site):
    store(open_page("/"), site)
    page = open_page("/conversations/")
    page.get_by_label("Select all").check()
    scroll_to_the_end(page)
    expect(boxes(page).last).to_be_checked()
    boxes(page).last.uncheck()
    expect(page.get_by_label("Select all")).not_to_be_checked()
    act(page, "Pin")
    expect(note(page)).to_contain_text("129 conversations were pinned.")


def test_a_deleted_one_is_restored_at_once_or_from_the_list(stored):
    page = stored("/conversations/")
    page.get_by_role("button", name="Delete Entry 3").click()
    expect(titles(page)).to_have_count(11)
    note(page).get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_count(12)
    page.get_by_role("button", name="Delete Entry 3").click()
    expect(titles(page)).to_have_count(11)
    page.goto("/conversations/?show=deleted")
    expect(page.get_by_text("deleted for good in 30 days")).to_be_visible()
    page.get_by_role("button", name="Restore Entry 3").click()
    expect(page.get_by_text("Nothing was deleted lately.")).to_be_visible()
    page.goto("/conversations/")
    expect(titles(page)).to_have_count(12)


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripted", "scriptless"])
def test_undo_is_still_offered_when_the_page_is_loaded_again(stored, options):
    page = stored("/conversations/?show=", **options)
    page.get_by_role("button", name="Delete Entry 3").click()
    expect(note(page)).to_contain_text("“Entry 3” was deleted.")
    page.reload()
    expect(titles(page)).to_have_count(11)
    note(page).get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_count(12)
    expect(note(page)).to_contain_text("Undone.")
    page.reload()
    expect(note(page)).to_have_count(0)


def test_undo_is_offered_again_beside_a_conversation_until_its_line_is_closed(stored):
    page = stored("/conversations/")
    titles(page).first.click()
    connected(page)
    sidebar(page).get_by_role("button", name="More: Entry 2").click()
    page.locator("#row-menu").get_by_role("button", name="Archive", exact=True).click()
    expect(note(page)).to_contain_text("“Entry 2” was archived.")
    page.reload()
    expect(note(page)).to_contain_text("“Entry 2” was archived.")
    note(page).get_by_role("button", name="Close").click()
    page.reload()
    connected(page)
    expect(note(page)).to_have_count(0)


def test_deleting_for_good_asks_first(stored):
    page = stored("/conversations/")
    page.get_by_label("Select all").check()
    act(page, "Delete")
    expect(titles(page)).to_have_count(0)
    page.goto("/conversations/?show=deleted")
    boxes(page).first.check()
    act(page, "Delete now")
    expect(page.get_by_role("heading", name="Delete this conversation for good?")).to_be_visible()
    page.get_by_role("button", name="Delete for good").click()
    expect(note(page)).to_contain_text("1 conversation was deleted for good.")
    expect(titles(page)).to_have_count(11)


def test_the_bar_of_a_conversation_pins_it_and_deletes_it_with_undo(page, open_page):
    ask(page, "Badgers")
    finished(page)
    other = open_page("/")
    connected(other)
    more(page, "Pin")
    expect(note(page)).to_contain_text("“Badgers” was pinned.")
    for tab in (page, other):
        expect(sidebar(tab).get_by_role("heading", name="Pinned")).to_be_visible()
    page.get_by_role("button", name="More: pin").click()
    expect(page.locator("#bar-menu").get_by_role("button", name="Unpin")).to_be_visible()
    page.keyboard.press("Escape")
    delete_here(page)
    expect(page).to_have_url(re.compile(r":\d+/(\?done=[^/]*)?$"))
    expect(sidebar(other).get_by_text("Badgers")).to_have_count(0)
    note(page).get_by_role("button", name="Undo").click()
    expect(sidebar(other).get_by_text("Badgers")).to_be_visible()
    expect(question(page)).to_contain_text("Badgers")
    expect(note(page)).to_contain_text("Undone.")


def test_undo_leads_back_to_no_deleted_conversation_once_another_has_begun(page):
    ask(page, "Badgers")
    finished(page)
    delete_here(page)
    expect(note(page)).to_contain_text("was deleted.")
    page.evaluate("window.untouched = true")
    ask(page, "Otters")
    finished(page)
    assert page.evaluate("window.untouched")
    note(page).get_by_role("button", name="Undo").click()
    expect(sidebar(page).get_by_text("Badgers")).to_be_visible()
    expect(question(page)).to_contain_text("Otters")


def test_the_menu_of_a_row_works_by_keyboard(stored):
    page = stored("/")
    sidebar(page).get_by_role("link", name="Entry 1", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#row-menu").get_by_role("button", name="Pin", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(note(page)).to_contain_text("“Entry 1” was archived.")
    expect(sidebar(page).get_by_text("Entry 1", exact=True)).to_have_count(0)


def test_a_page_whose_conversation_is_deleted_and_restored_elsewhere_comes_back(page, open_page):
    ask(page, "Otters")
    finished(page)
    other = open_page("/conversations/")
    other.get_by_role("button", name="Delete Otters").click()
    expect(page.locator("connection-status")).to_contain_text("This conversation was deleted.")
    note(other).get_by_role("button", name="Undo").click()
    expect(page.locator("connection-status")).not_to_contain_text("deleted")
    expect(question(page)).to_contain_text("Otters")


def test_many_are_moved_deleted_and_restored_without_javascript(stored):
    page = stored("/conversations/folders/", java_script_enabled=False)
    make_folder(page, "Work")
    page.goto("/conversations/")
    for number in range(3):
        boxes(page).nth(number).check()
    page.get_by_label("Folder", exact=True).select_option("Work")
    act(page, "Move")
    expect(note(page)).to_contain_text("3 conversations were moved to “Work”.")
    page.get_by_role("navigation", name="Lists").get_by_role("link", name="Work").click()
    page.get_by_label("Select all").check()
    act(page, "Delete")
    expect(note(page)).to_contain_text("3 conversations were deleted.")
    expect(page.get_by_text("This folder is empty.")).to_be_visible()
    note(page).get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_count(3)


@pytest.mark.parametrize("options", DEVICES)
def test_nobody_is_kept_out(stored, options):
    page = stored("/conversations/folders/", **options)
    check(page, "no folders")
    make_folder(page, "Work")
    page.get_by_text("Edit", exact=True).click()
    check(page, "folders")
    page.goto("/conversations/")
    page.get_by_label("Select all").check()
    check(page, "selected")
    page.get_by_label("Folder", exact=True).select_option("Work")
    act(page, "Move")
    expect(note(page)).to_contain_text("12 conversations")
    expect(page.locator("li .mark").first).to_be_visible()
    check(page, "moved")
    page.get_by_role("main").get_by_role("button", name="More: Entry 2").click()
    check(page, "the menu of a row")
    page.locator("#row-menu").get_by_role("button", name="Delete").click()
    expect(titles(page)).to_have_count(11)
    for path in ("?show=deleted", "?show=archived", "?show=pinned", "?q=entry", "folders/"):
        page.goto(f"/conversations/{path}")
        check(page, path)
    page.goto("/conversations/?show=deleted")
    page.get_by_role("button", name="Delete now Entry 2").click()
    expect(page.get_by_role("heading", name="Delete this conversation for good?")).to_be_visible()
    check(page, "deleting for good")
    page.goto("/conversations/")
    titles(page).first.click()
    page.get_by_role("button", name="More: pin").click()
    check(page, "the menu of the bar")


def test_on_a_phone_targets_are_large_and_nothing_is_wider_than_it(stored):
    page = stored("/conversations/", **PHONE)
    page.get_by_label("Select all").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator("#selection button:visible").all():
        assert button.bounding_box()["height"] >= 44


def test_on_a_phone_the_menu_of_a_row_opens_over_the_drawer(stored):
    page = stored("/", **PHONE)
    page.get_by_role("button", name="Conversations", exact=True).tap()
    page.wait_for_timeout(700)  # longer than a double tap
    sidebar(page).get_by_role("button", name="More: Entry 3").tap()
    expect(page.locator("#row-menu")).to_be_visible()
    expect(sidebar(page)).to_be_visible()
    page.wait_for_timeout(700)
    page.locator("#row-menu").get_by_role("button", name="Archive", exact=True).tap()
    expect(sidebar(page).get_by_text("Entry 3", exact=True)).to_have_count(0)
