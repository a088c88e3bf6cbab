"""A new person's way through the site."""

import re

from playwright.sync_api import expect

from tests.browser.steps import answer, ask, body, finished, messages, question, sidebar


def test_the_first_visit_greets_and_is_ready_to_type(page):
    expect(page.get_by_role("heading", name="What shall we look at?")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_a_used_sign_in_link_says_what_to_do(chromium, site):
    with chromium.new_context() as owner:
        page = owner.new_page()
        page.goto(site.sign_in_link)
        assert page.url == f"{site.url}/"
    with chromium.new_context() as stranger:
        page = stranger.new_page()
        page.goto(site.sign_in_link)
        expect(page.get_by_role("heading")).to_have_text("This link does not work any more")


def test_the_question_is_shown_before_the_server_has_answered(page, upstream):
    hold = upstream.hold()
    ask(page, "Is anybody there?")
    expect(question(page)).to_have_text(re.compile("Is anybody there?"))
    hold.send("Yes.")
    hold.finish()
    finished(page)


def test_an_answer_grows_while_it_is_written(page, upstream):
    hold = upstream.hold()
    ask(page, "Count.")
    hold.send("One, ")
    expect(body(page)).to_have_text("One,")
    expect(answer(page)).to_have_attribute("aria-busy", "true")
    hold.send("two.")
    expect(body(page)).to_have_text("One, two.")
    hold.finish()
    finished(page)


def test_a_reload_shows_the_same_html(page, upstream):
    upstream.reply(
        "Some **bold**.\n\n- one\n- two\n\n```python\nprint(1)\n```\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n"
    )
    ask(page, "Show me all you can.\nOn two lines.")
    expect(body(page)).to_contain_text("print(1)")
    finished(page)
    before = messages(page)
    page.reload()
    assert messages(page) == before


def test_the_first_question_gives_the_page_its_address_and_title_without_a_load(page, upstream):
    page.evaluate("window.untouched = true")
    ask(page, "Name this conversation")
    finished(page)
    expect(page).to_have_url(re.compile("/conversations/[0-9a-f-]{36}/$"))
    expect(page).to_have_title("Name this conversation · chatsite")
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Name this conversation")
    entry = sidebar(page).get_by_role("link", name="Name this conversation")
    expect(entry).to_have_attribute("aria-current", "page")
    assert page.evaluate("window.untouched")


def test_new_begins_another_conversation_without_a_load_and_back_returns(page, upstream):
    page.evaluate("window.untouched = true")
    ask(page, "The earlier one")
    finished(page)
    page.get_by_role("link", name="New conversation").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    page.go_back()
    expect(question(page)).to_have_text(re.compile("The earlier one"))
    assert page.evaluate("window.untouched")


def test_starters_fill_the_composer(page):
    page.get_by_role("button", name="Compare SQLite and PostgreSQL").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Compare SQLite and PostgreSQL")


def test_the_theme_holds_over_a_reload(page):
    page.get_by_title("Your settings").click()
    page.get_by_label("Theme").select_option("dark")
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
