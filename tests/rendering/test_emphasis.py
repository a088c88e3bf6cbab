"""Emphasis is seen where people write it, in scripts without spaces too, and one tilde strikes nothing."""

import pytest

from chatsite.rendering import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**注意：**本文", "<strong>注意：</strong>本文"),
        ("*要点（x）。*下文", "<em>要点（x）。</em>下文"),
        ("~~旧文。~~新文", "<del>旧文。</del>新文"),
        ("他说**「重要」**的事", "他说<strong>「重要」</strong>的事"),
        ("价格**￥100**元", "价格<strong>￥100</strong>元"),
        ("用**`x`**的", '用<strong><code dir="ltr">x</code></strong>的'),
        (
            "**“重点”**在这里，**价格（含税）**是",
            "<strong>“重点”</strong>在这里，<strong>价格（含税）</strong>是",
        ),
        ("**안내(필수):**꼭", "<strong>안내(필수):</strong>꼭"),
        ("**หมายเหตุ:**ข้อความ", "<strong>หมายเหตุ:</strong>ข้อความ"),
        ("***注意。***本文", "<em><strong>注意。</strong></em>本文"),
        ("**甲**/**乙**、（**丙**）丁", "<strong>甲</strong>/<strong>乙</strong>、（<strong>丙</strong>）丁"),
        ("**Note:**text", "<strong>Note:</strong>text"),
        ("a **Note (x)**b and ~~Old.~~New", "a <strong>Note (x)</strong>b and <del>Old.</del>New"),
        ("*Примечание:*текст", "<em>Примечание:</em>текст"),
    ],
)
def test_punctuation_hinders_no_emphasis(text, html):
    assert render(text) == f'<p dir="auto">{html}</p>'


@pytest.mark.parametrize(
    "text", ["2**(n-1)", "f(x) = 2*x and (a)*b", "x**(a)**b", "**kwargs, f(a)\\**b", "5 * (x)*2"]
)
def test_what_multiplies_is_no_emphasis(text):
    assert "<strong>" not in render(text)
    assert "<em>" not in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "first (~$1.50) and second (~$10)",
        "~10%~",
        "~x~",
        "大约3~5天，100~200元",
        "~/a and ~/b",
        "really~ nice~",
    ],
)
def test_one_tilde_strikes_nothing(text):
    assert render(text) == f'<p dir="auto">{text}</p>'


def test_emphasis_is_read_around_single_tildes():
    assert render("~5 **or (10~) so** ~~gone~~") == (
        '<p dir="auto">~5 <strong>or (10~) so</strong> <del>gone</del></p>'
    )


@pytest.mark.parametrize(
    "text", ["`注。**本~文`", "```\n注。**本 ~x~\n```", "[x](http://a.b/注。**本~c)", "<a注。**本~>"]
)
def test_code_addresses_and_tags_are_as_they_were_written(text):
    html = render(text)
    assert "注。**本" in html
    assert "~" in html
    assert not any("\ufdd0" <= character <= "\ufdef" for character in html)
