"""A snippet shows where the words are, and marks them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsite.history.search.query import read
from chatsite.history.search.snippets import SNIPPET_LENGTH, snippet


def shown(text: str, typed: str) -> str:
    return snippet(text, read(typed).phrases)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("Bean soup", "soup", "Bean <mark>soup</mark>"),
        ("Bean soup and beans", "bean*", "<mark>Bean</mark> soup and <mark>beans</mark>"),
        ("A hot soup, hot", '"hot soup"', "A <mark>hot soup</mark>, hot"),
        ("see src/config.py.", "config.py", "see src/<mark>config.py</mark>."),
        ("Ёжик!", "ежик", "<mark>Ёжик</mark>!"),
        ("In der Straße", "strasse", "In der <mark>Straße</mark>"),
        ("我做豆腐汤。", "豆腐汤", "我做<mark>豆腐汤</mark>。"),
        ("豆腐和豆", "豆", "<mark>豆</mark>腐和<mark>豆</mark>"),
        ("重跑gen后", "跑gen", "重<mark>跑gen</mark>后"),
        ("a <b> & c", "c", "a &lt;b&gt; &amp; <mark>c</mark>"),
        ("हिन्दी में", "हिन्दी", "<mark>हिन्दी</mark> में"),
        ("nothing", "soup", "nothing"),
    ],
)
def test_words_are_marked(text, typed, expected):
    assert shown(text, typed) == expected


@pytest.mark.parametrize("before", [50, 5_000, 300_000])
def test_a_long_text_is_shown_round_the_match(before):
    html = shown("word " * (before // 5) + "soup" + " word" * 1000, "soup")
    assert "<mark>soup</mark>" in html and len(html) < SNIPPET_LENGTH + 40
    assert html.startswith("… ") == (before > 100) and html.endswith(" …")


@given(st.text(max_size=600), st.text(max_size=30))
def test_any_text_is_shown(text, typed):
    html = shown(text, typed)
    assert html.count("<mark>") == html.count("</mark>")
    if len(text) <= SNIPPET_LENGTH and "mark" not in text and not text.startswith("…"):
        assert len(html) >= len(text)
