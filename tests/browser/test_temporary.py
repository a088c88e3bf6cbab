"""Temporary conversations on the page: marked, in no list, kept with one button, and nothing of them left behind."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import answer, ask, connected, field, finished, sidebar

NAMES = "Object.entries(localStorage).flat().join()"


def begin(page):
    page.get_by_role("link", name="New temporary conversation").click()
    expect(page.get_by_role("heading", name="Temporary conversation")).to_be_visible()


def test_it_is_marked_and_in_no_list_of_any_page(page, open_page):
    other = open_page()
    begin(page)
    ask(page, "A secret soup?")
    finished(page)
    expect(page.locator(".temporary-mark")).to_have_text("Temporary")
    expect(page.get_by_role("region", name="Temporary conversation")).to_contain_text(
        "no list, search or export"
    )
    ask(other, "An ordinary one?")
    finished(other)
    for each in (page, other):
        expect(sidebar(each).get_by_role("link")).to_have_count(1)
    page.reload()
    expect(answer(page)).to_be_visible()
    expect(page).to_have_title("Temporary conversation · chatsite")


def test_keeping_it_makes_it_an_ordinary_one_and_keeps_what_is_being_written(page, open_page):
    other = open_page()
    begin(page)
    expect(page.get_by_role("button", name="Keep this one")).to_be_hidden()
    ask(page, "A secret soup?")
    finished(page)
    field(page).fill("And then")
    page.get_by_role("button", name="Keep this one").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("A secret soup?")
    expect(field(page)).to_have_value("And then")
    for each in (page, other):
        expect(sidebar(each)).to_contain_text("A secret soup?")


def test_another_tab_of_it_sees_that_it_is_kept(page, open_page):
    begin(page)
    ask(page, "A secret soup?")
    finished(page)
    other = open_page(page.url)
    connected(other)
    page.get_by_role("button", name="Keep this one").click()
    expect(other.get_by_role("textbox", name="Title")).to_have_value("A secret soup?")


def test_what_is_written_in_it_is_kept_for_its_tab_alone(page):
    begin(page)
    field(page).fill("A secret draft")
    page.wait_for_timeout(500)
    assert "secret" not in page.evaluate(NAMES)
    page.reload()
    expect(field(page)).to_have_value("A secret draft")
    page.get_by_role("link", name="New conversation", exact=True).click()
    expect(field(page)).to_have_value("")


def test_the_keyboard_begins_one_and_going_back_leaves_it(page):
    connected(page)
    page.keyboard.press("Control+Shift+E")
    expect(page.get_by_role("heading", name="Temporary conversation")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Temporary conversation")).to_have_count(0)
    page.keyboard.press("Control+Shift+E")
    page.keyboard.press("Control+Shift+O")
    expect(page.get_by_role("heading", name="Temporary conversation")).to_have_count(0)


def test_deleting_it_leaves_nothing_to_restore(page):
    begin(page)
    ask(page, "A secret soup?")
    finished(page)
    page.get_by_role("link", name="Delete this conversation").click()
    expect(page.get_by_role("main")).to_contain_text("This cannot be undone")
    page.get_by_role("button", name="Delete").click()
    page.goto("/conversations/?show=deleted")
    expect(page.get_by_role("main")).not_to_contain_text("secret")


def test_a_phone_without_javascript_begins_and_keeps_one(open_page):
    page = open_page("/?temporary=1", java_script_enabled=False, **PHONE)
    field(page).fill("A secret soup?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Temporary conversation")).to_contain_text("a day after its first")
    page.get_by_role("button", name="Keep this one").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("A secret soup?")
