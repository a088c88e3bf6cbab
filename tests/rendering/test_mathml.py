"""TeX as models write it is drawn as its author meant it, or shown as its source."""

import re
from pathlib import Path

import pytest

from chatsite.rendering.mathml import MAX_FRAME_CHARACTERS, MAX_GROWTH, mathml
from chatsite.rendering.mathml_attributes import MAX_LENGTH_EM
from tests.rendering.conftest import Page, dangers

STYLESHEET = Path(__file__).parents[2] / "static" / "css" / "formulas.css"
ROWS = (
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
    r"\left\{\begin{aligned} a &= b \\ c &= d \end{aligned}\right.",
    r"\begin{align} a &= b \label{x} \\ c &= d \nonumber \end{align}",
    r"\begin{align*} a &= b \notag \\ c &= d \end{align*}",
    r"\begin{alignedat}{2} a &= b & c &= d \\ e &= f \end{alignedat}",
    r"\begin{alignat}{1} a &= b \\ c &= d \end{alignat}",
    r"\begin{aligned}[t] a &= b \\ c &= d \end{aligned}",
    r"\begin{split} a &= b \\ c &= d \end{split}",
    r"\begin{equation}\begin{split} a &= b \\ c &= d \end{split}\end{equation}",
    r"\begin{eqnarray} a &=& b \\ c &=& d \end{eqnarray}",
    r"\begin{dcases} a & b \\ c & d \end{dcases}",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
    r"\begin{smallmatrix} a & b \\ c & d \end{smallmatrix}",
    r"\begin{psmallmatrix} a & b \\ c & d \end{psmallmatrix}",
    r"\begin{gather} a \\ b \end{gather}",
    r"\begin{gathered} a \\ b \end{gathered}",
    r"\begin{multline} a \\ b \end{multline}",
    r"\sum_{\substack{a \\ b}} c",
    r"a + b = c \\ d + e = f",
    r"a &= b \\ c &= d",
)
DRAWN = (
    r"\abs{x}", r"\norm{\mathbf{v}}", r"\dv{f}{x}", r"\dv{x}", r"\pdv{f}{x}", r"\argmax_x f", r"\ceil{x} \floor{x}",
    r"\operatorname*{argmin}_x", r"\arg z", r"\SI{3}{kg}", r"\ang{90}", r"\prescript{1}{2}{X}", r"\raisebox{1em}{x}",
    r"\text{message_sent events}", r"\text{if $x_1 > 0$ then}", r"50\% + 50%", r"\color{#ff0000}{x}",
    r"\hspace*{1em}x",
    r"\textcolor{red}{x}", r"\left<x\right>", r"\mbox{a} \textnormal{b}", r"\mathclap{x}", r"\ce{2H2 + O2 -> 2H2O}",
    r"\ce{SO4^2- + Fe^{3+} <=> CuSO4*5H2O (aq)}", r"90^\circ", r"\not\in", r"\xrightarrow[a]{b}", r"\bm{x}^\top",
    r"\underbrace{a+b}_{c}", r"\lim_{x \to 0} \frac{\sin x}{x}", r"\text{ü – “x” 中}",
    r"\begin{matrix} a \cr b \end{matrix}",
    r"\sideset{_1}{_2}\sum", r"\mathbb{E}[X] = \E[X]", r"\Var(X)", r"\hat{\boldsymbol{\beta}}", r"\tfrac12 \binom nk",
)  # fmt: skip


def shown(tex: str, *, display: bool = True) -> str:
    """The formula without its source."""
    return re.sub(r"<annotation.*</annotation>", "", mathml(tex, display), flags=re.DOTALL)


@pytest.mark.parametrize("tex", ROWS)
def test_lines_of_a_formula_are_rows(tex):
    html = shown(tex)
    assert html.count("<mtr>") == 2
    assert "amp;" not in html
    assert "\\" not in html


SPACES = (r"\\[6pt]", r"\\[1.5ex]", r"\\[-.5em]", r"\\ [2pt]", r"\\[\jot]", r"\\*", r"\\*[3pt]")


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("name", ["aligned", "align*", "gathered", "cases", "pmatrix", "array", ""])
def test_the_space_below_a_row_is_no_text(name, space):
    columns = "{c}" if name == "array" else ""
    rows = f"a{space} b"
    html = shown(rf"\begin{{{name}}}{columns}{rows}\end{{{name}}}" if name else rows)
    assert html.count("<mtr>") == 2
    assert re.sub(r"<[^>]*>|\W", "", html) == "ab"


def test_brackets_that_begin_a_row_are_text():
    assert re.sub(r"<[^>]*>", "", shown(r"\begin{pmatrix} a \\ [b] \end{pmatrix}")) == "(a[b])"


@pytest.mark.parametrize("tex", [r"\smash[b]{x}", r"\cfrac[l]{x}{y}", r"\begin{array}[t]{c} x \end{array}"])
def test_an_option_that_changes_no_letters_is_no_text(tex):
    assert "[" not in shown(tex)
    assert "<mi>x</mi>" in shown(tex)


