"""Finding, renaming and deleting conversations; the list on a phone; pages without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import ask, body, field, finished, question, sidebar


@pytest.fixture
def conversation(page):
    """A conversation about badgers, open on the page."""
    ask(page, "All about badgers")
    finished(page)
    return page


def test_a_title_is_changed_in_place(conversation):
    conversation.get_by_role("textbox", name="Title").fill("Notes on badgers")
    conversation.keyboard.press("Enter")
    expect(sidebar(conversation).get_by_role("link", name="Notes on badgers")).to_be_visible()
    conversation.reload()
    expect(conversation).to_have_title("Notes on badgers · chatsite")


def test_search_finds_titles_while_typing(conversation):
    conversation.keyboard.press("Control+k")
    conversation.keyboard.type("nothing like it")
    expect(sidebar(conversation)).to_contain_text("No title has")
    conversation.get_by_role("searchbox").fill("badgers")
    expect(sidebar(conversation).get_by_role("link").first).to_contain_text("badgers")


def test_the_list_leads_to_a_conversation_without_a_load(conversation):
    conversation.evaluate("window.untouched = true")
    conversation.keyboard.press("Control+Shift+o")
    expect(question(conversation)).to_have_count(0)
    sidebar(conversation).get_by_role("link", name="All about badgers").first.click()
    expect(question(conversation)).to_contain_text("All about badgers")
    assert conversation.evaluate("window.untouched")


def test_a_conversation_is_renamed_and_deleted_in_the_history(conversation):
    address = conversation.url
    conversation.goto("/conversations/")
    entry = conversation.get_by_role("main").locator("[data-conversation]").first
    entry.get_by_text("Rename").click()
    entry.get_by_role("textbox").fill("Doomed")
    conversation.keyboard.press("Enter")
    conversation.get_by_role("button", name="Delete Doomed").click()
    expect(conversation.get_by_text("“Doomed” was deleted.")).to_be_visible()
    assert conversation.context.request.get(address).status == 404


def test_reading_and_writing_work_without_javascript(open_page, conversation, upstream):
    page = open_page("/conversations/", java_script_enabled=False)
    page.get_by_role("link", name="All about badgers").first.click()
    expect(question(page)).to_contain_text("All about badgers")
    hold = upstream.hold()
    page.get_by_role("textbox", name="Message").fill("And otters?")
    page.get_by_role("button", name="Send").click()
    expect(question(page).last).to_contain_text("And otters?")
    expect(page.get_by_text("The answer is being written.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_be_hidden()
    hold.send("They swim.")
    hold.finish()
    expect(body(page)).to_have_text("They swim.")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


def test_a_message_that_is_refused_comes_back_without_javascript(open_page, upstream):
    page = open_page(java_script_enabled=False)
    page.get_by_role("textbox", name="Message").fill("   ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("There is nothing to send yet.")).to_be_visible()


def test_on_a_phone_the_list_is_a_drawer(open_page, conversation):
    page = open_page("/", **PHONE)
    expect(sidebar(page)).to_be_hidden()
    page.get_by_role("button", name="Conversations").tap()
    expect(sidebar(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(sidebar(page)).to_be_hidden()
    page.get_by_role("button", name="Conversations").tap()
    page.touchscreen.tap(370, 400)
    expect(sidebar(page)).to_be_hidden()
    page.get_by_role("button", name="Conversations").tap()
    sidebar(page).get_by_role("link", name=re.compile("badgers")).first.tap()
    expect(question(page)).to_contain_text("badgers")
    expect(sidebar(page)).to_be_hidden()


def test_on_a_phone_the_bar_begins_a_conversation_and_its_menu_shares_one(open_page, conversation):
    page = open_page(conversation.url, **PHONE)
    page.get_by_role("button", name="More: pin").tap()
    page.locator("#bar-menu").get_by_role("link", name="Share").tap()
    expect(page.get_by_role("button", name="Make the link")).to_be_visible()
    page.goto(conversation.url)
    page.get_by_role("main").get_by_role("link", name="New conversation").tap()
    expect(page.get_by_role("heading", name="What shall we look at?")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="New conversation")).to_be_hidden()


def test_on_a_phone_a_conversation_of_the_history_is_one_line(open_page, conversation):
    page = open_page("/conversations/", **PHONE)
    row = page.get_by_role("main").locator("[data-conversation]").first
    assert row.bounding_box()["height"] < 60
    expect(row.get_by_role("link", name="Export")).to_be_hidden()
    row.get_by_role("button", name="More:").tap()
    page.locator("#row-menu").get_by_role("link", name="Export").tap()
    expect(page.get_by_role("button", name="Download")).to_be_visible()


def test_nothing_is_wider_than_a_phone(open_page, upstream):
    page = open_page("/", **PHONE)
    code = "```\n" + "wide " * 60 + "\n```\n\n"
    table = "| a | b | c |\n|-|-|-|\n" + "| longword | longword | longword |\n" * 3
    upstream.reply(code + table)
    field(page).fill("averyveryverylongwordwithoutanyspaces" * 5)
    page.get_by_role("button", name="Send").tap()
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_what_is_touched_on_a_phone_is_large_enough(open_page, conversation):
    page = open_page(conversation.url, **PHONE)
    small = """() => [...document.querySelectorAll('main :is(button, a, select, summary)')]
        .filter(element => element.checkVisibility() && element.getClientRects().length)
        .filter(element => Math.max(element.getBoundingClientRect().height,
            parseFloat(getComputedStyle(element, '::after').height) || 0) < 44)
        .map(element => element.outerHTML)"""
    assert page.evaluate(small) == []
