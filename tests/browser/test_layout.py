"""The page on paper, in low windows, and in a system's own colours."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import answer, ask, body, connected, finished

WIDE = "```\n" + "wide " * 60 + "\n```\n\n- [x] done\n\n| a | b |\n|-|-|\n| " + "long " * 60 + " | b |\n"
OVERFLOWING = """() => [...document.querySelectorAll(".prose :is(pre, .table, p, li)")]
    .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.outerHTML)"""


@pytest.fixture
def printed(open_page, upstream):
    """A conversation with wide things in it, in the dark theme, as it is printed."""
    page = open_page("/", viewport={"width": 1100, "height": 760}, color_scheme="dark")
    upstream.reply(WIDE)
    ask(page, "Something to print")
    finished(page)
    page.emulate_media(media="print")
    return page


def test_paper_is_used_over_its_whole_width_and_cuts_nothing(printed):
    assert answer(printed).bounding_box()["width"] > 1000
    assert printed.evaluate(OVERFLOWING) == []
    expect(printed.get_by_role("link", name="Skip to the content")).to_be_hidden()
    expect(printed.locator("chat-composer")).to_be_hidden()


@pytest.mark.parametrize("path", ["", "/conversations/"])
def test_the_title_is_on_paper_and_the_buttons_beside_it_are_not(printed, path):
    if path:
        printed.goto(path)
    title = printed.locator(".bar h1")
    expect(title).to_have_text("Your conversations" if path else "Something to print")
    assert title.bounding_box()["height"] > 16
    expect(printed.locator(".bar :is(button, input, a):visible")).to_have_count(0)


def test_the_mark_of_a_message_that_a_link_leads_to_is_not_on_paper(printed):
    printed.goto(f"{printed.url}#{answer(printed).get_attribute('id')}")
    outline = 'getComputedStyle(document.querySelector(".message:target [data-body]")).outlineStyle'
    assert printed.evaluate(outline) == "none"


def test_paper_is_white_in_the_dark_theme_too(printed):
    assert printed.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


@pytest.mark.parametrize("size", [{"width": 740, "height": 360}, {"width": 320, "height": 256}], ids=str)
def test_a_low_window_is_left_to_what_is_read(open_page, size):
    page = open_page("/", viewport=size)
    greeting, composer = page.locator(".welcome").bounding_box(), page.locator(".composer").bounding_box()
    assert greeting["y"] + greeting["height"] <= composer["y"]
    ask(page, "A question")
    finished(page)
    page.evaluate("scrollTo(0, 0)")
    covered = """() => [...document.querySelectorAll(".bar, chat-composer")]
        .filter((element) => ["sticky", "fixed"].includes(getComputedStyle(element).position)).length"""
    assert page.evaluate(covered) == 0


LOW = {"viewport": {"width": 320, "height": 256}}


def test_a_new_conversation_begins_at_its_greeting_in_a_low_window(open_page):
    page = open_page("/", **LOW)
    connected(page)
    assert page.evaluate("scrollY") == 0
    expect(page.get_by_role("heading", name="What shall we look at?")).to_be_in_viewport()


def test_all_settings_can_be_reached_in_a_low_window(open_page):
    page = open_page("/", **LOW)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_title("Your settings").click()
    assert page.locator("#person").bounding_box()["y"] >= 0
    theme = page.get_by_label("Theme")
    theme.scroll_into_view_if_needed()
    expect(theme).to_be_in_viewport()


def test_the_current_conversation_is_seen_in_forced_colours(open_page):
    page = open_page("/", forced_colors="active")
    ask(page, "Seen in any colours")
    finished(page)
    current = page.locator("#sidebar [aria-current]")
    expect(current).to_have_css("outline-style", "solid")
    expect(page.locator(".send")).to_have_css("border-style", "solid")


def test_version_buttons_are_wide_enough_to_hit(page):
    ask(page, "Twice, please")
    finished(page)
    answer(page).get_by_role("button", name="Regenerate").click()
    expect(answer(page)).to_contain_text("2/2")
    finished(page)
    for name in ("Previous version", "Next version"):
        box = answer(page).get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 24


def test_the_number_of_a_formula_stands_whole_at_the_end_of_its_line(page, upstream):
    upstream.reply("$$\\boxed{x^2} \\tag{17}$$\n")
    ask(page, "A numbered formula")
    finished(page)
    line, number = body(page).locator("p").bounding_box(), body(page).locator("mtext").bounding_box()
    assert number["x"] + number["width"] == pytest.approx(line["x"] + line["width"], abs=2)
    assert number["width"] > number["height"]
