"""Half-written marks are not seen."""

import pytest

from chatsite.rendering import StreamRenderer


def text_of(source):
    return StreamRenderer(source).flush()


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("a **bo", "a <strong>bo</strong>"),
        ("a **bold*", "a <strong>bold</strong>"),
        ("a **", "a"),
        ("a *b **c", "a <em>b <strong>c</strong></em>"),
        ("a `co", 'a <code dir="ltr">co</code>'),
        ("a ~~b", "a <del>b</del>"),
        ("a ~~b~", "a <del>b</del>"),
        ("a ~", "a"),
        ("a ~5", "a ~5"),
        ("a<br/", "a"),
        ("**a `b", '<strong>a <code dir="ltr">b</code></strong>'),
        ("see [text](http://x.y/lo", "see text"),
        ("see [te", "see te"),
        ("see ![al](htt", "see al"),
        ("a[0", "a[0"),
        ("2 * 3", "2 * 3"),
        ("a snake_ca", "a snake_ca"),
        ("AT&am", "AT"),
        ("a \\", "a"),
        ("a $x_", "a"),
        ("a \\(x_", "a"),
        ("it costs $5 an", "it costs $5 an"),
        ("see <https://x.y", "see"),
        ("said [^1", "said"),
        ("Text\n-", "Text"),
        ("Text\n--", "Text"),
        ("Text\n1.", "Text"),
        ("Text\n#", "Text"),
        ("Text\n``", "Text"),
        ("Text\n```py", "Text"),
        ("Text\n| a | b |", "Text"),
        ("Text\n| a | b |\n|--", "Text"),
        ("Text\n[x]: http", "Text"),
    ],
)
def test_a_half_written_mark_is_closed_or_waits(source, seen):
    assert text_of(source) == f'<p dir="auto">{seen}</p>'


@pytest.mark.parametrize(
    "source",
    ["#", "##", "-", "*", "1", "1.", "- ", "- [", "> ", "``", "```", "```py", "|", "| a", "**", "$", "\\["],
)
def test_a_line_that_may_become_anything_waits(source):
    assert text_of(source) == ""


def test_a_list_item_appears_with_its_first_word():
    assert text_of("- a\n-") == '<ul dir="auto"><li>a</li></ul>'
    assert text_of("- a\n- b") == '<ul dir="auto"><li>a</li><li>b</li></ul>'


def test_a_row_of_a_table_appears_with_its_first_word():
    table = "| a | b |\n|---|---|\n| c | d |\n"
    for begun in ("|", "| ", "| `", "| **"):
        assert text_of(table + begun) == text_of(table)
    assert '<td><code dir="ltr">e</code></td>' in text_of(table + "| `e")


def test_a_closing_fence_is_not_seen_as_code():
    assert text_of("```\na\n``").endswith(">a\n</code></pre></figure>")
    assert text_of("- x\n  ```\n  a\n  ``").endswith(">a\n</code></pre></figure></li></ul>")


def test_marks_in_code_are_left_alone():
    assert "**a</code>" in text_of("```\n**a")
    assert '<code dir="ltr">**a</code>' in text_of("`**a")


@pytest.mark.parametrize(
    "text",
    [
        "A paragraph with **bold**, `code` and [a link](http://x.y/z), then more.\n\n",
        "Steps:\n- one\n- two **three**\n",
        "Some words\n\n1. first\n2. second\n",
    ],
)
def test_a_paragraph_never_turns_into_something_else_and_back(text):
    renderer, kinds = StreamRenderer(), []
    for character in text:
        renderer.append(character)
        tail = renderer.flush()
        kinds.append([html[:3] for html in (*renderer.settled, tail) if html])
    assert all(earlier == later[: len(earlier)] for earlier, later in zip(kinds, kinds[1:], strict=False))
