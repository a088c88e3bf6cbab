"""Where the page is while an answer grows: where the reader wants it to be."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.gestures import distance, follows, reaches_the_end, settled_position, stays, swipe, wheel
from tests.browser.steps import ask, finished, until

LINE = "Another line of an answer.\n\n"
LONG = LINE * 40


class Growing:
    """A page with a long answer that is being written; the reader is at its end."""

    def __init__(self, page, upstream) -> None:
        self.page = page
        self.hold = upstream.hold()
        page.get_by_role("textbox", name="Message").fill("Much text")
        page.get_by_role("button", name="Send").click()
        self.hold.send(LONG)
        self.lines = 40
        self.shows_all()
        reaches_the_end(page)
        settled_position(page)

    def grow(self) -> None:
        self.hold.send(LINE)
        self.lines += 1

    def add_line(self) -> None:
        """Grow by one line that the page shows."""
        self.grow()
        self.shows_all()

    def shows_all(self) -> None:
        expect(self.page.locator("[data-body] > p")).to_have_count(self.lines)

    @property
    def newest(self):
        return self.page.get_by_role("button", name="Jump to newest")

    def end(self) -> None:
        self.hold.finish()
        finished(self.page)


@pytest.fixture
def growing(page, upstream):
    growing = Growing(page, upstream)
    yield growing
    growing.end()


@pytest.fixture
def on_a_phone(open_page, upstream):
    growing = Growing(open_page("/", **PHONE), upstream)
    yield growing
    growing.end()


TURNS = {
    "slowly": [(-8,) * 15, 16],
    "very slowly": [(-4,) * 30, 16],
    "by hardly anything": [(-3,) * 60, 16],
    "in small steps": [(-40,) * 5, 150],
    "by one notch": [(-53,), 16],
    "by one pixel": [(-1,), 16],
}


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_who_turns_the_wheel_up_stays_there_while_the_answer_grows(growing, turn):
    steps, every = turn
    for step in steps:
        growing.grow()
        wheel(growing.page, step, every=every)
    growing.shows_all()
    until(growing.page, lambda: distance(growing.page) > 0, "The page has not moved.")
    settled_position(growing.page)
    assert distance(growing.page) > 0
    assert stays(growing.page, growing.add_line)
    expect(growing.newest).to_be_visible()


@pytest.mark.parametrize("key", ["ArrowUp", "PageUp", "Home"])
def test_who_goes_up_by_a_key_stays_there_while_the_answer_grows(growing, key):
    growing.page.evaluate("document.activeElement.blur()")
    growing.grow()
    growing.page.keyboard.press(key)
    until(growing.page, lambda: distance(growing.page) > 1, "The page has not moved.")
    assert stays(growing.page, growing.add_line)
    expect(growing.newest).to_be_visible()


@pytest.mark.parametrize("step", [1, 4, 12], ids=["slowly", "at 244 px a second", "quickly"])
def test_who_draws_the_page_down_with_a_finger_stays_there(on_a_phone, step):
    page = on_a_phone.page
    for _ in range(3):
        on_a_phone.grow()
    swipe(page, *[step] * 75)
    on_a_phone.add_line()
    until(page, lambda: distance(page) > 20, "The page has not moved.")
    settled_position(page)
    assert distance(page) > 20
    assert stays(page, on_a_phone.add_line)
    expect(on_a_phone.newest).to_be_visible()


def test_who_draws_the_scroll_bar_up_stays_there(open_page, upstream):
    page = open_page()
    page.evaluate("document.documentElement.style.overflowY = 'scroll'")
    growing = Growing(page, upstream)
    growing.grow()
    page.evaluate(
        "scrollBy(0, -6)"
    )  # headless Chromium draws no scroll bar; its drag is a scroll of no device
    page.wait_for_timeout(200)
    assert stays(page, growing.add_line)
    growing.end()


def test_text_that_is_being_selected_does_not_move_under_the_pointer(growing):
    page = growing.page
    box = page.locator("[data-body] > p").nth(36).bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 8, steps=5)
    assert stays(page, growing.add_line)
    page.mouse.up()
    assert "Another" in page.evaluate("String(getSelection())")


def test_the_page_follows_again_from_its_very_end(growing):
    page = growing.page
    wheel(page, -300, every=300)
    assert stays(page, growing.add_line)
    wheel(page, *[120] * 12)
    reaches_the_end(page)
    follows(page, growing.add_line)
    expect(growing.newest).to_be_hidden()


def test_the_end_is_reached_although_it_moves_on(growing):
    page = growing.page
    wheel(page, -400, every=300)
    for _ in range(12):
        growing.grow()
        wheel(page, 120, every=60)
    reaches_the_end(page)
    follows(page, growing.add_line)


def test_who_goes_down_but_not_to_the_end_stays_there(growing):
    page = growing.page
    wheel(page, -300, every=300)
    wheel(page, 40, every=300)
    assert stays(page, growing.add_line)


def test_jump_to_newest_follows_again(growing):
    wheel(growing.page, -300, every=300)
    growing.grow()
    growing.newest.click()
    follows(growing.page, growing.add_line)


def resize(page):
    page.set_viewport_size({"width": 900, "height": 500})


def zoom(page):
    page.evaluate("document.documentElement.style.zoom = 1.25")


def type_many_lines(page):
    page.get_by_role("textbox", name="Message").fill("one\ntwo\nthree\nfour\nfive")


def grow_above(page):
    page.evaluate("document.querySelector('.message').style.minHeight = '500px'")


def shrink_above(page):
    page.evaluate("document.querySelector('[data-body] > p').style.display = 'none'")


CHANGES = [resize, zoom, type_many_lines, grow_above, shrink_above]


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_a_change_of_size_is_not_the_reader(growing, change):
    change(growing.page)
    growing.page.wait_for_timeout(200)
    follows(growing.page, growing.add_line)


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_a_change_of_size_does_not_take_a_reader_to_the_end(growing, change):
    wheel(growing.page, -200, every=300)
    change(growing.page)
    settled_position(growing.page)
    growing.add_line()
    settled_position(growing.page)
    assert distance(growing.page) > 80


def test_reasoning_that_is_opened_to_be_read_stays_in_view(page, upstream):
    upstream.reply(["<think>", "Let me see.\n\n" * 30, "</think>", "The answer."])
    ask(page, "Think")
    finished(page)
    page.get_by_text("Reasoning").click()
    page.wait_for_timeout(200)
    expect(page.get_by_text("Reasoning")).to_be_in_viewport()


@pytest.mark.parametrize("size", [100, 200])
def test_an_answer_that_comes_at_once_is_followed_to_its_end(page, upstream, size):
    text = LINE * 230
    for _ in range(4):
        upstream.reply([text[at : at + size] for at in range(0, 6000, size)], pace=0.001)
        ask(page, "All at once")
        expect(page.get_by_role("button", name="Send")).to_be_visible()
        finished(page)
        reaches_the_end(page)
