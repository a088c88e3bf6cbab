"""Formulas are formulas, and money is money."""

import pytest

from chatsite.rendering import StreamRenderer, render
from chatsite.rendering.safety import escape
from tests.rendering.conftest import ended


@pytest.mark.parametrize(
    "text", ["$x_1$", r"\(x_1\)", "a $x_1$, b", "($x_1$)", r"- item \( x_1 \)", "**$x_1$**"]
)
def test_a_formula_in_a_line_is_set(text):
    assert "<math><semantics><msub><mi>x</mi><mn>1</mn></msub><annotation" in render(text)


@pytest.mark.parametrize(
    "text", ["$$x$$", r"\[x\]", "$$\nx\n$$", "\\[\nx\n\\]", "> \\[\n> x\n> \\]", "1. a\n   $$\n   x\n   $$"]
)
def test_a_formula_of_its_own_line_is_set_as_a_block(text):
    assert '<math display="block"><semantics><mi>x</mi><annotation' in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $10", "from $5-$10", "It costs $5.", "US$ 5 or 6$", "$20,000 to $30,000", "a $ b $ c", "$5 and US$",
        "$HOME/bin:$PATH", r"\$x\$", "between $3 per month and a$ more", "或$5到$10。",
        "价格是 $100 到 $200，或$5到$10",
        "Compare $AAPL with $MSFT; export PATH=$HOME/bin:$PATH.", "approx.$5 or approx.$10, a $20–$25k range, $5/$10",
        "US$30 / US$40; A$5 vs. C$6; ($7), ($8).", "It costs 5$, or 10$ with tax; $5, or about 6$.",
        "用$和$符号", "共$5，$和", "花$5，另$6元", "变量$HOME和$PATH的值", "$foo->bar($baz)", "é$5 et é$6",
        "卖出5$到10$的",
        "ราคา$๕/$๖", "$/PR is down but $/session is up.", "from $2bn to at least $4bn", "AT$T and B$B",
        "echo $a$this $x$thing",
    ],
)  # fmt: skip
def test_money_stays_money(text):
    assert "<math" not in render(text)
    assert render(text) == f'<p dir="auto">{escape(text.replace(chr(92), ""))}</p>'


@pytest.mark.parametrize("text", ["the $n$th term", "the $(n+1)$th", "($k$th)"])
def test_a_formula_may_be_an_ordinal_number(text):
    assert "</math>th" in render(text)


@pytest.mark.parametrize(
    "text", ["`$x$`", r"`\(x\)`", "```\n$x$ \\[y\\]\n```", "    $x$\n", "- a\n\n  ```\n  $$x$$\n  ```\n"]
)
def test_nothing_in_code_is_a_formula(text):
    assert "<math" not in render(text)
    assert "\ufdd0" not in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "```math\n\\frac{1}{2}\n```", "~~~ Math\n\\frac{1}{2}\n~~~", "- a\n  ```{.math}\n  \\frac{1}{2}\n  ```\n- b",
        "> ````math\n> \\frac{1}{2}\n> ````", "```math\n\n\\frac{1}{2}\n\n",
    ],
)  # fmt: skip
def test_a_code_block_in_the_language_math_is_a_formula(text):
    html = render(text)
    assert '<p><math display="block"><semantics><mfrac>' in html
    assert "<figure" not in html


@pytest.mark.parametrize("tex", [r"\frac{1}", r"\unknown{x}", "", "x" * 3000, "{" * 1500 + "}" * 1500])
def test_a_code_block_in_the_language_math_that_cannot_be_read_is_shown_as_code(tex):
    text = f"```math\n{tex}\n```\n\nmore"
    html = render(text)
    assert "<math" not in html
    assert "<span>math</span>" in html and tex in html
    assert ended(StreamRenderer(text), text) == html


@pytest.mark.parametrize("language", ["latex", "tex", "mathematica", "maths"])
def test_a_code_block_in_another_language_stays_code(language):
    assert "<math" not in render(f"```{language}\n\\pi\n```")


def test_an_address_is_no_formula():
    assert 'href="http://x.y/$a$b"' in render("[l](http://x.y/$a$b)")


def test_a_formula_may_hold_what_means_something_else_in_markdown():
    html = render(r"\(a * b * c\) and \[" + "\nx\n=\n- y\n# z\n" + r"\]")
    assert html.count("<math") == 2
    assert "<em>" not in html
    assert "<h" not in html
    assert "<li" not in html


