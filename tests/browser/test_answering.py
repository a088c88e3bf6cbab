"""Stopping, retrying, editing, and what happens when something goes wrong."""

import re

from playwright.sync_api import expect

from tests.browser.steps import answer, ask, body, finished, messages, question
from tests.upstream import reasoning


def test_escape_stops_an_answer_and_keeps_its_text(page, upstream):
    upstream.hang(after="As far as it came.")
    ask(page, "Go on for ever")
    expect(body(page)).to_have_text("As far as it came.")
    page.keyboard.press("Escape")
    expect(answer(page)).to_contain_text("You stopped this answer.")
    expect(body(page)).to_have_text("As far as it came.")


def test_an_answer_can_be_stopped_before_its_first_word(page, upstream):
    upstream.hang()
    ask(page, "Say nothing")
    page.get_by_role("button", name="Stop").click()
    expect(answer(page)).to_contain_text("You stopped this answer.")
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_retry_writes_a_new_answer_in_the_place_of_a_failed_one(page, upstream):
    upstream.cut(after="Half of")
    ask(page, "Tell me")
    expect(answer(page)).to_have_attribute("data-status", "failed")
    upstream.reply("The whole.")
    answer(page).get_by_role("button", name="Retry").click()
    expect(body(page)).to_have_text("The whole.")
    expect(answer(page)).to_contain_text("2/2")


def test_a_failure_is_one_line_in_words(page, upstream):
    upstream.reply(status=401)
    ask(page, "Tell me")
    expect(answer(page).locator(".outcome")).to_have_text(re.compile(r"^\s*\w.+\.\s+Retry\s*$"))


def test_an_earlier_version_comes_back_and_what_is_typed_stays(page, upstream):
    upstream.reply("First.")
    ask(page, "Say something")
    finished(page)
    upstream.reply("Second.")
    answer(page).get_by_role("button", name="Regenerate").click()
    expect(body(page)).to_have_text("Second.")
    finished(page)
    page.keyboard.type("half a thought")
    answer(page).get_by_role("button", name="Previous version").click()
    expect(body(page)).to_have_text("First.")
    expect(answer(page).get_by_role("button", name="Next version")).to_be_focused()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("half a thought")


def test_an_edited_question_is_a_branch_beside_the_old_one(page, upstream):
    upstream.reply("Old answer.")
    ask(page, "Old question")
    finished(page)
    question(page).hover()
    page.get_by_role("button", name="Edit").click()
    upstream.reply("New answer.")
    ask(page, "New question")
    expect(body(page)).to_have_text("New answer.")
    expect(question(page)).to_have_count(1)
    expect(question(page)).to_contain_text("2/2")


def test_cancelling_an_edit_leaves_everything_as_it_was(page, upstream):
    ask(page, "Keep this")
    finished(page)
    before = messages(page)
    question(page).hover()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    assert messages(page) == before


def test_a_refused_message_comes_back_into_the_composer(page, upstream):
    page.get_by_role("combobox", name="Model").evaluate("select => select.options[0].value = 'gone'")
    ask(page, "Precious words")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Precious words")
    expect(page.locator("[data-notice]")).to_contain_text("is not offered any more")
    expect(question(page)).to_have_count(0)


def test_shift_enter_starts_a_line_and_an_input_method_keeps_its_enter(page, upstream):
    field = page.get_by_role("textbox", name="Message")
    field.type("one")
    page.keyboard.press("Shift+Enter")
    field.type("two")
    enter = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    field.evaluate(f"field => field.dispatchEvent({enter})")
    expect(field).to_have_value("one\ntwo")
    expect(question(page)).to_have_count(0)


def test_reasoning_waits_folded_above_the_answer(page, upstream):
    hold = upstream.hold()
    ask(page, "Think first")
    hold.write(reasoning("Let me see."))
    expect(page.get_by_text("Reasoning")).to_be_visible()
    expect(page.get_by_text("Let me see.")).to_be_hidden()
    hold.send("Done.")
    hold.finish()
    finished(page)
    page.get_by_text("Reasoning").click()
    expect(page.get_by_text("Let me see.")).to_be_visible()


def test_the_start_and_end_of_an_answer_are_announced_and_its_words_are_not(page, upstream):
    status = page.locator("[data-announcer]")
    hold = upstream.hold()
    ask(page, "Speak")
    expect(status).to_have_text("Answer started.")
    hold.send("Words.")
    expect(body(page)).to_have_text("Words.")
    expect(status).to_have_text("Answer started.")
    hold.finish()
    expect(status).to_have_text("Answer finished.")


def test_copying_an_answer_gives_its_markdown(open_page, upstream):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    upstream.reply("Some **bold** words.")
    ask(page, "Be bold")
    finished(page)
    answer(page).get_by_role("button", name="Copy").click()
    expect(page.locator("[data-announcer]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "Some **bold** words."


def test_code_wraps_on_request(page, upstream):
    upstream.reply("```\n" + "long " * 100 + "\n```\n")
    ask(page, "Code")
    finished(page)
    code = page.locator("pre")
    width = "pre => pre.scrollWidth > pre.clientWidth"
    assert code.evaluate(width)
    page.get_by_role("button", name="Wrap").click()
    assert not code.evaluate(width)


def test_a_thought_without_its_opening_tag_moves_to_reasoning_when_its_tag_comes(page, upstream):
    hold = upstream.hold()
    ask(page, "Which colour?")
    hold.send("The person wants a colour.\n\n")
    expect(body(page)).to_contain_text("wants a colour")
    hold.send("</think>\n\nBlue.")
    expect(body(page)).to_have_text("Blue.")
    expect(answer(page).locator(".reasoning")).to_contain_text("wants a colour")
    hold.finish()
    finished(page)
    expect(body(page)).to_have_text("Blue.")
    expect(answer(page).locator("[data-reasoning]")).to_have_text("The person wants a colour.")


def test_an_answer_that_is_all_reasoning_is_opened_and_stays_as_the_reader_leaves_it(page, upstream):
    upstream.reply("<think>Hello! How can I help you today?")
    ask(page, "Hello")
    expect(answer(page)).to_contain_text("The answer is all in Reasoning.")
    expect(answer(page).locator("[data-reasoning]")).to_be_visible()
    answer(page).locator(".reasoning summary").click()
    expect(answer(page).locator("[data-reasoning]")).to_be_hidden()
    page.reload()
    expect(answer(page).locator("[data-reasoning]")).to_be_visible()
