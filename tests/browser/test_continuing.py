"""Going on with an answer that ended before its end."""

from playwright.sync_api import expect

from tests.browser.steps import answer, ask, body, finished, messages, question
from tests.upstream import reasoning


def stopped_after(page, upstream, text):
    """An answer that said this and was stopped."""
    upstream.hang(after=text)
    ask(page, "Tell me all of it")
    expect(body(page)).to_have_text(text)
    page.keyboard.press("Escape")
    expect(answer(page)).to_contain_text("You stopped this answer.")


def continue_answer(page):
    answer(page).get_by_role("button", name="Continue").click()


def test_continue_goes_on_where_a_stopped_answer_ends(page, upstream):
    stopped_after(page, upstream, "The first half,")
    upstream.reply(" and the second.")
    continue_answer(page)
    expect(body(page)).to_have_text("The first half, and the second.")
    finished(page)
    before = messages(page)
    page.reload()
    assert messages(page) == before


def test_what_stood_there_stays_in_view_while_the_answer_goes_on(page, upstream):
    stopped_after(page, upstream, "Already said,")
    hold = upstream.hold()
    continue_answer(page)
    expect(answer(page)).to_have_attribute("aria-busy", "true")
    expect(body(page)).to_have_text("Already said,")
    hold.send(" and")
    expect(body(page)).to_have_text("Already said, and")
    hold.finish()
    finished(page)


def test_an_answer_cut_by_the_model_server_can_be_continued(page, upstream):
    upstream.cut(after="Half of")
    ask(page, "Tell me")
    expect(answer(page)).to_have_attribute("data-status", "failed")
    upstream.reply(" it.")
    continue_answer(page)
    expect(body(page)).to_have_text("Half of it.")
    expect(answer(page)).not_to_contain_text("2/2")


def test_an_answer_at_its_length_limit_can_be_continued(page, upstream):
    upstream.reply("As long as may", reason="length")
    ask(page, "Tell me")
    expect(answer(page)).to_contain_text("reached its length limit")
    upstream.reply(" be.")
    continue_answer(page)
    expect(body(page)).to_have_text("As long as may be.")


def test_a_failure_without_a_word_offers_only_to_retry(page, upstream):
    upstream.reply(status=401)
    ask(page, "Tell me")
    expect(answer(page).get_by_role("button", name="Retry")).to_be_visible()
    expect(answer(page).get_by_role("button", name="Continue")).to_have_count(0)


def test_continuing_an_earlier_answer_leaves_what_followed_it(page, upstream):
    stopped_after(page, upstream, "Early,")
    ask(page, "Something else")
    finished(page)
    upstream.reply(" but complete.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Early, but complete.")).to_be_visible()
    expect(question(page)).to_have_count(2)
    expect(body(page)).to_have_text("Hello from upstream.")


def test_the_reasoning_of_both_halves_is_kept(page, upstream):
    hold = upstream.hold()
    ask(page, "Think")
    hold.write(reasoning("Hm. "))
    hold.send("Half")
    expect(body(page)).to_have_text("Half")
    page.keyboard.press("Escape")
    expect(answer(page)).to_contain_text("You stopped this answer.")
    hold.finish()
    hold = upstream.hold()
    continue_answer(page)
    hold.write(reasoning("Aha."))
    hold.send(" done.")
    expect(body(page)).to_have_text("Half done.")
    expect(answer(page).locator("[data-reasoning]")).to_have_text("Hm. Aha.")
    hold.finish()
    finished(page)


def test_another_tab_sees_the_answer_go_on(open_page, page, upstream):
    stopped_after(page, upstream, "One")
    other = open_page(page.url)
    hold = upstream.hold()
    continue_answer(page)
    hold.send(", two.")
    expect(body(other)).to_have_text("One, two.")
    hold.finish()
    finished(other)
    finished(page)
    assert messages(other) == messages(page)
