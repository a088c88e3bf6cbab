"""An answer while it grows: what is shown stays shown, and ends as what a reload shows."""

import re

import pytest
from hypothesis import HealthCheck, given, settings

from chatsite.rendering import StreamRenderer, render
from chatsite.rendering.document_context import DocumentContext
from chatsite.rendering.markdown import blocks
from chatsite.rendering.piece_context import PieceContext
from chatsite.rendering.stream import MAX_FLUSH_CHARACTERS
from tests.rendering.conftest import Page, answers, dangers, ended, split

quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def shown(renderer):
    tail = renderer.flush()
    return "".join(renderer.settled) + tail


@quick
@given(split())
def test_the_end_is_the_same_as_a_reload_however_the_text_came(case):
    text, deltas = case
    renderer = StreamRenderer()
    for delta in deltas:
        renderer.append(delta)
        renderer.flush()
    assert ended(renderer, text) == render(text)


@quick
@given(split())
def test_what_is_settled_never_changes(case):
    renderer, before = StreamRenderer(), []
    for delta in case[1]:
        renderer.append(delta)
        renderer.flush()
        assert renderer.settled[: len(before)] == before
        before = list(renderer.settled)


@quick
@given(split())
def test_at_every_moment_the_page_is_whole_and_harmless(case):
    renderer = StreamRenderer()
    for delta in case[1]:
        renderer.append(delta)
        html = shown(renderer)
        assert Page(html).balanced
        assert dangers(html) == []


@quick
@given(split(answers))
def test_without_definitions_the_settled_blocks_are_the_final_ones(case):
    text, deltas = case
    renderer = StreamRenderer()
    for delta in deltas:
        renderer.append(delta)
        renderer.flush()
    seen = list(renderer.settled)
    final = ended(renderer, text)
    assert final.startswith("".join(seen))
    assert final == shown(renderer)


@quick
@given(split(answers))
def test_growing_by_words_shows_what_reading_anew_shows(case):
    renderer, text = StreamRenderer(), ""
    for delta in case[1]:
        renderer.append(delta)
        text += delta
        assert words(shown(renderer)) == words(shown(StreamRenderer(text)))


@quick
@given(answers)
def test_cutting_into_blocks_never_changes_what_markdown_means(text):
    whole = "".join(blocks(text, PieceContext(DocumentContext().figure)))
    assert words(without_paragraphs(whole)) == words(without_paragraphs(render(text)))


def words(html):
    """HTML without colours and without white space that is not seen."""
    html = re.sub(r'</?span( class="\w+")?>', "", html)
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", re.sub(r"\s+", " ", html)).strip()


def without_paragraphs(html):
    """HTML without what distinguishes loose lists from tight ones: each item decides that for itself here."""
    return re.sub(r'</?p( class="raw")?( dir="auto")?>', " ", html)


def test_a_stream_may_begin_with_text_that_is_there():
    renderer = StreamRenderer("# a\n\nb")
    assert shown(renderer) == '<h3 dir="auto">a</h3><p dir="auto">b</p>'
    assert renderer.settled == ['<h3 dir="auto">a</h3>']


def test_nothing_new_costs_nothing():
    renderer = StreamRenderer("a *b*")
    first = renderer.flush()
    renderer.append("")
    assert renderer.flush() is first


