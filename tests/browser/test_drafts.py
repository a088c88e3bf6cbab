"""What is being written, and not sent yet."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import ask, field, finished, question, until


def test_a_draft_is_there_again_when_its_conversation_is_opened_again(page):
    field(page).fill("Half a thought")
    page.reload()
    expect(field(page)).to_have_value("Half a thought")
    ask(page, "A whole one")
    finished(page)
    field(page).fill("And another half")
    page.get_by_role("link", name="New conversation").click()
    expect(field(page)).to_have_value("")
    page.go_back()
    expect(field(page)).to_have_value("And another half")


def test_a_draft_of_an_edited_message_comes_back_as_one(page):
    ask(page, "A question")
    finished(page)
    question(page).hover()
    page.get_by_role("button", name="Edit").click()
    field(page).fill("A better question")
    page.reload()
    expect(field(page)).to_have_value("A better question")
    expect(page.get_by_text("Editing your message.")).to_be_visible()


def test_what_was_left_a_month_ago_is_forgotten(page, open_page):
    field(page).fill("Old news")
    page.reload()
    page.evaluate("""() => {
        const month = 31 * 24 * 3600 * 1000;
        const [key, value] = Object.entries(localStorage).find(([key]) => key.startsWith('draft'));
        localStorage[key] = JSON.stringify({ ...JSON.parse(value), at: Date.now() - month });
    }""")
    expect(field(open_page())).to_have_value("")


def test_a_message_over_the_limit_is_refused_in_words_and_stays(page):
    field(page).evaluate("field => (field.value = 'long '.repeat(100_001))")
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text(
        "This message has 500,005 characters; 500,000 is the most."
    )
    assert field(page).evaluate("field => field.value.length") == 500_005
    expect(question(page)).to_have_count(0)


def edit(page, number=0):
    question(page).nth(number).hover()
    question(page).nth(number).get_by_role("button", name="Edit").click()
    expect(page.get_by_text("Editing your message.")).to_be_visible()


def asked_twice(page):
    for text in ("The first question", "The second question"):
        ask(page, text)
        expect(question(page).last).to_contain_text(text)
        finished(page)
    return page


def test_a_draft_comes_back_when_an_edit_is_cancelled(page):
    asked_twice(page)
    field(page).fill("Half a thought")
    edit(page)
    expect(field(page)).to_have_value("The first question")
    field(page).fill("A better question")
    page.get_by_role("button", name="Cancel").click()
    expect(field(page)).to_have_value("Half a thought")
    page.reload()
    expect(field(page)).to_have_value("Half a thought")


def test_a_draft_comes_back_when_an_edit_is_sent(page):
    asked_twice(page)
    field(page).fill("Half a thought")
    edit(page)
    ask(page, "A better question")
    expect(field(page)).to_have_value("Half a thought")
    expect(page.get_by_text("Editing your message.")).to_be_hidden()
    finished(page)
    expect(question(page)).to_have_count(1)
    page.reload()
    expect(field(page)).to_have_value("Half a thought")


def test_a_draft_and_an_edit_outlive_a_reload(page):
    asked_twice(page)
    field(page).fill("Half a thought")
    edit(page)
    field(page).fill("A better question")
    page.reload()
    expect(field(page)).to_have_value("A better question")
    page.get_by_role("button", name="Cancel").click()
    expect(field(page)).to_have_value("Half a thought")


def test_an_edit_that_is_left_for_another_one_is_there_again(page):
    asked_twice(page)
    edit(page)
    field(page).fill("A better first question")
    edit(page, 1)
    expect(field(page)).to_have_value("The second question")
    field(page).fill("A better second question")
    edit(page)
    expect(field(page)).to_have_value("A better first question")
    page.get_by_role("button", name="Cancel").click()
    expect(field(page)).to_have_value("")
    edit(page, 1)
    expect(field(page)).to_have_value("A better second question")


def test_an_edit_of_a_refused_message_leaves_the_draft_alone(page):
    asked_twice(page)
    field(page).fill("Half a thought")
    edit(page)
    page.get_by_role("combobox", name="Model").evaluate("select => select.options[0].value = 'gone'")
    ask(page, "A better question")
    expect(page.locator("[data-notice]")).to_contain_text("is not offered any more")
    expect(field(page)).to_have_value("A better question")
    page.get_by_role("button", name="Cancel").click()
    expect(field(page)).to_have_value("Half a thought")


def test_a_forbidden_storage_loses_no_draft_to_an_edit(page):
    page.add_init_script(
        "for (const kind of ['localStorage', 'sessionStorage'])"
        "Object.defineProperty(window, kind, { get() { throw new Error('forbidden'); } })"
    )
    page.reload()
    asked_twice(page)
    field(page).fill("Half a thought")
    edit(page)
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("Half a thought")


def keeps(page, text):
    """Wait until this browser keeps what was typed."""
    until(page, lambda: text in kept(page), f"{text} is not kept.")


def kept(page):
    """All that this browser keeps."""
    return page.evaluate("Object.values(localStorage).join()")


def crash(page):
    with page.expect_event("crash"), pytest.raises(Exception, match="crash"):
        page.goto("chrome://crash")


@pytest.mark.parametrize("second_comes", ["before", "after"])
def test_a_send_in_one_tab_takes_nothing_from_what_is_typed_in_another(page, open_page, second_comes):
    asked_twice(page)
    address = page.url
    if second_comes == "before":
        other = open_page(address)
    field(page).fill("Typed in the first tab")
    keeps(page, "Typed in the first tab")
    if second_comes == "after":
        other = open_page(address)
        expect(field(other)).to_have_value("Typed in the first tab")
    field(other).fill("Typed in the second tab")
    keeps(other, "Typed in the second tab")
    other.keyboard.press("Enter")
    finished(other)
    until(other, lambda: "Typed in the second tab" not in kept(other), "What was sent is still kept.")
    crash(page)
    expect(field(open_page(address))).to_have_value("Typed in the first tab")


def test_what_is_typed_in_two_tabs_outlives_the_crash_of_either(page, open_page):
    asked_twice(page)
    other = open_page(page.url)
    for tab, text in ((page, "In the first"), (other, "In the second"), (page, "In the first tab")):
        field(tab).fill(text)
        keeps(other, text)
    crash(page)
    assert "In the first tab" in kept(other)
    assert "In the second" in kept(other)


def test_a_draft_of_a_closed_tab_is_gone_once_it_is_sent_from_another(page, open_page):
    asked_twice(page)
    address = page.url
    field(page).fill("Half a")
    page.goto("/conversations/")
    page.close()
    other = open_page(address)
    expect(field(other)).to_have_value("Half a")
    ask(other, "Another thought")
    finished(other)
    other.reload()
    expect(field(other)).to_have_value("")


def test_a_draft_of_a_crashed_tab_is_gone_once_it_is_sent_from_another(page, open_page):
    asked_twice(page)
    address = page.url
    field(page).fill("Half a")
    keeps(page, "Half a")
    crash(page)
    other = open_page(address)
    expect(field(other)).to_have_value("Half a")
    ask(other, "Half a thought")
    finished(other)
    other.reload()
    expect(field(other)).to_have_value("")


def test_what_a_reload_shows_of_this_tab_is_its_own(page, open_page):
    asked_twice(page)
    other = open_page(page.url)
    field(page).fill("In the first")
    keeps(page, "In the first")
    field(other).fill("In the second")
    keeps(other, "In the second")
    page.reload()
    expect(field(page)).to_have_value("In the first")
