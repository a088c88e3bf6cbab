"""The field, its button and its keys: what sends, what stops, and what does neither."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.gestures import click_at, double_click
from tests.browser.steps import answer, ask, body, field, finished, question

NO_FILES = "Files and images cannot be sent here."


@pytest.fixture
def asked(page, upstream):
    """A page whose button stays in its place: there is a message already."""
    ask(page, "The first one")
    finished(page)
    return page


@pytest.mark.parametrize("gap", [0, 120, 250, 400])
def test_the_second_click_of_a_double_click_on_send_does_not_stop(asked, upstream, gap):
    hold = upstream.hold()
    field(asked).fill("Once")
    double_click(asked, asked.locator(".send"), gap)
    hold.send("Going on.")
    expect(body(asked)).to_have_text("Going on.")
    hold.finish()
    finished(asked)
    expect(question(asked)).to_have_count(2)


def test_a_double_tap_on_send_does_not_stop(open_page, upstream):
    page = open_page("/", **PHONE)
    field(page).fill("The first one")
    page.get_by_role("button", name="Send").tap()
    finished(page)
    hold = upstream.hold()
    field(page).fill("Once")
    box = page.locator(".send").bounding_box()
    for _ in range(2):
        page.touchscreen.tap(box["x"] + 9, box["y"] + 9)
        page.wait_for_timeout(150)
    hold.send("Going on.")
    expect(body(page)).to_have_text("Going on.")
    hold.finish()
    finished(page)


def test_the_second_click_of_a_double_click_on_stop_does_not_send(asked, upstream):
    upstream.hang(after="As far as it came.")
    ask(asked, "Go on")
    expect(body(asked)).to_have_text("As far as it came.")
    field(asked).fill("Half a thought")
    now = time.time()
    click_at(asked, asked.get_by_role("button", name="Stop"), now)
    expect(answer(asked)).to_contain_text("You stopped this answer.")
    click_at(asked, asked.locator(".send"), now + 0.1)
    expect(field(asked)).to_have_value("Half a thought")
    asked.wait_for_timeout(600)
    asked.get_by_role("button", name="Send").click()
    expect(question(asked)).to_have_count(3)
    finished(asked)


def test_enter_that_is_pressed_twice_or_held_sends_once(asked, upstream):
    hold = upstream.hold()
    field(asked).fill("Once")
    for _ in range(3):
        asked.keyboard.down("Enter")
    asked.keyboard.up("Enter")
    asked.keyboard.press("Enter")
    hold.send("Going on.")
    expect(body(asked)).to_have_text("Going on.")
    hold.finish()
    finished(asked)
    expect(question(asked)).to_have_count(2)


def test_a_held_enter_does_not_send_a_refused_message_again_and_again(asked):
    asked.get_by_role("combobox", name="Model").evaluate("select => select.options[0].value = 'gone'")
    field(asked).fill("Precious words")
    asked.keyboard.down("Enter")
    expect(asked.locator("[data-notice]")).to_contain_text("is not offered any more")
    asked.locator("[data-notice]").evaluate("line => (line.textContent = '')")
    asked.keyboard.down("Enter")
    asked.wait_for_timeout(200)
    asked.keyboard.up("Enter")
    expect(asked.locator("[data-notice]")).to_have_text("")
    expect(field(asked)).to_have_value("Precious words")


def test_on_a_phone_enter_begins_a_new_line_and_the_button_sends(open_page):
    page = open_page("/", **PHONE)
    assert field(page).get_attribute("enterkeyhint") == "enter"
    assert "Shift" not in (field(page).get_attribute("title") or "")
    field(page).tap()
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    expect(field(page)).to_have_value("one\ntwo")
    expect(question(page)).to_have_count(0)
    page.get_by_role("button", name="Send").tap()
    finished(page)
    expect(question(page)).to_contain_text("one\ntwo")


def test_with_a_keyboard_the_field_says_that_enter_sends(page):
    assert field(page).get_attribute("enterkeyhint") == "send"
    assert "Enter sends" in field(page).get_attribute("title")


@pytest.fixture
def answering(page, upstream):
    upstream.hang(after="As far as it came.")
    ask(page, "Go on")
    expect(body(page)).to_have_text("As far as it came.")
    yield page
    page.get_by_role("button", name="Stop").click()
    expect(answer(page)).to_contain_text("You stopped this answer.")


def test_escape_clears_the_search_and_does_not_stop_the_answer(answering):
    answering.get_by_label("Search titles").fill("words")
    answering.keyboard.press("Escape")
    answering.wait_for_timeout(200)
    expect(answering.get_by_label("Search titles")).to_have_value("")
    expect(answer(answering)).to_have_attribute("aria-busy", "true")


def test_escape_leaves_a_choice_of_model_and_does_not_stop_the_answer(answering):
    answering.get_by_role("combobox", name="Model").focus()
    answering.keyboard.press("Escape")
    answering.wait_for_timeout(200)
    expect(answer(answering)).to_have_attribute("aria-busy", "true")


def test_escape_closes_a_menu_and_does_not_stop_the_answer(answering):
    answering.get_by_title("Your settings").click()
    answering.keyboard.press("Escape")
    expect(answering.get_by_label("Theme")).to_be_hidden()
    expect(answer(answering)).to_have_attribute("aria-busy", "true")


def test_escape_ends_an_input_methods_word_and_does_not_stop_the_answer(answering):
    escape = "new KeyboardEvent('keydown', {key: 'Escape', keyCode: 229, bubbles: true})"
    field(answering).evaluate(f"field => field.dispatchEvent({escape})")
    answering.wait_for_timeout(200)
    expect(answer(answering)).to_have_attribute("aria-busy", "true")


def edit(page):
    question(page).first.hover()
    question(page).first.get_by_role("button", name="Edit").click()
    expect(page.get_by_text("Editing your message.")).to_be_visible()


@pytest.mark.parametrize("cancel", ["by its button", "by Escape"])
def test_an_edit_that_is_cancelled_leaves_the_focus_in_the_field(asked, cancel):
    edit(asked)
    if cancel == "by Escape":
        asked.keyboard.press("Escape")
    else:
        asked.get_by_role("button", name="Cancel").click()
    expect(asked.get_by_text("Editing your message.")).to_be_hidden()
    expect(field(asked)).to_be_focused()
    expect(field(asked)).to_have_value("")


def test_escape_cancels_an_edit_first_and_stops_the_answer_then(answering):
    edit(answering)
    answering.keyboard.press("Escape")
    expect(answering.get_by_text("Editing your message.")).to_be_hidden()
    expect(answer(answering)).to_have_attribute("aria-busy", "true")


def test_a_message_that_was_edited_is_marked_and_its_first_version_is_not(asked):
    expect(question(asked).first).not_to_contain_text("Edited")
    edit(asked)
    field(asked).fill("Asked in another way")
    asked.keyboard.press("Enter")
    finished(asked)
    expect(question(asked).first).to_contain_text("Edited")
    question(asked).first.get_by_role("button", name="Previous version").click()
    expect(question(asked).first).not_to_contain_text("Asked in another way")
    expect(question(asked).first).not_to_contain_text("Edited")


DROP = """(element, text) => {
    const dataTransfer = new DataTransfer();
    if (text) dataTransfer.setData('text/uri-list', text);
    else dataTransfer.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    const event = (type) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
    return ['dragover', 'drop'].map((type) => !element.dispatchEvent(event(type)));
}"""
PASTE = """(field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    if (text) clipboardData.setData('text/plain', text);
    return !field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize("where", ["body", "#sidebar", "textarea", "[data-thread]"])
def test_a_file_that_is_dropped_leaves_the_page_alone_and_is_said_to_be_refused(asked, where):
    assert asked.locator(where).first.evaluate(DROP) == [True, True]
    expect(asked.locator("[data-notice]")).to_contain_text(NO_FILES)


def test_an_address_that_is_dropped_goes_into_the_field_only(asked):
    assert asked.locator("[data-thread]").evaluate(DROP, "https://example.com/") == [True, True]
    assert field(asked).evaluate(DROP, "https://example.com/") == [False, False]


def test_an_image_that_is_pasted_is_said_to_be_refused(asked):
    assert field(asked).evaluate(PASTE)
    expect(asked.locator("[data-notice]")).to_contain_text(NO_FILES)


def test_text_that_is_pasted_with_its_image_is_text(asked):
    assert not field(asked).evaluate(PASTE, "words")
    expect(asked.locator("[data-notice]")).to_be_hidden()
