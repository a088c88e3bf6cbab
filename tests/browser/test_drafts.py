"""What is being written, and not sent yet."""

from playwright.sync_api import expect

from tests.browser.steps import ask, field, finished, question


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
