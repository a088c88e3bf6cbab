"""Bare addresses become links as people expect them."""

import re

import pytest

from chatsite.rendering import StreamRenderer, render


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


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("见 https://x.y/a，然后", "https://x.y/a", "，然后"),
        ("请访问https://x.y/a继续。", "https://x.y/a继续", "。"),
        ("“https://x.y”", "https://x.y", "”"),
        ("完了：https://x.y/a。次へ", "https://x.y/a", "。次へ"),
        ("https://x.y…", "https://x.y", "…"),
        ("「https://x.y/a」と", "https://x.y/a", "」と"),
        ("https://x.y — b", "https://x.y", " — b"),
        ("https://x.y/wiki/北京 b", "https://x.y/wiki/北京", " b"),
        ("**https://x.y/a**说明", "https://x.y/a", "</strong>说明"),
        ("**网址：https://x.y/a**然后", "https://x.y/a", "</strong>然后"),
        ("https://x.y/a&gt; b", "https://x.y/a", "&gt; b"),
    ],
)
def test_an_address_among_letters_without_spaces_is_found_and_ends(text, address, after):
    html = render(text)
    assert f'<a href="{address}"' in html
    assert f">{address}</a>{after}" in html


@pytest.mark.parametrize(
    "address",
    [
        "https://x.y/pkg/__init__.py#L5", "https://x.y/_a_/b", "https://x.y/*a*/", "https://x.y/**a**/b", "https://x.y/~~a~~/",
        "https://x.y/?q=$a$", "https://x.y/?a[]=1", "https://x.y/a_(b)_c", "www.x.y/_a_/b",
    ],
)  # fmt: skip
def test_marks_in_an_address_belong_to_it(address):
    html = render(f"see {address} for *it*")
    assert f">{address}</a> for <em>it</em>" in html
    assert html.count("<a ") == 1


def test_an_address_is_read_as_markdown_reads_text():
    assert 'href="https://x.y/a_b?c=1&amp;d"' in render("https://x.y/a\\_b?c=1&amp;d")


def test_an_address_in_a_table_ends_with_its_cell():
    assert ">https://x.y/a</a></td><td>b</td>" in render("| a | b |\n|---|---|\n|https://x.y/a|b|")


def test_an_address_that_is_being_written_shows_no_mark():
    renderer, text = StreamRenderer(), "see https://x.y/_a_/*b*/**c"
    for character in text:
        renderer.append(character)
        shown = re.sub(r"<[^>]+>", "", renderer.flush())
        assert text.startswith(shown)


def test_www_is_enough():
    assert '<a href="http://www.x.org/a"' in render("www.x.org/a")


@pytest.mark.parametrize(
    "text", ["http://", "www.", "xhttp://y.z", "ftp://x.y", "me@x.y", "`http://x.y`", "file:///etc"]
)
def test_what_is_no_web_address_is_no_link(text):
    assert "<a" not in render(text)


def test_a_link_in_a_link_is_not_made():
    assert render("[see http://x.y](http://a.b)").count("<a ") == 1
