"""How deep a TeX formula nests: the converter calls itself for each level, and ends the process when it is too deep."""

import re

MAX_LEVELS = 64
"""Levels of one formula; formulas of people have fewer than 10."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}\[\]^_&]|[^\s\\{}\[\]^_&']", re.DOTALL)
_ENVIRONMENT = re.compile(r"(\\(?:begin|end))\s*\{[^{}]*\}")
_OPENERS = re.compile(r"[\\{\[^_]")
_GROUP, _OPTION = -1, -2
_REST = 1_000_000
"""Arguments of a command that holds all of its group that follows."""

_ARGUMENTS = {
    1: """sqrt hat bar vec tilde dot ddot dddot ddddot check breve acute grave mathring widehat widetilde widecheck
        utilde overline underline overrightarrow overleftarrow overleftrightarrow underrightarrow underleftarrow
        underleftrightarrow Overrightarrow overleftharpoon overrightharpoon overbrace underbrace overbracket
        underbracket overparen underparen overgroup undergroup underbar boxed fbox cancel bcancel xcancel angl phase
        text textbf textit textrm texttt textsf textsc emph mathbf mathrm mathit mathsf mathtt mathcal mathscr
        mathfrak mathbb Bbb frak bold bm boldsymbol symbf operatorname operatornamewithlimits mathbin mathrel mathop
        mathord mathopen mathclose mathpunct mathinner not slashed phantom hphantom vphantom cramped pmod pod bra ket
        braket set Bra Ket Braket Set xrightarrow xleftarrow xleftrightarrow xRightarrow xLeftarrow xLeftrightarrow
        xmapsto xhookrightarrow xhookleftarrow xrightleftharpoons xlongequal xleftharpoondown xleftharpoonup
        xleftrightharpoons xrightharpoondown xrightharpoonup xtofrom xtwoheadleftarrow
        xtwoheadrightarrow left middle right big Big bigg Bigg bigl
        Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm hspace mspace tag label eqref""",
    2: "frac dfrac tfrac cfrac binom dbinom tbinom overset underset stackrel textcolor raisebox",
    3: "prescript sideset",
    4: "mathchoice",
    6: "genfrac",
    _REST: "color displaystyle textstyle scriptstyle scriptscriptstyle",
}
_COUNTS = {"^": 1, "_": 1} | {
    f"\\{name}": count for count, names in _ARGUMENTS.items() for name in names.split()
}
_OPEN = frozenset(("{", "\\left", "\\begin", "\\begingroup"))
_CLOSE = frozenset(("}", "\\right", "\\end", "\\endgroup"))


def is_too_deep(tex: str, macros: dict[str, int]) -> bool:
    """Whether TeX may nest more than MAX_LEVELS levels; `macros` are further commands' numbers of arguments."""
    if len(_OPENERS.findall(tex)) <= MAX_LEVELS:
        return False
    return deepest(tex, _COUNTS | macros) > MAX_LEVELS


def deepest(tex: str, counts: dict[str, int]) -> int:
    """The most levels that are open at one position: groups, and commands and scripts that wait for their arguments.

    Without braces a command takes one token, so `\\sqrt\\sqrt x` and `\\frac1\\frac1x` nest as groups do.
    """
    levels: list[int] = []
    most = 0
    for token in _TOKEN.findall(_ENVIRONMENT.sub(r"\1 ", tex)):
        if token in _CLOSE:
            _close(levels, _GROUP)
        elif token == "]":
            _close(levels, _OPTION)
        elif token == "&" or token == "\\\\":
            _end_commands(levels)
        if token in _OPEN:
            levels.append(_GROUP)
        elif token == "[" and levels and levels[-1] > 0:
            levels.append(_OPTION)
        elif count := counts.get(token):
            levels.append(count)
        elif token != "]":
            _take(levels)
        most = max(most, len(levels))
    return most


def _close(levels: list[int], kind: int) -> None:
    """End the innermost group of a kind, with what is open in it."""
    for place in range(len(levels) - 1, -1, -1):
        if levels[place] == kind:
            del levels[place:]
            return
        if levels[place] == _GROUP:
            return


def _end_commands(levels: list[int]) -> None:
    """End the commands that wait in this group."""
    while levels and levels[-1] > 0:
        levels.pop()


def _take(levels: list[int]) -> None:
    """Take one argument; a command that has all of its own is an argument itself."""
    while levels and levels[-1] > 0:
        levels[-1] -= 1
        if levels[-1]:
            return
        levels.pop()
