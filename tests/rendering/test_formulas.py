"""Formulas are formulas, and money is money."""

import pytest

from chatsite.rendering import render


@pytest.mark.parametrize(
    "text", ["$x_1$", r"\(x_1\)", "a $x_1$, b", "($x_1$)", r"- item \( x_1 \)", "**$x_1$**"]
)
def test_a_formula_in_a_line_is_set(text):
    assert '<math display="inline"><mrow><msub><mi>x</mi><mn>1</mn></msub></mrow></math>' in render(text)


@pytest.mark.parametrize(
    "text", ["$$x$$", r"\[x\]", "$$\nx\n$$", "\\[\nx\n\\]", "> \\[\n> x\n> \\]", "1. a\n   $$\n   x\n   $$"]
)
def test_a_formula_of_its_own_line_is_set_as_a_block(text):
    assert '<math display="block"><mrow><mi>x</mi></mrow></math>' in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $10", "from $5-$10", "It costs $5.", "US$ 5 or 6$", "$20,000 to $30,000", "a $ b $ c", "$5 and US$",
        "$HOME/bin:$PATH", r"\$x\$", "between $3 per month and a$ more",
    ],
)  # fmt: skip
def test_money_stays_money(text):
    assert "<math" not in render(text)
    assert render(text) == f'<p dir="auto">{text.replace(chr(92), "")}</p>'


@pytest.mark.parametrize(
    "text", ["`$x$`", r"`\(x\)`", "```\n$x$ \\[y\\]\n```", "    $x$\n", "- a\n\n  ```\n  $$x$$\n  ```\n"]
)
def test_nothing_in_code_is_a_formula(text):
    assert "<math" not in render(text)
    assert "\ufdd0" not in render(text)


def test_an_address_is_no_formula():
    assert 'href="http://x.y/$a$b"' in render("[l](http://x.y/$a$b)")


def test_a_formula_may_hold_what_means_something_else_in_markdown():
    html = render(r"\(a * b * c\) and \[" + "\nx\n=\n- y\n# z\n" + r"\]")
    assert html.count("<math") == 2
    assert "<em>" not in html
    assert "<h" not in html
    assert "<li" not in html


@pytest.mark.parametrize(
    "tex", [r"\left(\left(", r"x^2^3", r"\def\a{\a\a}\a", r"\sqrt" * 90, "{" * 200 + "}" * 200]
)
def test_a_formula_that_cannot_be_read_is_shown_as_its_source(tex):
    html = render(f"see ${tex}$")
    assert f'<code class="math">${tex}$</code>' in html


def test_a_formula_without_an_end_stays_text():
    assert render(r"a \(b") == '<p dir="auto">a (b</p>'
    assert "<math" not in render("$$" + "x" * 5000 + "$$")


def test_a_formula_beside_letters_of_other_scripts_keeps_its_place():
    html = render("日本 `é` $x$ 🙂 `$y$` [é](http://x.y/$z$)")
    assert html.count("<math") == 1
    assert "日本 <code>é</code> <math" in html
    assert "<code>$y$</code>" in html
