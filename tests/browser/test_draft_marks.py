"""Drafts in the lists of the browser that keeps them."""

from playwright.sync_api import expect

from tests.browser.axe import check
from tests.browser.conftest import PHONE
from tests.browser.steps import ask, field, finished, sidebar


def test_a_draft_is_shown_in_the_lists_of_its_browser_until_it_is_sent(page, open_page):
    ask(page, "All about otters")
    finished(page)
    address = page.url
    history, phone = open_page("/conversations/"), open_page("/conversations/", **PHONE)
    field(page).fill("And what about")
    mark = history.get_by_role("main").locator("[data-conversation]").first.get_by_text("Draft", exact=True)
    expect(mark).to_be_visible()
    expect(sidebar(history).get_by_role("link", name="All about otters Draft")).to_be_visible()
    check(history, "a draft")
    expect(sidebar(page).get_by_text("Draft", exact=True)).to_be_hidden()
    page.get_by_role("link", name="New conversation", exact=True).click()
    expect(sidebar(page).get_by_text("Draft", exact=True)).to_be_visible()
    page.goto(address)
    expect(field(page)).to_have_value("And what about")
    page.keyboard.press("Enter")
    finished(page)
    expect(mark).to_have_count(0)
    expect(phone.get_by_text("Draft", exact=True).first).to_be_hidden()


def test_a_draft_of_a_new_conversation_is_found_in_the_list(page, open_page):
    field(page).fill("Half an idea")
    history = open_page("/conversations/")
    links = history.get_by_role("link", name="New conversation Draft")
    expect(links).to_have_count(2)
    check(history, "a draft of a new conversation")
    links.last.click()
    expect(field(history)).to_have_value("Half an idea")
    expect(history.get_by_role("link", name="New conversation Draft")).to_have_count(0)
    field(history).fill("")
    field(page).fill("")
    other = open_page("/conversations/")
    expect(other.get_by_role("link", name="New conversation Draft")).to_have_count(0)


def test_a_draft_stays_marked_when_the_list_is_fetched_again(page, open_page):
    ask(page, "All about badgers")
    finished(page)
    field(page).fill("And what about")
    history, other = open_page("/conversations/"), open_page("/")
    marks = history.get_by_role("main").locator("[data-draft]")
    expect(marks).to_have_count(1)
    ask(other, "All about foxes")
    finished(other)
    entries = history.get_by_role("main").locator("[data-conversation]")
    expect(entries.first).to_contain_text("All about foxes")
    expect(entries.nth(1).get_by_text("Draft", exact=True)).to_be_visible()
    expect(marks).to_have_count(1)
