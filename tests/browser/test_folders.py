"""Folders, in the pages that name them: made, renamed, deleted, moved to."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.organising import act, boxes, make_folder, note, titles
from tests.browser.steps import ask, finished
from tests.browser.test_loading_on import store


@pytest.fixture
def stored(open_page, site):
    """Opens a page of somebody with twelve conversations, “Entry 0” the newest."""
    store(open_page("/"), site, 12)
    return open_page


def move_all_into(page, folder):
    page.goto("/conversations/")
    page.get_by_label("Select all").check()
    page.get_by_label("Folder", exact=True).select_option(folder)
    act(page, "Move")
    expect(note(page)).to_contain_text("12 conversations were moved")


def test_a_conversation_that_is_begun_in_a_folder_is_in_it(page):
    make_folder(page, "Garden")
    page.get_by_role("link", name="New conversation in Garden").click()
    ask(page, "When to sow beans?")
    finished(page)
    page.goto("/conversations/")
    page.get_by_role("navigation", name="Lists").get_by_role("link", name="Garden").click()
    expect(titles(page)).to_have_text(["When to sow beans?"])


@pytest.mark.parametrize("options", [{}, PHONE])
def test_a_conversation_with_a_folder_and_an_unread_answer_is_one_line(stored, site, options):
    page = stored("/conversations/folders/", **options)
    make_folder(page, "Garden, greenhouse and orchard")
    move_all_into(page, "Garden, greenhouse and orchard")
    site.database.write("UPDATE conversations_conversation SET unread = TRUE WHERE title = ?", "Entry 3")
    page.reload()
    row = page.get_by_role("main").locator("[data-conversation]").nth(3)
    expect(row.locator("[data-unread]")).to_be_visible()
    assert row.bounding_box()["height"] < 60


def test_a_folder_is_renamed_and_deleted_without_its_conversations(stored):
    page = stored("/conversations/folders/")
    make_folder(page, "Work")
    move_all_into(page, "Work")
    page.goto("/conversations/folders/")
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Name", exact=True).fill("🌱 Garden")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("12 conversations")).to_be_visible()
    page.get_by_role("link", name="Delete 🌱 Garden").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You have no folders yet.")).to_be_visible()
    page.goto("/conversations/")
    expect(titles(page)).to_have_count(12)


def test_all_that_names_folders_follows_those_that_are_made_and_renamed_in_another_tab(stored):
    page, other = stored("/conversations/"), stored("/conversations/folders/")
    page.wait_for_load_state("networkidle")
    lists = page.get_by_role("navigation", name="Lists")
    make_folder(other, "Work")
    expect(lists.get_by_role("link", name="Work")).to_be_visible()
    boxes(page).first.check()
    page.get_by_label("Folder", exact=True).select_option("Work")
    lists.get_by_role("link", name="Work").click()
    page.wait_for_load_state("networkidle")
    other.get_by_text("Edit", exact=True).click()
    other.get_by_label("Name", exact=True).fill("Garden")
    other.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Garden")).to_be_visible()
    expect(lists.locator("[aria-current]")).to_have_text("Garden")
    expect(page).to_have_title(re.compile("Garden"))


def test_a_menu_moves_to_a_folder_that_was_made_in_another_tab(stored):
    page, other = stored("/conversations/"), stored("/conversations/folders/")
    page.wait_for_load_state("networkidle")
    make_folder(other, "Work")
    expect(page.get_by_role("navigation", name="Lists").get_by_role("link", name="Work")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="More: Entry 2").click()
    page.locator("#row-menu").get_by_role("button", name="Work").click()
    expect(note(page)).to_contain_text("“Entry 2” was moved to “Work”.")


def test_on_a_phone_little_stands_before_the_first_conversation(stored):
    page = stored("/conversations/folders/", **PHONE)
    for number in range(6):
        make_folder(page, f"A folder, number {number}")
    page.goto("/conversations/")
    bar = page.get_by_role("banner").or_(page.locator(".bar")).first.bounding_box()
    assert titles(page).first.bounding_box()["y"] - bar["height"] <= 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("navigation", name="Lists").get_by_role("link", name="Recently deleted").tap()
    expect(page.locator(".list-filters [aria-current]")).to_be_in_viewport(ratio=1)


def test_new_folder_leads_to_the_field_for_its_name(open_page):
    page = open_page("/conversations/")
    page.get_by_role("main").get_by_role("link", name="New folder").click()
    expect(page.get_by_label("New folder")).to_be_focused()
