"""No formula ends the process."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from chatsite.rendering.tex_macros import ARGUMENTS, MACROS
from chatsite.rendering.tex_nesting import MAX_LEVELS, is_too_deep

CHILD = """
import json, sys
from chatsite.rendering.mathml import mathml
for tex in json.load(sys.stdin):
    for display in (True, False):
        html = mathml(tex, display)
        assert len(html) <= 22 * len(tex) + 500, tex
print("alive")
"""
NESTS = (
    ("{", "}"), (r"\left(", r"\right)"), (r"\begin{matrix}", r"\end{matrix}"),
    (r"\begin{aligned}", r"\end{aligned}"), (r"\begin{array}{c}", r"\end{array}"),
    (r"\begingroup ", r"\endgroup "), (r"\sqrt{", "}"), (r"\sqrt", ""), (r"\sqrt[", "]1"), (r"\sqrt[3]", ""),
    (r"\frac{", "}1"), (r"\frac1", ""), (r"\frac1{", "}"), (r"\binom", ""), (r"\overset a", ""), ("^{", "}"),
    ("_{", "}"), ("a_{", "}"), ("x^", ""), (r"a^\hat", ""), (r"a^\frac1", ""), (r"\mathbf", ""),
    (r"\mathbf{", "}"), (r"\not", ""), (r"\hat", ""), (r"\displaystyle", ""), (r"\color{red}", ""),
    (r"\textcolor{red}{", "}"), (r"\text{", "}"), (r"\text{\textbf{", "}}"), (r"\text{$", "$}"),
    (r"\operatorname{", "}"), (r"\overbrace", ""), (r"\underbrace{", "}_"), (r"\prescript a b", ""),
    (r"\mathchoice aaa", ""), (r"\xrightarrow", ""), (r"\xrightarrow[", "]a"), (r"\cramped", ""),
    (r"\Braket{", "}"), (r"\pmod", ""), (r"\raisebox{1em}{", "}"), (r"\genfrac(){1pt}01", ""), (r"\rm", ""),
    ("'", ""), ("^'", ""), (r"\big", ""), (r"\middle|", ""), (r"\fbox", ""), (r"\tag{", "}"),
    (r"\sideset{_1}{_2}", ""), (r"\sideset{_1}{_2}{", "}"), (r"\substack{", "}"), (r"\hspace{", "}"),
    (r"\mathop{", "}"), (r"\limits", ""), (r"{\over", "}"), (r"{1\over", "}"), (r"\phantom", ""),
    (r"\boxed", ""), (r"\cancel{", "}"), (r"\abs", ""), (r"\norm{", "}"), (r"\dv{", "}{x}"), (r"\ce{", "}"),
    (r"\bra", ""), ("[", ""), (r"\stackrel{a}", ""), (r"\label{", "}"), (r"\\", ""), ("&", ""), (r"\smash", ""),
    ("{ } ", ""),
)  # fmt: skip


def survives(formulas):
    """Whether a process that converts these formulas lives on."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(formulas), capture_output=True, text=True, timeout=120,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.returncode == 0, child.stderr[-2000:]
    return child.stdout == "alive\n"


def test_deep_nesting_of_every_kind_is_survived():
    counts = (1, 2, 30, 60, 64, 65, 70, 130, 300, 1000)
    assert survives(
        [
            tex
            for opening, closing in NESTS
            for n in counts
            if len(tex := opening * n + "x" + closing * n) <= 4000
        ]
    )


def test_mixed_nesting_is_survived():
    chance = random.Random(20)
    formulas = []
    for _ in range(600):
        nests = chance.choices(NESTS, k=chance.randint(1, 5)) * chance.choice((1, 5, 20, 60))
        formulas.append("".join(o for o, _ in nests) + "x" + "".join(c for _, c in reversed(nests)))
    assert survives(formulas)


def test_pieces_in_any_order_are_survived():
    chance = random.Random(21)
    pieces = [piece for nest in NESTS for piece in nest if piece] + [
        *"x1+=,.|()[]{}^_&'~%#",
        " ",
        "\\\\",
        "é",
        "\\",
        "$",
    ]
    assert survives(["".join(chance.choices(pieces, k=chance.randint(1, 300))) for _ in range(1500)])


@pytest.mark.parametrize(
    "nest",
    [n for n in NESTS[:-1] if n[0].startswith(("{", "\\left", "\\begin", "\\sqrt", "\\frac", "\\mathbf"))],
)
def test_what_nests_deep_is_found(nest):
    opening, closing = nest
    assert is_too_deep(opening * 200 + "x" + closing * 200, ARGUMENTS)


@pytest.mark.parametrize(
    "tex",
    [r"\alpha\beta\gamma" * 50, r"\frac12 + " * 100, r"x_1^2 + " * 100, r"\sqrt{x} + " * 100, r"\hat x\bar y" * 60,
     "{a}" * 200,
     r"\begin{matrix}a & b\end{matrix}" * 40, r"\frac{a}{b}" * 100, r"\sqrt[3]{x}" * 100, r"\displaystyle a & " * 80],
)  # fmt: skip
def test_what_stands_side_by_side_does_not_nest(tex):
    assert not is_too_deep(tex, ARGUMENTS)


def test_no_macro_uses_an_argument_twice():
    assert [name for name, body in MACROS.items() for n in "123" if body.count(f"#{n}") > 1] == []
    assert MAX_LEVELS == 64