def test_what_came_in_one_go_is_parsed_in_many():
    text = "A **bold** word.\n\n" * 3000
    renderer, flushes = StreamRenderer(text), 0
    while renderer.behind:
        before = renderer.behind
        renderer.flush()
        flushes += 1
        assert before - renderer.behind < 2 * MAX_FLUSH_CHARACTERS
    assert flushes == -(-len(text) // MAX_FLUSH_CHARACTERS)
    assert shown(renderer) == render(text) == ended(renderer, text)


def test_an_answer_may_end_before_all_of_it_was_parsed():
    text = "A **bold** word.\n\n" * 3000
    renderer = StreamRenderer()
    for begin in range(0, len(text), 5000):
        renderer.append(text[begin : begin + 5000])
    renderer.flush()
    assert renderer.behind
    assert ended(renderer, text) == render(text)
    assert renderer.behind == 0


def test_a_block_settles_as_soon_as_the_next_begins():
    renderer = StreamRenderer("a\n\n")
    renderer.flush()
    assert renderer.settled == []
    renderer.append("b")
    assert renderer.flush() == '<p dir="auto">b</p>'
    assert renderer.settled == ['<p dir="auto">a</p>']


def test_a_definition_at_the_end_corrects_what_was_shown():
    text = "[a] and [^b].\n\nmore\n\n[a]: http://x.y\n\n[^b]: note"
    renderer = StreamRenderer(text)
    assert "[a]" in shown(renderer)
    assert '<a href="http://x.y"' in ended(renderer, text)
    assert ended(renderer, text) == render(text)


def test_a_numbered_footnote_is_believed_before_it_is_written():
    renderer = StreamRenderer("said[^1] so")
    assert '<sup class="footnote">1</sup>' in shown(renderer)
    assert ended(renderer, "said[^1] so") == render("said[^1] so") == '<p dir="auto">said[^1] so</p>'


def test_half_a_line_end_waits_for_its_other_half():
    renderer = StreamRenderer("a\r")
    shown(renderer)
    renderer.append("\nb\r")
    assert ended(renderer, "a\r\nb\r") == render("a\r\nb\r") == '<p dir="auto">a<br>\nb</p>'


def test_an_open_code_block_is_coloured_line_by_line():
    renderer = StreamRenderer("```python\nx = 1\ny = 2")
    tail = renderer.flush()
    assert '<span class="mi">1</span>' in tail
    assert "y = 2</code></pre></figure>" in tail


def test_code_in_a_list_grows_inside_its_block():
    renderer = StreamRenderer("- item\n\n  ```\n  co")
    renderer.flush()
    renderer.append("d")
    assert renderer.flush().endswith(">cod</code></pre></figure></li></ul>")


def test_words_and_a_line_end_show_what_reading_anew_shows():
    renderer = StreamRenderer("- one **two**")
    renderer.flush()
    renderer.append(" three.\n\n")
    assert renderer.flush() == render("- one **two** three.")
    renderer.append("- four")
    assert renderer.flush() == render("- one **two** three.\n\n- four")


@pytest.mark.parametrize(
    "deltas",
    [
        ("<div>\ntwo ", "words", "\n"),
        ("这是**重点**，", "内容。", "然后（继续）"),
        ("见 https://a.b/路径", "更多", "，内容", "结束"),
        ("- one item", " more\n  ", "words"),
    ],
)
def test_what_words_may_change_is_read_again(deltas):
    renderer, text = StreamRenderer(), ""
    for delta in deltas:
        renderer.append(delta)
        text += delta
        assert shown(renderer) == shown(StreamRenderer(text))


def test_an_open_text_over_many_lines_keeps_its_colour():
    renderer = StreamRenderer('```python\n"""a\nreturn 1\n')
    assert '<span class="k">' not in renderer.flush()


@pytest.mark.parametrize(
    "rows",
    [
        "|$,x|1|\n|y$,|2|\n", "|$x$|$y$|\n|$z$|2|\n", "|`$`,$y|\n|z$|\n", "|<b>|\n|</b>|\n", "|a|b|c|d|\n|e|\n\nend",
        "|$$x|\n|y$$|\n", "|$x$ $y$|\n" * 80, "|`a`|b|\n" * 300, "|[a]|\n|b|\n\n[a]: http://x.y", "a\nb\n",
        "|&|\n|\\||\n",
        "|" + "$x$ " * 120 + "|\n|" + "$y$ " * 120 + "|\n", "|\\(x|\n|y\\)|\n",
        "|" + "$z$ " * 60 + "|\n|" + "$y$ " * 140 + "|\n|" + "$y$ " * 140 + "|\n",
    ],
)  # fmt: skip
def test_rows_that_come_together_read_as_rows_one_by_one(rows):
    text = "|a|b|\n|-|-|\n" + rows
    renderer = StreamRenderer()
    for line in text.splitlines(keepends=True):
        renderer.append(line)
        renderer.flush()
    assert ended(renderer, text) == render(text)
