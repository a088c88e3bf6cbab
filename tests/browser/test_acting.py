"""What was done with conversations: the note of it stays in sight, the focus stays near, and lists that show more than
can be changed are shown again."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.organising import act, boxes, make_folder, note, titles
from tests.browser.steps import more, sidebar
from tests.browser.test_loading_on import store


@pytest.fixture
def stored(open_page, site):
    """Opens a page of somebody with thirty conversations, “Entry 0” the newest."""
    store(open_page("/"), site, 30)
    return open_page


def delete(page, name):
    page.get_by_role("main").get_by_role("button", name=f"Delete {name}", exact=True).press("Enter")


def undo(page):
    return note(page).get_by_role("button", name="Undo")


@pytest.mark.parametrize("options", [{}, PHONE])
def test_undo_is_in_sight_wherever_the_list_is_scrolled_to(stored, options):
    page = stored("/conversations/", **options)
    if options:  # On a phone the menu of a row deletes it.
        page.get_by_role("button", name="More: Entry 29", exact=True).tap()
        page.locator("#row-menu").get_by_role("button", name="Delete").tap()
    else:
        delete(page, "Entry 29")
    expect(undo(page)).to_be_in_viewport()
    undo(page).click()
    expect(note(page)).to_contain_text("Undone.")
    note(page).get_by_role("button", name="Close").click()
    expect(note(page)).to_have_count(0)


def test_the_focus_stays_near_a_row_that_is_deleted_and_at_the_note_of_what_is_undone(stored):
    page = stored("/conversations/")
    delete(page, "Entry 5")
    expect(page.get_by_role("main").get_by_role("link", name="Entry 6", exact=True)).to_be_focused()
    undo(page).press("Enter")
    expect(note(page)).to_contain_text("Undone.")
    expect(note(page)).to_be_focused()
    delete(page, "Entry 29")
    expect(page.get_by_role("main").get_by_role("link", name="Entry 28", exact=True)).to_be_focused()


def test_the_focus_goes_from_the_selection_to_the_note(stored):
    page = stored("/conversations/")
    boxes(page).nth(2).check()
    page.locator("#selection").get_by_role("button", name="Archive", exact=True).press("Enter")
    expect(note(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(undo(page)).to_be_focused()


def test_the_focus_goes_from_a_closed_note_to_where_one_writes_or_to_the_list(stored):
    page = stored("/conversations/")
    boxes(page).nth(2).check()
    act(page, "Archive")
    note(page).get_by_role("button", name="Close").press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    titles(page).first.click()
    more(page, "Archive")
    note(page).get_by_role("button", name="Close").press("Enter")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_what_could_not_be_done_stays_selected(stored, device, complaints):
    page = stored("/conversations/")
    boxes(page).nth(2).click()
    boxes(page).nth(7).click(modifiers=["Shift"])
    device().set_offline(True)
    act(page, "Archive")
    expect(note(page)).to_contain_text("This could not be done.")
    expect(page.get_by_text("6 selected")).to_be_visible()
    complaints.clear()
    device().set_offline(False)
    act(page, "Archive")
    expect(note(page)).to_contain_text("6 conversations were archived.")
    expect(titles(page)).to_have_count(24)
    complaints.clear()


def test_a_search_does_not_show_what_was_deleted_and_shows_what_was_restored(stored):
    page = stored("/conversations/?q=in:title+entry")
    found = page.get_by_role("main").locator("[data-conversation]")
    count = found.count()
    page.get_by_label("Select all that match").check()
    act(page, "Delete")
    expect(note(page)).to_contain_text("30 conversations were deleted.")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    expect(page.locator("#selection")).to_be_hidden()
    undo(page).click()
    expect(found).to_have_count(count)
    expect(page.get_by_label("Select all that match")).not_to_be_checked()


def test_the_page_of_a_folder_that_is_deleted_elsewhere_says_so(stored):
    page = stored("/conversations/folders/")
    make_folder(page, "Work")
    page.goto("/conversations/")
    boxes(page).first.check()
    page.get_by_label("Folder", exact=True).select_option("Work")
    act(page, "Move")
    page.get_by_role("navigation", name="Lists").get_by_role("link", name="Work").click()
    expect(titles(page)).to_have_count(1)
    other = stored("/conversations/folders/")
    other.get_by_role("link", name="Delete Work").click()
    other.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This folder does not exist any more.")).to_be_visible()
    expect(page.locator("#selection")).to_be_hidden()


def test_a_double_click_deletes_one_and_leaves_it_to_be_undone(stored):
    page = stored("/conversations/")
    page.get_by_role("button", name="Delete Entry 5", exact=True).dblclick()
    expect(titles(page)).to_have_count(29)
    expect(note(page)).to_contain_text("“Entry 5” was deleted.")
    undo(page).dblclick()
    expect(note(page)).to_contain_text("Undone.")
    expect(titles(page)).to_have_count(30)


def test_the_second_half_of_a_double_click_deletes_no_other_row(stored):
    page = stored("/conversations/")
    button = page.get_by_role("button", name="Delete Entry 5", exact=True)
    button.click()
    expect(titles(page)).to_have_count(29)
    # The next row has moved there before the second click.
    page.get_by_role("button", name="Delete Entry 6", exact=True).click(trial=True)
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    page.wait_for_timeout(500)
    expect(note(page)).to_contain_text("“Entry 5” was deleted.")
    expect(titles(page)).to_have_count(29)


def test_undo_is_in_sight_beside_the_open_drawer_of_a_phone(stored):
    page = stored("/", **PHONE)
    page.get_by_role("button", name="Conversations", exact=True).click()
    page.locator("#sidebar").get_by_role("button", name="More: Entry 3", exact=True).click()
    page.locator("#row-menu").get_by_role("button", name="Archive", exact=True).click()
    expect(note(page)).to_contain_text("“Entry 3” was archived.")
    undo(page).click()
    expect(note(page)).to_contain_text("Undone.")
    expect(page.locator("#sidebar").get_by_text("Entry 3", exact=True)).to_have_count(1)


def test_the_button_of_a_row_covers_neither_its_title_nor_its_dot(stored):
    page = stored("/")
    row = sidebar(page).locator("[data-conversation]").nth(3)
    row.hover()
    title, button = (row.locator(each).bounding_box() for each in ("[data-title]", "[data-menu]"))
    assert title["x"] + title["width"] <= button["x"]


def test_renaming_begins_in_the_field_with_the_title_selected(stored):
    page = stored("/conversations/")
    page.get_by_role("main").get_by_text("Rename").nth(3).click()
    page.evaluate("window.untouched = true")
    page.keyboard.type("Otters in spring")
    page.keyboard.press("Enter")
    expect(titles(page).nth(3)).to_have_text("Otters in spring")
    expect(page.get_by_role("main").locator("summary", has_text="Rename").nth(3)).to_be_focused()
    assert page.evaluate("window.untouched")


def test_escape_leaves_a_title_as_it_is(stored):
    page = stored("/conversations/")
    page.get_by_role("main").get_by_text("Rename").nth(3).click()
    page.keyboard.type("Otters")
    page.keyboard.press("Escape")
    summary = page.get_by_role("main").locator("summary", has_text="Rename").nth(3)
    expect(summary).to_be_focused()
    expect(titles(page).nth(3)).to_have_text("Entry 3")
    summary.press("Enter")
    expect(page.get_by_role("main").get_by_label("New title").nth(3)).to_have_value("Entry 3")
