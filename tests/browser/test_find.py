"""Finding words in the open conversation."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DEVICES, check
from tests.browser.gestures import settled_position
from tests.browser.steps import answer, ask, body, connected, field, finished
from tests.browser.test_parts import gauge, ids, loaded, long  # noqa: F401


def bar(page):
    return page.get_by_role("searchbox", name="Find in this conversation")


def count(page):
    return page.locator("conversation-find [data-count]")


def found(page):
    return page.locator(".message[data-found]")


def open_bar(page):
    """Open the bar with its key; the field of the message has the focus before."""
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(bar(page)).to_be_focused()


def test_a_key_finds_words_in_messages_that_are_not_loaded(page, long):  # noqa: F811
    page.goto(long)
    connected(page)
    before = loaded(page)
    open_bar(page)
    page.keyboard.type("gauge 3 says")
    expect(count(page)).to_have_text("1 of 1")
    expect(found(page)).to_contain_text("Gauge 3 says")
    expect(found(page).locator("mark").first).to_be_in_viewport()
    assert found(page).locator("[data-body] mark").first.inner_text() == "Gauge"
    assert loaded(page) > before


def test_enter_goes_on_and_shift_enter_back(page, long):  # noqa: F811
    page.goto(long)
    connected(page)
    open_bar(page)
    page.keyboard.type('"does gauge"')
    expect(count(page)).to_have_text(re.compile(r"\d+ of 100"))
    here = int(count(page).inner_text().split()[0])
    page.keyboard.press("Enter")
    expect(count(page)).to_have_text(f"{here + 1} of 100")
    expect(found(page)).to_have_text(re.compile(f"gauge {here} say"))
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(count(page)).to_have_text(f"{here - 1} of 100")
    page.get_by_role("button", name="Next hit").click()
    expect(count(page)).to_have_text(f"{here} of 100")
    expect(found(page)).to_have_text(re.compile(f"gauge {here - 1} say"))


def test_escape_closes_the_bar_and_takes_the_marks_away(page, long):  # noqa: F811
    page.goto(long)
    connected(page)
    shown = gauge(page, 98).evaluate("(bubble) => bubble.outerHTML")
    page.get_by_role("link", name="Find in this conversation").click()
    bar(page).fill("gauge 98")
    expect(page.locator("mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar(page)).to_be_hidden()
    expect(page.locator("mark")).to_have_count(0)
    assert gauge(page, 98).evaluate("(bubble) => bubble.outerHTML") == shown
    expect(field(page)).to_be_focused()


def test_a_slash_in_a_message_is_only_typed(page, long):  # noqa: F811
    page.goto(long)
    connected(page)
    field(page).press("/")
    expect(field(page)).to_have_value("/")
    expect(bar(page)).to_be_hidden()


def test_words_that_are_not_there_are_said_to_be_missing(page, long):  # noqa: F811
    page.goto(long)
    connected(page)
    open_bar(page)
    page.keyboard.type("zebra")
    expect(count(page)).to_have_text("None")
    bar(page).fill("-zebra")
    expect(count(page)).to_contain_text("Add a word to look for")


def test_hits_on_another_version_are_named(page, upstream):
    upstream.reply("The first version.")
    upstream.reply("The second one.")
    ask(page, "Which one?")
    finished(page)
    answer(page).get_by_role("button", name="Regenerate").click()
    expect(body(page)).to_have_text("The second one.")
    finished(page)
    open_bar(page)
    page.keyboard.type("version")
    expect(count(page)).to_have_text("None")
    page.get_by_role("link", name="1 on another version").click()
    expect(page.get_by_text("on another version")).to_be_visible()
    page.get_by_role("link", name="Answer").click()
    expect(body(page)).to_have_text("The first version.")
    expect(body(page).locator("mark")).to_have_text("version")


def test_what_is_found_is_not_disturbed_by_a_running_answer(page, upstream, long):  # noqa: F811
    page.goto(long)
    hold = upstream.hold()
    ask(page, "And now?")
    hold.send("The first part. ")
    expect(body(page)).to_contain_text("The first part.")
    open_bar(page)
    page.keyboard.type("gauge 3 says")
    expect(found(page)).to_contain_text("Gauge 3 says")
    place = settled_position(page)
    hold.send("The second part.")
    expect(body(page)).to_have_text("The first part. The second part.")
    assert settled_position(page) == place
    hold.finish()
    finished(page)
    expect(found(page)).to_contain_text("Gauge 3 says")


def test_without_scripts_a_list_of_hits_leads_to_them(open_page, page, long):  # noqa: F811
    plain = open_page(long, java_script_enabled=False)
    plain.get_by_role("link", name="Find in this conversation").click()
    bar(plain).fill("gauge 3 says")
    plain.get_by_role("button", name="Find").click()
    plain.get_by_role("link", name="Answer").click()
    expect(plain.locator(".message:target mark").first).to_have_text("Gauge")


@pytest.mark.parametrize("options", DEVICES)
def test_nothing_keeps_people_out_of_finding(open_page, page, long, ids, options):  # noqa: F811
    tab = open_page(f"{long}?at={ids[40]}", **options)
    connected(tab)
    check(tab, "with gaps")
    tab.get_by_role("link", name="Find in this conversation").click()
    bar(tab).fill("gauge 20")
    expect(tab.locator("[data-found] mark").first).to_be_visible()
    check(tab, "found")
    tab.goto(f"{long}?find=gauge")
    check(tab, "the list of hits")
    tab.goto(f"{long}all/")
    check(tab, "all on one page")
