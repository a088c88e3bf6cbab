"""Bare addresses become links as people expect them."""

import pytest

from chatsite.rendering import render


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("see http://x.y/a.", "http://x.y/a", "."),
        ("(https://x.y/a)", "https://x.y/a", ")"),
        ("https://x.y/a_(b)", "https://x.y/a_(b)", ""),
        ("https://x.y/?a=1&b=2 z", "https://x.y/?a=1&amp;b=2", " z"),
        ("**https://x.y**", "https://x.y", "</strong>"),
        ("https://x.y/a, https", "https://x.y/a", ", https"),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text, address, after):
    html = render(text)
    assert f'<a href="{address}"' in html
    assert f">{address}</a>{after}" in html


def test_www_is_enough():
    assert '<a href="http://www.x.org/a"' in render("www.x.org/a")


@pytest.mark.parametrize(
    "text", ["http://", "www.", "xhttp://y.z", "ftp://x.y", "me@x.y", "`http://x.y`", "file:///etc"]
)
def test_what_is_no_web_address_is_no_link(text):
    assert "<a" not in render(text)


def test_a_link_in_a_link_is_not_made():
    assert render("[see http://x.y](http://a.b)").count("<a ") == 1
