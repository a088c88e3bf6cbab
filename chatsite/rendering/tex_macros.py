"""Commands that models write and the converter lacks: the ones that are macros of commands that it has."""

_OPERATORS = """
    Tr tr rank diag sgn sign Var Cov Corr Bias MSE softmax sigmoid ReLU relu GELU lcm arcsinh arccosh arctanh
    arsinh arcosh artanh sech csch arccot arcsec arccsc Res Hom End Aut Ker Span span supp conv dist
    proj vol ord erfi curl grad Softmax LayerNorm Attention MultiHead Concat FFN
"""
_SHAPES = {
    "varlimsup": r"\overline{\lim}",
    "varliminf": r"\underline{\lim}",
    "smallsetminus": r"\setminus",
    "varpropto": r"\propto",
    "defeq": r"\mathrel{:=}",
    "euro": r"\text{€}",
    "hfill": r"\quad",
    "strut": "",
    "Q": r"\mathbb{Q}",
    "C": r"\mathbb{C}",
    "E": r"\mathbb{E}",
    "laplacian": r"\nabla^2",
    **dict.fromkeys(("dotsb", "dotsc", "dotsi", "dotsm", "dotso"), r"\dots"),
}
_ONE_ARGUMENT = {
    "abs": r"\left|#1\right|",
    "norm": r"\left\lVert#1\right\rVert",
    "ceil": r"\left\lceil#1\right\rceil",
    "floor": r"\left\lfloor#1\right\rfloor",
    "order": r"\mathcal{O}\left(#1\right)",
    "qty": r"\left(#1\right)",
    "expval": r"\left\langle#1\right\rangle",
    "dd": r"\mathrm{d}#1",
    "va": r"\vec{#1}",
    "vb": r"\mathbf{#1}",
    "vu": r"\hat{#1}",
    "num": "#1",
    "si": r"\mathrm{#1}",
    "unit": r"\mathrm{#1}",
    "ang": r"#1^\circ",
    "pmb": r"\boldsymbol{#1}",
    "overarc": r"\overparen{#1}",
    "ensuremath": "#1",
    **dict.fromkeys(("mathds", "mathbbm", "symbb"), r"\mathbb{#1}"),
    **dict.fromkeys(("mathup", "symrm", "symup"), r"\mathrm{#1}"),
    **dict.fromkeys(("smash", "mathclap", "mathllap", "mathrlap", "clap", "llap", "rlap"), "{#1}"),
}
_TWO_ARGUMENTS = {
    "SI": r"#1\,\mathrm{#2}",
    "comm": r"\left[#1,#2\right]",
    "innerproduct": r"\left\langle#1,#2\right\rangle",
    "overunderset": r"\overset{#1}{\underset{#2}{#3}}",
}

# No macro uses an argument twice: nested in one another such macros would grow a formula exponentially.
MACROS = {
    **{name: rf"\operatorname{{{name}}}" for name in _OPERATORS.split()},
    **_SHAPES,
    **_ONE_ARGUMENT,
    **_TWO_ARGUMENTS,
}

ARGUMENTS = {f"\\{name}": max(body.count("#"), 1) for name, body in MACROS.items() if "#" in body}
"""How many arguments each of these commands takes."""