@pytest.mark.parametrize(
    "tex",
    [
        r"\left(\left(", r"x^2^3", r"\def\a{\a\a}\a", r"\sqrt" * 90, "{" * 200 + "}" * 200, r"\nonsense{x}", "a & b",
        r"\begin{nonsense}x\end{nonsense}", r"\newcommand{\a}[1]{{#1#1}}\a{x}", r"\let\a=b", r"\eqref{a}",
        r"\href{http://x.y}{z}", r"\ce{\a}", r"\norm[2]{x}",
        r"\qty(\frac ab)", r"\abs*{x}", r"\norm (x)", r"\order(n)", r"\comm*{a}{b}",
        r"\rule{90em}{90em}", r"\frac1" * 90, "&" * 50,
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_read_is_shown_as_its_source(tex):
    html = render(f"see ${tex}$")
    assert f'<code class="math">${escape(tex)}$</code>' in html


def test_a_formula_without_an_end_stays_text():
    assert render(r"a \(b") == '<p dir="auto">a (b</p>'
    assert "<math" not in render("$$" + "x" * 5000 + "$$")


def test_a_formula_beside_letters_of_other_scripts_keeps_its_place():
    html = render("日本 `é` $x$ 🙂 `$y$` [é](http://x.y/$z$)")
    assert html.count("<math") == 1
    assert '日本 <code dir="ltr">é</code> <math' in html
    assert '<code dir="ltr">$y$</code>' in html


@pytest.mark.parametrize(
    "text",
    [
        "设$x$为正",
        "函数$f(x)=x^2$单调",
        "ここで$\\alpha$は",
        "행렬$A$는",
        "ให้$x$เป็น",
        "设$x_{最大}$为",
        "所以\\(a+b\\)成立",
        "为$$x$$，",
    ],
)
def test_a_formula_may_touch_letters_of_scripts_without_spaces(text):
    assert render(text).count("<math") == 1


@pytest.mark.parametrize(
    "text",
    [
        "$$\n\na + b\n\n$$", "\\[\n\na + b\n\n\\]", "$$\na\n\n+ b\n$$", "Text:\n$$\n\na + b\n\n$$\nmore",
        "- x\n\n  $$\n\n  a + b\n\n  $$\n- y", "> $$\n>\n> a + b\n>\n> $$", "$$\n\na + b\n\n$$\n\n# Title",
    ],
)  # fmt: skip
def test_a_formula_on_lines_of_its_own_may_have_blank_lines(text):
    html = render(text)
    assert html.count('<math display="block">') == 1
    assert "$$" not in html
    assert "[" not in html


@pytest.mark.parametrize(
    "name", ["align", "align*", "equation", "gather", "cases", "pmatrix", "multline", "eqnarray"]
)
def test_an_environment_needs_no_dollars(name):
    html = render(f"So:\n\\begin{{{name}}}\na = b \\\\\n- c = d\n\\end{{{name}}}\nmore")
    assert html.count('<math display="block">') == 1
    assert html.count("<mtr>") == 2
    assert "<li" not in html


def test_words_about_an_environment_stay_words():
    assert "<math" not in render("use \\begin{align} x \\end{align} for it, or `\\begin{align}`")


def test_dollars_without_an_end_leave_what_follows_as_it_is():
    html = render(
        "$$\nprice\n\nmore *words*\n\n```\ncode\n```\n\n- item\n\n" + "word " * 600 + "\n\n# Title\n"
    )
    assert "<em>words</em>" in html
    assert "<figure" in html
    assert "<li" in html
    assert html.endswith("Title</h3>")


@pytest.mark.parametrize(
    "text",
    [
        "Text\n$$\n\na + b\n\n$$\nmore", "\\[\n\nx\n\n\\]", "\\begin{align}\na &= b\n\\end{align}", "设$x$为正",
        "- x\n\n  $$\n\n  a\n\n  $$\n- y", "a $x$ b \\(y\\) c $$z$$", "```math\n\\sqrt{2}\n```", "~~~ math\n\\pi",
        "So:\n```math\na\n\n\\pi\n```\nmore", "- x\n  ```math\n  \\sqrt{2}\n  ```\n- y",
        "> ```math\n> \\pi\n> ```\n>\n> b", "1. ```math\n   \\pi\n   ```\n   and\n   ```math\n   \\pi\n   ```",
    ],
)  # fmt: skip
def test_a_growing_formula_is_not_seen_before_its_end_and_ends_as_in_the_whole(text):
    renderer, shown = StreamRenderer(), []
    for character in text:
        renderer.append(character)
        tail = renderer.flush()
        shown.append("".join(renderer.settled) + tail)
    assert not [html for html in shown if "$" in html or ("\\" in html and "<math" not in html)]
    assert ended(renderer, text) == render(text)


def test_a_formula_brings_its_source_for_copying():
    html = render(r"$a < \abs{b}$ and \[" + "\nx\n\\]")
    assert r'<annotation encoding="application/x-tex">a &lt; \abs{b}</annotation></semantics></math>' in html
    assert '<annotation encoding="application/x-tex">x</annotation></semantics></math>' in html
