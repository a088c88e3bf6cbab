"""What a reader does in a block of a growing answer outlives the block, and the answer."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import answer, ask, body, finished

WIDE = "a_long_name = another_long_name + yet_another_long_name + " * 4 + "1\n"
SELECT = """(element, word) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf(word);
        if (at < 0) continue;
        getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + word.length);
        return;
    }
}"""


class Ends:
    """What may come after a block that is being written."""

    @staticmethod
    def with_another_block(hold):
        hold.send("\n\nAnd then.")

    @staticmethod
    def with_many_blocks(hold):
        hold.send("\n\n" + "And then.\n\n" * 20 + "# Then\n\n- a\n- list")

    @staticmethod
    def with_the_answer(hold):
        hold.finish()


ENDS = pytest.mark.parametrize(
    "end",
    [Ends.with_another_block, Ends.with_many_blocks, Ends.with_the_answer],
    ids=lambda end: end.__name__,
)


class Growing:
    def __init__(self, page, upstream, text) -> None:
        self.hold = upstream.hold()
        ask(page, "A block")
        self.hold.send(text)
        self.page = page

    def ends(self, end) -> None:
        """The block is over, and then the answer."""
        end(self.hold)
        if end is not Ends.with_the_answer:
            expect(answer(self.page).get_by_text("And then.").last).to_be_attached()
            self.hold.finish()
        finished(self.page)
        self.page.wait_for_timeout(100)

    @property
    def selected(self) -> str:
        return self.page.evaluate("String(getSelection())")


def code(page, upstream, language="python"):
    growing = Growing(page, upstream, f"```{language}\n{WIDE * 3}")
    expect(page.locator("pre")).to_contain_text("yet_another")
    return growing


@ENDS
@pytest.mark.parametrize("language", ["python", ""])
def test_code_that_was_wrapped_stays_wrapped(page, upstream, end, language):
    growing = code(page, upstream, language)
    page.get_by_role("button", name="Wrap").click()
    growing.hold.send("```")
    growing.ends(end)
    expect(page.locator("figure[data-wrapped]")).to_have_count(1)
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")


@ENDS
def test_code_that_was_scrolled_stays_there_with_the_focus(page, upstream, end):
    growing = code(page, upstream)
    page.locator("pre").focus()
    page.locator("pre").evaluate("pre => (pre.scrollLeft = 200)")
    growing.hold.send("```")
    growing.ends(end)
    assert page.locator("pre").evaluate("pre => pre.scrollLeft") == 200
    expect(page.locator("pre")).to_be_focused()


@ENDS
def test_code_that_was_selected_stays_so(page, upstream, end):
    growing = code(page, upstream)
    page.locator("pre").evaluate(SELECT, "yet_another")
    growing.hold.send("```")
    growing.ends(end)
    assert growing.selected == "yet_another"


TEXTS = {
    "a paragraph": "Some plain words in a paragraph",
    "a paragraph with marks": "Some **strong** and plain words with `code` in it",
    "a list": "- one\n- two with words",
    "a table": "| a | b |\n|---|---|\n| one | words |",
    "a quotation": "> Some words",
    "a heading": "## Some words",
}


@ENDS
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_that_was_selected_stays_so(page, upstream, end, text):
    growing = Growing(page, upstream, text)
    expect(page.get_by_text("words", exact=False).last).to_be_visible()
    answer(page).locator("[data-body]").evaluate(SELECT, "words")
    growing.ends(end)
    assert growing.selected == "words"


def test_a_table_that_was_scrolled_stays_there(page, upstream):
    cells = "| " + "averyveryverylongword | " * 12
    growing = Growing(page, upstream, f"{cells}\n{'|---' * 12}|\n{cells}\n")
    expect(page.locator(".table")).to_be_visible()
    page.locator(".table").evaluate("table => (table.scrollLeft = 150)")
    growing.ends(Ends.with_another_block)
    assert page.locator(".table").evaluate("table => table.scrollLeft") == 150


def test_what_was_selected_outlives_a_lost_connection(page, upstream):
    growing = Growing(page, upstream, "The first paragraph.\n\nSome plain words")
    expect(page.get_by_text("words")).to_be_visible()
    answer(page).locator("[data-body]").evaluate(SELECT, "plain")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    growing.ends(Ends.with_another_block)
    assert growing.selected == "plain"


def test_what_stands_after_an_answer_is_what_a_reload_shows(page, upstream):
    text = "Some **bold**.\n\n- one\n- two\n\n```python\nprint(1)\n```\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\n> end\n"
    hold = upstream.hold()
    ask(page, "All kinds")
    for letter in text:
        hold.send(letter)
        page.wait_for_timeout(15)
    hold.finish()
    finished(page)
    body = answer(page).locator("[data-body]")
    before = body.inner_html()
    page.reload()
    assert body.inner_html() == before


def test_blocks_stand_apart_and_code_is_coloured(page, upstream):
    upstream.reply("One.\n\nTwo.\n\n```python\nimport this\n```\n")
    ask(page, "Show me")
    finished(page)
    one, two = (body(page).get_by_text(text).bounding_box() for text in ("One.", "Two."))
    assert two["y"] - one["y"] - one["height"] >= 8
    colour = "(all) => new Set(all.map((each) => getComputedStyle(each).color)).size"
    assert body(page).locator("pre code, pre code span").evaluate_all(colour) > 1