@pytest.mark.parametrize("tex", DRAWN)
def test_what_models_write_is_drawn(tex):
    html = shown(tex)
    assert html.startswith("<math")
    assert "\\" not in html
    assert Page(html).balanced


def test_aligned_columns_meet_at_their_mark():
    html = shown(ROWS[0])
    assert html.count('<mtd class="before">') == 2
    assert html.count('<mtd class="after"><mo>=</mo>') == 2


def test_rows_have_no_numbers_but_the_authors_own():
    assert "<mtext>" not in shown(r"\begin{align} a &= b \\ c &= d \end{align}")
    assert shown(r"\begin{align} a &= b \tag{1} \\ c &= d \tag{2} \end{align}").count("<mtext>") == 2


@pytest.mark.parametrize(
    "tex", [r"\tag{1} e = mc^2", r"e = mc^2 \tag{1}", r"\begin{aligned} e &= mc^2 \tag{1} \end{aligned}"]
)
def test_a_number_stands_at_the_right_edge(tex):
    html = shown(tex)
    assert html.endswith(
        '<mtd class="margin right"><mtext>(1)</mtext></mtd></mtr></mtable></semantics></math>'
    )


def test_a_number_in_a_line_of_text_follows_the_formula():
    assert shown(r"\tag{1} x", display=False).endswith("<mtext>(1)</mtext></mrow></semantics></math>")


def test_a_frame_and_a_stroke_are_classes():
    assert '<mrow class="enclosed box"><mn>42</mn></mrow>' in shown(r"\boxed{42} x")
    assert '<mrow class="enclosed up"><mi>x</mi></mrow>' in shown(r"\cancel{x} y")


@pytest.mark.parametrize(
    "tex",
    [
        *ROWS,
        *DRAWN,
        r"\begin{array}{|c|l:} \hline a & b \\ \hdashline c & d \\ \hline \end{array}",
        r"\text{\tiny a \textsc{b} \texttt{c}} \textsf{d}",
        r"\cfrac{1}{2} \mathbin{x} \kern-1em \! \cramped{x}",
    ],
)
def test_a_formula_has_no_style_that_the_policy_forbids(tex):
    html = mathml(tex, True)
    assert html
    assert dangers(html) == []


@pytest.mark.parametrize(
    "tex",
    [r"\hspace{99999em}x", r"\kern99999ptx", r"\mspace{99999mu}x", r"\genfrac(){99em}0{a}{b}", r"\raisebox{999em}{x}",
     r"\hspace{-99999em}x", r"x\\[999em]y", r"\raisebox{15em}{\raisebox{15em}{x}}", r"\rule{90em}{90em}"],
)  # fmt: skip
def test_no_length_is_long(tex):
    lengths = [float(length) for length in re.findall(r'"(-?[\d.]+)em"', shown(tex))]
    assert sum(map(abs, lengths)) <= MAX_LENGTH_EM


@pytest.mark.parametrize(
    "unit", ["a'", "+", "&", r"\\", "a_1^2", r"\sideset{_1}{_2}\sum", "{", r"\abs{", r"\hat", "x", r"\text{}"]
)
@pytest.mark.parametrize(
    "frame", ["{}", r"\begin{{align}}{}\end{{align}}", r"\begin{{pmatrix}}{}\end{{pmatrix}}"]
)
def test_no_formula_grows_beyond_its_bound(unit, frame):
    tex = frame.format(unit * (1900 // len(unit)))
    assert len(mathml(tex, True)) <= MAX_GROWTH * len(tex) + MAX_FRAME_CHARACTERS + 6 * len(tex)


@pytest.mark.parametrize("depth", range(1, 30, 4))
def test_macros_of_one_another_do_not_multiply(depth):
    tex = r"\abs{\norm{\qty{" * depth + "x" + "}}}" * depth
    assert shown(tex).count("<mi>x</mi>") <= 1


def test_a_long_formula_in_a_line_has_a_box_of_its_own():
    assert shown(" + ".join(f"a_{n}" for n in range(20)), display=False).startswith('<math class="long">')
    assert shown("a_1", display=False).startswith("<math>")


def test_every_class_of_a_formula_has_a_rule():
    others = (
        r"\begin{array}{|c|l:} \hline a & b \\ \hdashline c & d \end{array}",
        r"\cfrac{1}{2} \xcancel{x} \phase{x} \angl{x}",
        r"\text{\tiny a \huge b \textsc{b}} \textsf{d} \textrm{d}",
        r"\kern-1em \kern-0.5em \kern-9em \! \cramped{x} \mathop{+} x",
    )
    html = "".join(shown(tex) for tex in (*ROWS, *DRAWN, *others, r"\tag{1} x", r"\boxed{x} \cancel{x}"))
    used = {name for names in re.findall(r'class="([^"]+)"', html) for name in names.split()}
    assert used - set(re.findall(r"math \.([a-z0-9-]+)", STYLESHEET.read_text())) == {"enclosed"}
    assert len(used) > 20
