"""What is copied, by a button or by selecting it."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import answer, ask, body, finished

# Milliseconds: a little longer than a button says "Copied".
SHOWN_MS = 1800
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
MATH = (
    '<p>Say <math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>'
    ' twice.</p><math display="block"><semantics><mrow><mi>a</mi><mo>=</mo><mi>b</mi></mrow>'
    '<annotation encoding="application/x-tex">a = b</annotation></semantics></math><p>End.</p>'
)
SELECT = """([first, last]) => {
    const range = new Range();
    range.setStartBefore(document.querySelector(first));
    range.setEndAfter(document.querySelector(last));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


def copied(page):
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize(
    ("fenced", "code"),
    [
        ("```\nrm -r build\n```\n", "rm -r build"),
        ("```\none\ntwo\n\n```\n", "one\ntwo\n"),
        ("    indented\n", "indented"),
        ("```python\nprint(1)\n```", "print(1)"),
    ],
)
def test_a_code_block_is_copied_without_the_line_end_of_its_fence(open_page, upstream, fenced, code):
    page = open_page(**CLIPBOARD)
    upstream.reply(fenced)
    ask(page, "Code")
    finished(page)
    expect(page.locator("[data-announcer]")).to_have_text("Answer finished.")
    page.locator("figure").get_by_role("button", name="Copy").click()
    expect(page.locator("[data-announcer]")).to_have_text("Copied")
    assert copied(page) == code


def test_selecting_an_answer_copies_no_captions_and_no_buttons(open_page, upstream):
    page = open_page(**CLIPBOARD)
    upstream.reply("Before.\n\n```python\nprint(1)\n```\n\nAfter.")
    ask(page, "Code")
    finished(page)
    page.evaluate(SELECT, ["[data-thread]", "[data-thread]"])
    page.keyboard.press("ControlOrMeta+c")
    words = copied(page).split()
    assert [word for word in ("Before.", "print(1)", "After.") if word in words] == [
        "Before.",
        "print(1)",
        "After.",
    ]
    assert not {"Wrap", "Copy", "Regenerate", "Edit", "Details", "python"} & set(words)


def formulas(open_page, upstream):
    page = open_page(**CLIPBOARD)
    upstream.reply("Formulas.")
    ask(page, "Formulas")
    finished(page)
    body(page).evaluate("(body, html) => (body.innerHTML = html)", MATH)
    return page


def test_formulas_are_copied_as_tex(open_page, upstream):
    page = formulas(open_page, upstream)
    page.evaluate(SELECT, ["[data-role=assistant] [data-body]"] * 2)
    page.keyboard.press("ControlOrMeta+c")
    assert [line for line in copied(page).splitlines() if line] == ["Say $x^2$ twice.", "$$a = b$$", "End."]


def test_a_part_of_a_formula_is_copied_as_the_whole(open_page, upstream):
    page = formulas(open_page, upstream)
    page.evaluate(SELECT, ["math[display] mo", "math[display] + p"])
    page.keyboard.press("ControlOrMeta+c")
    assert copied(page).split() == ["$$a", "=", "b$$", "End."]


def test_text_without_formulas_is_copied_as_the_browser_does(open_page, upstream):
    page = open_page(**CLIPBOARD)
    upstream.reply("One.\n\n- two\n- three")
    ask(page, "List")
    finished(page)
    page.evaluate(SELECT, ["[data-role=assistant] [data-body]"] * 2)
    page.keyboard.press("ControlOrMeta+c")
    assert copied(page).split() == ["One.", "two", "three"]


def test_what_is_typed_is_copied_from_the_field(open_page, upstream):
    page = formulas(open_page, upstream)
    page.evaluate(SELECT, ["[data-role=assistant] [data-body]"] * 2)
    page.get_by_role("textbox", name="Message").fill("My words")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+c")
    assert copied(page) == "My words"
    assert answer(page).count() == 1


def test_copy_keeps_its_word_when_the_answer_is_rated_meanwhile(open_page, upstream):
    page = open_page(**CLIPBOARD)
    upstream.reply("A tide.")
    ask(page, "What is it?")
    finished(page)
    answer(page).get_by_role("button", name="Copy").click()
    answer(page).get_by_role("button", name="Good answer").click()
    expect(page.locator("#feedback")).to_be_visible()
    page.wait_for_timeout(SHOWN_MS)
    expect(answer(page).locator("[data-copy-message]")).to_have_text("Copy")


def test_link_copies_the_address_of_a_message_and_marks_nothing(open_page, upstream):
    page = open_page(**CLIPBOARD)
    upstream.reply("A tide.")
    ask(page, "What is it?")
    finished(page)
    link = answer(page).locator(".actions > a")
    address = f"{page.url}#{answer(page).get_attribute('id')}"
    link.click()
    expect(link).to_have_text("Copied")
    assert copied(page) == address == page.url
    expect(page.locator(".message:target")).to_have_count(0)
    page.reload()
    expect(page.locator(".message:target")).to_contain_text("A tide.")


def test_a_failed_answer_without_text_offers_no_copy(open_page, upstream):
    page = open_page()
    upstream.reply(status=400, body={"error": {"message": "No."}})
    ask(page, "What is it?")
    expect(answer(page).get_by_role("button", name="Retry")).to_be_visible()
    expect(answer(page).get_by_role("button", name="Copy")).to_have_count(0)
