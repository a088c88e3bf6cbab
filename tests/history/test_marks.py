"""Words are marked in rendered HTML as searches find them."""

import pytest

from chatsite.history.search.in_conversation import read_words
from chatsite.history.search.marks import marked
from chatsite.rendering import render


@pytest.mark.parametrize(
    ("html", "typed", "expected"),
    [
        ("<p>Bean soup.</p>", "soup", "<p>Bean <mark>soup</mark>.</p>"),
        ("<p>CAFÉ</p>", "cafe", "<p><mark>CAFÉ</mark></p>"),
        ("<p>Soups</p>", "soup", "<p><mark>Soups</mark></p>"),
        ("<p>Soups</p>", '"soup"', "<p>Soups</p>"),
        ("<p>我要豆腐汤。</p>", "豆腐", "<p>我要<mark>豆腐</mark>汤。</p>"),
        ("<p>Ежик и ёжик</p>", "ёжик", "<p><mark>Ежик</mark> и <mark>ёжик</mark></p>"),
        (
            "<p>un<b>believ</b>able</p>",
            "unbelievable",
            "<mark>un</mark><b><mark>believ</mark></b><mark>able</mark>",
        ),
        ("<p>bean</p><p>soup</p>", '"bean soup"', "<p><mark>bean</mark></p><p><mark>soup</mark></p>"),
        ("<p>bean</p><p>soup</p>", "beansoup", "<p>bean</p><p>soup</p>"),
        ('<a href="/soup" title="a > soup">soup</a>', "soup", '"a > soup"><mark>soup</mark></a>'),
        ("<p>fish &amp; chips</p>", "amp", "<p>fish &amp; chips</p>"),
        ("<p>caf&#233; here</p>", "café", "<p><mark>caf</mark><mark>&#233;</mark> here</p>"),
        (
            "<p>soup <math><mi>soup</mi></math></p>",
            "soup",
            "<p><mark>soup</mark> <math><mi>soup</mi></math></p>",
        ),
        ("a < b & soup", "soup", "a < b & <mark>soup</mark>"),
        ("<p>soup</p>", "zebra", "<p>soup</p>"),
    ],
)
def test_words_are_marked_where_they_are_read(html, typed, expected):
    assert expected in marked(html, read_words(typed).phrases)


def test_marking_changes_nothing_but_marks():
    html = render(
        "# Soup\n\n```python\nsoup = 'soup & <b>'  # soup\n```\n\n| soup | x |\n|--|--|\n| $s$ | soup |\n"
    )
    found = marked(html, read_words("soup").phrases)
    assert found.count("<mark>") >= 6
    assert found.replace("<mark>", "").replace("</mark>", "") == html
