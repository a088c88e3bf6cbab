"""Directions are written once for each part of a text that has one, and never into an address."""

import pytest

from chatsite.rendering import StreamRenderer, render
from chatsite.rendering.text_direction import directed
from tests.rendering.conftest import Page


@pytest.mark.parametrize(
    ("block", "with_directions"),
    [
        ("<p>a</p>", '<p dir="auto">a</p>'),
        ("<h4>a</h4>", '<h4 dir="auto">a</h4>'),
        ("<ul><li><p>a</p></li></ul>", '<ul dir="auto"><li><p>a</p></li></ul>'),
        ("<blockquote><ol></ol></blockquote>", '<blockquote dir="auto"><ol dir="auto"></ol></blockquote>'),
        ("<p>a <code>b</code></p>", '<p dir="auto">a <code dir="ltr">b</code></p>'),
        ("<hr>", "<hr>"),
    ],
)
def test_each_part_has_the_direction_of_its_first_letter(block, with_directions):
    assert directed(block) == with_directions


@pytest.mark.parametrize("tag", ["<code>", "<ul>", "<p>", "<blockquote>", "<i></i>"])
def test_a_tag_in_an_address_stays_a_part_of_the_address(tag):
    address = "http://a.b/" + tag.replace("<", "&lt;").replace(">", "&gt;")
    for text in (f"[x]({address})", f"- [x]({address}) `{tag}`"):
        for html in (render(text), StreamRenderer(text + "\n\n").flush() or render(text)):
            page = Page(html)
            [link] = [attributes for name, attributes in page.tags if name == "a"]
            assert page.balanced
            assert link["href"] == f"http://a.b/{tag}".replace("<", "%3C").replace(">", "%3E")
