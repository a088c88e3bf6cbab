"""Any text is rendered soon, and with all that was sent."""

import logging
import re
import signal
import time

import pytest

from chatsite.rendering import StreamRenderer, document_context, render
from chatsite.rendering.document_context import MAX_BLOCK_CHARACTERS, guarded
from chatsite.rendering.highlighting import MAX_HIGHLIGHTED_CHARACTERS
from chatsite.rendering.html_writer import MAX_DEPTH
from tests.rendering.conftest import Page, ended

SIZE = 30_000
HEAD = 1000
"""The row of a table that is being written counts its head again."""

UNITS = (
    ">", "> ", "[", "]", "*a ", "*a**b", "_a __b ", "~~a", "`", "`a", "<", "<a ", "<b>", "<!--", "<?", "&",
    "&lt;", "- ", "- a\n", "1. ", "1", "-", "=", "#", "# ", "!", "![a](", "[a](b", "[a][b]", "[^1]",
    "[a]: b\n", "$", "$a ", "$$a ", "$x$ ", "\\", "\\(", "\\(a", "\\[", "|", "|a", "|a|\n|-|\n", "```\n",
    "``` ", "~~~\n", "\n", "\r", " ", "\t", " x", "http://", "http://a)", "www.", "a\n=", "> a\nb\n", "{",
    "🙂", "\ud83d", "\x00", "\ufdd01\ufdd1", "<i></i>",
)  # fmt: skip
NESTED = "".join(f"{'  ' * level}- a\n" for level in range(150))
WIDE = "|a" * 900 + "\n" + "|-" * 900 + "\n" + "|a\n" * 3000
DEEP_BACKTICKS = "".join("`" * n + " " for n in range(240))
MARKERS = "".join("-" + " " * 1900 + "x\n" for _ in range(15))
DEFINITIONS = "".join(f"[a{n}]: b\n" for n in range(2000)) + "[a1] " * 2000


@pytest.fixture(autouse=True)
def alarm():
    """A generous bound: each of these takes well under a second on a quiet machine."""

    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "text",
    [*(unit * (SIZE // len(unit)) for unit in UNITS), NESTED, WIDE, DEEP_BACKTICKS, MARKERS, DEFINITIONS],
    ids=lambda t: repr(t[:8]),
)
def test_a_text_of_one_mark_ends_soon(text):
    renderer = StreamRenderer()
    for start in range(0, len(text), 300):
        renderer.append(text[start : start + 300])
        renderer.flush()
    assert ended(renderer, text) == render(text)


def test_what_nests_too_deep_is_shown_as_text():
    html = render(">" * 60_000)
    assert html.count("&gt;") == 60_000
    assert "<blockquote" not in html


def test_nesting_is_kept_as_far_as_it_makes_sense():
    assert render("> " * 20 + "a").count("<blockquote") == 20
    assert "<blockquote" not in render("> " * (MAX_DEPTH + 1) + "a")


def test_a_block_that_is_too_long_is_shown_as_text():
    assert render("**a** " * MAX_BLOCK_CHARACTERS).startswith('<p class="raw" dir="auto">**a** **a**')


def test_a_long_code_block_is_coloured_at_its_beginning_only():
    html = render("```python\n" + "return 1\n" * 6000 + "```\n")
    assert html.count('<span class="k">return</span>') == MAX_HIGHLIGHTED_CHARACTERS // len("return 1\n")
    assert re.sub(r"<[^>]+>", "", html).count("return 1") == 6000


def test_a_long_code_block_that_is_read_in_pieces_is_coloured_at_its_beginning_only():
    html = render("```c\n" + "return 1;\n" * 6000 + "```\n")
    assert (
        MAX_HIGHLIGHTED_CHARACTERS // 10 - 1000
        < html.count('<span class="k">return</span>')
        <= MAX_HIGHLIGHTED_CHARACTERS // 10
    )
    assert re.sub(r"<[^>]+>", "", html).count("return 1") == 6000


def test_a_wide_table_cannot_ask_for_more_cells_than_it_has_text():
    assert render(WIDE).count("<td") < len(WIDE)


@pytest.mark.parametrize(
    "text",
    [
        "[a]: http://x.y/" + "z" * 5000 + "\n\n" + "[a] " * 3000,
        "[a]: http://x.y/" + "z" * 5000 + "\n\n" + "[a]\n\n" * 2000,
        "[a]: http://x.y/" + "z" * 5000 + "\n\n" + "- [a]\n" * 2000,
        "|a" * 31 + "|\n" + "|-" * 31 + "|\n" + "|a\n" * 5000,
        "$$" + "a'" * 990 + "$$ " + "&#xfdd0;0&#xfdd1;" * 1700,
        "-\n*\n" * 3000,
        "```\n```\n" * 2000,
    ],
    ids=lambda text: repr(text[-8:]),
)
def test_html_is_bounded_by_its_source_at_every_moment(text):
    renderer = StreamRenderer()
    for start in range(0, len(text), 1000):
        renderer.append(text[start : start + 1000])
        tail = renderer.flush()
        assert sum(map(len, renderer.settled)) + len(tail) <= 20 * (start + 1000) + 65_536 + HEAD
    assert len(render(text)) <= 20 * len(text) + 65_536
    assert ended(renderer, text) == render(text)


def seconds(text):
    """The processor time of a text."""
    begun = time.process_time()
    render(text)
    return time.process_time() - begun


def test_many_definitions_cost_the_same_each():
    def definitions(labels):
        return "".join(f"[a{n}]: http://x.y\n\n[a{n}]\n\n" for n in range(labels))

    assert seconds(definitions(8000)) < 24 * seconds(definitions(1000))


def test_many_fences_within_each_other_cost_the_same_each():
    def fences(levels):
        return "```md\n" + "```x\n" * levels + "```\n" * levels

    assert seconds(fences(4000)) < 24 * seconds(fences(500))


@pytest.mark.parametrize("address", ["http://%", "www.%", "http://\u00ab"])
def test_addresses_that_lead_nowhere_cost_no_more_where_no_space_is_between_them(address):
    assert seconds(address * 2000) < 8 * seconds(f"{address} " * 2000)


def test_the_marks_before_an_environment_are_not_read_again_for_each_one_in_the_line():
    environments = r"\begin{align}a\end{align} " * 800
    assert seconds("> " * 5000 + environments) < 8 * seconds("a " * 5000 + environments)


def test_a_long_block_is_not_rendered_for_every_delta():
    renderer, tails = StreamRenderer(), set()
    for _ in range(2000):
        renderer.append("**word** and ")
        tails.add(id(renderer.flush()))
    assert Page(renderer.flush()).balanced
    assert len(tails) < 400


def test_a_fault_shows_the_text_and_is_logged(caplog):
    def faulty(text):
        raise RuntimeError("broken")

    with caplog.at_level(logging.ERROR, logger=document_context.__name__):
        assert guarded(faulty, "a <b>") == ['<p class="raw" dir="auto">a &lt;b&gt;</p>']
    assert "RuntimeError: broken" in caplog.text


def test_a_table_with_far_more_cells_than_text_is_text_from_there_on():
    html = render("|a" * 31 + "|\n" + "|-" * 31 + "|\n" + "|a\n" * 2000)
    whole, as_text = "<tr>" + "<td>a</td>" + "<td></td>" * 30 + "</tr>", "<tr><td>|a</td></tr>"
    assert html.count(whole) + html.count(as_text) == 2000
    assert whole not in html[html.index(as_text) :]
