"""Attributes of the converter's MathML as this site writes them: styles are classes, and lengths are bounded."""

import re
from functools import lru_cache

MAX_LENGTH_EM = 20
"""The longest width or shift in a formula."""

MAX_LINE_EM = 1
"""The thickest line of a fraction."""

_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"\s*')
_KEPT = re.compile(
    r"displaystyle=(?:true|false)|scriptlevel=[0-9]|mathvariant=normal|display=block|form=(?:prefix|infix|postfix)"
    r"|(?:stretchy|movablelimits|symmetric|largeop|accent|accentunder)=(?:true|false)"
)
_LENGTHS = frozenset(
    ("lspace", "rspace", "minsize", "maxsize", "width", "height", "voffset", "linethickness")
)
_LENGTH = re.compile(r"(-?\d*\.?\d+(?:e-?\d+)?)(em|rem|ex|)")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_NOTATIONS = {
    "box": "box",
    "updiagonalstrike": "up",
    "downdiagonalstrike": "down",
    "actuarial": "actuarial",
    "phasorangle": "phase",
}
_CLASSES = {"math-core-sans-serif-font": "sans", "math-core-serif-font": "serif"}
_WHOLE_STYLES = {
    "text-align: right;justify-items: end;padding-right: 0;": "before",
    "text-align: left;justify-items: start;padding-left: 0;": "after",
}
"""Cells on both sides of an alignment mark."""

_STYLES = {
    "text-align:left": "left",
    "text-align:right": "right",
    "justify-items:start": "",
    "justify-items:end": "",
    "padding-left:0": "joined-left",
    "padding-right:0": "joined-right",
    "padding-left:1em": "condition",
    "padding-top:0": "tight",
    "padding-bottom:0": "",
    "padding-left:0.1em": "line",
    "padding-right:0.1em": "",
    "padding-top:0.1667em": "cfrac",
    "border-left:0.05em solid currentcolor": "rule-left",
    "border-left:0.05em dashed currentcolor": "rule-left dashed",
    "border-right:0.05em solid currentcolor": "rule-right",
    "border-right:0.05em dashed currentcolor": "rule-right dashed",
    "border-top:0.05em solid currentcolor": "rule-top",
    "border-top:0.05em dashed currentcolor": "rule-top dashed",
    "width:100%": "numbered",
    "width:50%": "margin",
    "font-variant-caps:small-caps": "small-caps",
    "math-shift:compact": "",
    **{
        f"padding-{side}:{width}em": f"space-{side}-{mu}"
        for side in ("left", "right")
        for width, mu in (("0.1667", 3), ("0.2222", 4), ("0.2778", 5))
    },
    **{f"font-size:{size}%": f"size-{size}" for size in (50, 60, 70, 80, 90, 120, 140, 170, 200, 250)},
    "font-size:100%": "",
}
"""The class for each declaration; empty where the stylesheet needs none."""

_BACK = ((0.2, "back-3"), (0.25, "back-4"), (0.4, "back-5"), (0.75, "back-9"), (1.5, "back-18"))
"""Up to this many em a negative space has this class; the stylesheet knows only these."""


class UnknownMarkup(ValueError):
    """The converter wrote something that this site does not know."""


@lru_cache(maxsize=1024)
def attributes(text: str) -> str:
    """The attributes of one tag as they are written on the page, each after a space.

    Raises UnknownMarkup for what is not on the lists.
    """
    written: list[str] = []
    classes: list[str] = []
    for name, value in _ATTRIBUTE.findall(text):
        if name == "style" and value in _WHOLE_STYLES:
            classes.append(_WHOLE_STYLES[value])
        elif name == "style":
            for declaration in filter(None, re.split(r";\s*", value)):
                _style(declaration.replace(": ", ":"), classes, written)
        elif name == "notation":
            classes += ["enclosed", *(_known(_NOTATIONS, notation) for notation in value.split())]
        elif name == "class":
            classes.append(_known(_CLASSES, value))
        else:
            written.append(_attribute(name, value))
    if classes := list(dict.fromkeys(filter(None, classes))):
        written.append(f'class="{" ".join(classes)}"')
    return "".join(f" {attribute}" for attribute in written)


def _style(declaration: str, classes: list[str], written: list[str]) -> None:
    name, _, value = declaration.partition(":")
    if name == "color" and _COLOR.fullmatch(value):
        written.append(f'mathcolor="{value}"')
    elif name == "margin-left":
        classes.append(_back(-_em(value)))
    elif name != "width" or declaration in _STYLES:
        classes += _known(_STYLES, declaration).split()


def _back(em: float) -> str:
    return next((css for most, css in _BACK if em < most), "back-36")


def _attribute(name: str, value: str) -> str:
    if name in _LENGTHS:
        most = MAX_LINE_EM if name == "linethickness" else MAX_LENGTH_EM
        length = max(-most, min(most, _em(value)))
        return f'{name}="{length:.4g}em"' if length else f'{name}="0"'
    if not _KEPT.fullmatch(f"{name}={value}"):
        raise UnknownMarkup(f"{name}={value}")
    return f'{name}="{value}"'


def _em(value: str) -> float:
    """A length in em: an rem is as long in text, and an ex about half as long."""
    length = _LENGTH.fullmatch(value)
    if length is None:
        raise UnknownMarkup(value)
    return float(length[1]) / (2 if length[2] == "ex" else 1)


def _known(names: dict[str, str], name: str) -> str:
    if name not in names:
        raise UnknownMarkup(name)
    return names[name]
