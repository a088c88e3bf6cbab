"""A snippet shows where the words are, and marks them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatsite.history.search.fold import fold
from chatsite.history.search.plain_words import plain_words
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
        ("souper soup", "soup", "souper <mark>soup</mark>"),
        ("soup kitchen and soup", 'soup "soup kit"', "<mark>soup</mark> kitchen and <mark>soup</mark>"),
        ("hot soup, hot", '"hot soup" hot', "<mark>hot soup</mark>, <mark>hot</mark>"),
        ("Groß­artig, großartig", "grossartig", "<mark>Groß­artig</mark>, <mark>großartig</mark>"),
        ("jose\u0301 José", "jose", "<mark>jose\u0301</mark> <mark>José</mark>"),
        ("ＡＢＣ ½", "abc 2", "<mark>ＡＢＣ</mark> <mark>½</mark>"),
        ("한국어로", "한국어", "<mark>한국어</mark>로"),
        ("a" * 70, "a" * 70, f"<mark>{'a' * 70}</mark>"),
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


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("A **hot** soup", "hot", "A <mark>hot</mark> soup"),
        ("A **hot soup**, *hot*", '"hot soup"', "A <mark>hot soup</mark>, hot"),
        ("## Soup\n\n- hot\n* cold", "hot", "Soup\n\n• <mark>hot</mark>\n• cold"),
        ("```python\nimport soup\n```\n", "soup", "python\nimport <mark>soup</mark>\n\n"),
        ("Say `soup`", "soup", "Say <mark>soup</mark>"),
        ("[The soup](https://soup.example)", "soup", "The <mark>soup</mark> (https://<mark>soup</mark>.example)"),
        ("| hot | cold |\n|---|:--|\n| soup | a |", "cold", " hot   <mark>cold</mark> \n\n soup   a "),
        ("> hot\n> soup", "soup", "hot\n<mark>soup</mark>"),
        ("这是**重点**内容", "重点", "这是<mark>重点</mark>内容"),
        ("bo**ld** 2 * 3 * 4 __init__(*args, **more)", "ld", "bo**<mark>ld</mark>** 2 * 3 * 4 __init__(*args, **more)"),
        ("a ~~soup~~ <b>", "soup", "a <mark>soup</mark> &lt;b&gt;"),
    ],
)  # fmt: skip
def test_an_answer_is_shown_without_marks_of_markdown(text, typed, expected):
    assert snippet(text, read(typed).phrases, is_markdown=True) == expected


def test_what_a_person_typed_is_shown_as_typed():
    assert shown("A **hot** soup", "hot") == "A **<mark>hot</mark>** soup"


@given(st.text("ab *`#>-|[]()!~_\n1+:", max_size=80))
def test_words_stay_when_marks_go(text):
    assert fold(plain_words(text)) == fold(text)


@given(st.text(max_size=100), st.integers(0, 50))
def test_each_word_of_a_text_is_marked_in_it(text, number):
    words = fold(text).split()
    phrases = read(f'"{words[number % len(words)]}"').phrases if words else []
    assert all("<mark>" in snippet(text, [each]) for each in phrases)
