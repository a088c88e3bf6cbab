"""Prepares a model's TeX for the converter: limits it, refuses definitions, rewrites commands the converter lacks."""

import re
from collections.abc import Callable

from chatsite.rendering import tex_macros
from chatsite.rendering.chemistry import chemistry
from chatsite.rendering.tex_nesting import is_too_deep

MAX_SOURCE_CHARACTERS = 2000
"""The most characters of one formula. Longer ones are shown as source."""

_REFUSED = re.compile(
    r"\\(?:(?:re|provide)?(?:new)?command|(?:re)?newenvironment|Declare[A-Za-z]+|[egx]?def|(?:future)?let|global|csname|eqref)"
    r"(?![A-Za-z])"
)
_ALIGNED = ("align", "aligned", "alignat", "alignedat", "flalign", "split")
_GATHERED = ("gather", "gathered", "multline", "multlined")
_WITHOUT_ROWS = ("equation", "displaymath", "math")
_MATRIX = ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix")
_SMALL = {
    "smallmatrix": ("", ""),
    "psmallmatrix": (r"\left(", r"\right)"),
    "bsmallmatrix": (r"\left[", r"\right]"),
}
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{\s*([A-Za-z]+)(\*?)\s*\}(?:\[[tbclr]\])?")
_COLUMNS = re.compile(r"(\\begin\{aligned\})\s*\{\d+\}")
_LAST_RULE = re.compile(
    r"(\\begin\{array\}\{([^{}]*)\}(?:(?!\\begin\{array\}).)*?\\hline)\s*(?=\\end\{array\})", re.DOTALL
)
_TAG = re.compile(r"\\tag(\*?)\s*\{([^{}]*)\}")
_SPACE = r"[-+]?[\d.]*\s*(?:pt|em|ex|mu|mm|cm|in|pc|bp|px|\\[A-Za-z]+)"
"""A length, such as the space below a row; rows have none here."""

_SPELLINGS = (
    (re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])|\\label\s*\{[^{}]*\}"), ""),
    (re.compile(r"\\cr(?![A-Za-z])"), r"\\\\"),
    (re.compile(rf"\\\\\*?(?:\s*\[\s*{_SPACE}\s*\])?"), r"\\\\"),
    (re.compile(r"\\(smash|cfrac)\s*\[[a-z]\]"), r"\\\1"),
    (re.compile(r"\\hspace\*"), r"\\hspace"),
    (re.compile(r"\\left\s*<"), r"\\left\\langle "),
    (re.compile(r"\\right\s*>"), r"\\right\\rangle "),
    (re.compile(r"(?<=\d)%"), r"\\%"),
    (re.compile(r"(?<!\\)#"), r"\\#"),
)
_OPTION = re.compile(rf"\\(?:{'|'.join(name[1:] for name in tex_macros.ARGUMENTS)})\s*[\[(*]")
"""An option, a star or a parenthesis of a command that has none here. It would be part of the formula."""

_MARKS = re.compile(r"[\\%#]")
_TEXT = (
    "text",
    "textnormal",
    "textup",
    "textmd",
    "mbox",
    "hbox",
    "textbf",
    "textit",
    "textrm",
    "texttt",
    "textsf",
)
_UNKNOWN_TEXT = frozenset(("textnormal", "textup", "textmd", "mbox", "hbox"))
_NOT_IN_TEXT = re.compile(r"(?<!\\)[_&%#^]")
_IN_TEXT = {"_": r"\_", "&": r"\&", "%": r"\%", "#": r"\#", "^": r"\textasciicircum "}
_BRACE = re.compile(r"\\.|[{}]|\Z", re.DOTALL)
_TOP_LEVEL = re.compile(r"\\(?:begin|end|left|right)(?![A-Za-z])|\\newline(?![A-Za-z])|\\.|[{}&]", re.DOTALL)


class Refused(ValueError):
    """The formula is not converted; its source is shown."""


def prepared(tex: str, *, display: bool) -> str:
    """Return the formula in TeX that the converter reads. Raises Refused when it must not be converted."""
    if len(tex) > MAX_SOURCE_CHARACTERS:
        raise Refused("too long")
    if _REFUSED.search(tex):
        raise Refused("a definition or a reference")
    if is_too_deep(tex, tex_macros.ARGUMENTS):
        raise Refused("too deep")
    if not _MARKS.search(tex):
        return tex
    tex = _rewritten(tex)
    for pattern, replacement in _SPELLINGS:
        tex = pattern.sub(replacement, tex)
    if _OPTION.search(tex):
        raise Refused("an unknown option")
    tex = _LAST_RULE.sub(lambda rule: rule[1] + "&" * (len(re.findall("[lcr]", rule[2])) - 1), tex)
    return _in_rows(tex) if not _TAG.search(tex) else _tagged(tex, display=display)


def _in_rows(tex: str) -> str:
    """Return the formula without equation numbers; several lines become rows."""
    tex = _COLUMNS.sub(r"\1", _ENVIRONMENT.sub(_unnumbered, tex))
    marks = _at_top_level(tex)
    if "\\\\" not in marks:
        return tex
    name = "aligned" if "&" in marks else "gathered"
    return rf"\begin{{{name}}}{tex}\end{{{name}}}"


def _unnumbered(found: re.Match[str]) -> str:
    edge, name, star = found.groups()
    if name in _SMALL:
        before, after = _SMALL[name]
        return rf"{before}\begin{{subarray}}{{c}}" if edge == "begin" else rf"\end{{subarray}}{after}"
    if name in _ALIGNED:
        name = "aligned"
    elif name in _GATHERED:
        name = "gathered"
    elif name in _WITHOUT_ROWS:
        return " "
    elif name == "eqnarray":
        return r"\begin{darray}{rcl}" if edge == "begin" else r"\end{darray}"
    elif name not in _MATRIX:
        return rf"\{edge}{{{name}{star}}}"
    return rf"\{edge}{{{name}}}"


def _at_top_level(tex: str) -> set[str]:
    """Return which of `&` and `\\\\` occur outside all groups."""
    level, found = 0, set()
    for mark in _TOP_LEVEL.findall(tex):
        if mark in ("{", r"\begin", r"\left"):
            level += 1
        elif mark in ("}", r"\end", r"\right"):
            level -= 1
        elif not level and mark in ("&", "\\\\", r"\newline"):
            found.add("&" if mark == "&" else "\\\\")
    return found


def _tagged(tex: str, *, display: bool) -> str:
    """Return a formula that has `\\tag`: one number for the whole formula, or one a row."""
    tags = _TAG.findall(tex)
    if len(tags) > 1 and display:
        return _ENVIRONMENT.sub(_numbered, tex)
    body = _in_rows(_TAG.sub("", tex))
    star, label = tags[0]
    if display and label.isascii() and label.replace(".", "").replace(" ", "").isalnum():
        return rf"\begin{{equation*}}{body}\tag{star}{{{label}}}\end{{equation*}}"
    shown = label if star else f"({label})"
    return rf"{body}\qquad\text{{{shown}}}"


def _numbered(found: re.Match[str]) -> str:
    """Return the environment's edge as one whose rows have only the numbers of their tags."""
    edge, name, _ = found.groups()
    if name in _ALIGNED:
        return rf"\{edge}{{align*}}"
    return rf"\{edge}{{gather*}}" if name in _GATHERED else _unnumbered(found)


def _substack(lines: str) -> str:
    return rf"\begin{{subarray}}{{c}}{lines}\end{{subarray}}"


def _derivative(d: str, over: str, by: str | None) -> str:
    return rf"\frac{{{d} {over}}}{{{d} {by}}}" if by is not None else rf"\frac{{{d}}}{{{d} {over}}}"


def _colored(color: str) -> str:
    hexadecimal = re.fullmatch(r"#([0-9A-Fa-f]{6})", color)
    return rf"\color[HTML]{{{hexadecimal[1].upper()}}}" if hexadecimal else rf"\color{{{color}}}"


def _written(command: str) -> Callable[[str], str]:
    """Return a function that writes the content of a text command so that the converter reads it as text."""
    name = "text" if command in _UNKNOWN_TEXT else command

    def text(content: str) -> str:
        words, *others = content.split("$")
        if len(others) % 2:
            raise Refused("half a formula in a text")
        parts = [words, *others]
        return "".join(
            part if place % 2 else rf"\{name}{{{_NOT_IN_TEXT.sub(lambda mark: _IN_TEXT[mark[0]], part)}}}"
            for place, part in enumerate(parts)
            if part or len(parts) == 1
        )

    return text


_Rewrite = tuple[int, int, Callable[..., str]]
"""The fewest and the most arguments, and the function that rewrites the command."""

_REWRITES: dict[str, _Rewrite] = {
    "substack": (1, 1, _substack),
    "dv": (1, 2, lambda over, by=None: _derivative(r"\mathrm{d}", over, by)),
    "pdv": (1, 2, lambda over, by=None: _derivative(r"\partial", over, by)),
    "color": (1, 1, _colored),
    "textcolor": (2, 2, lambda color, content: f"{{{_colored(color)}{content}}}"),
    "ce": (1, 1, chemistry),
    **{name: (1, 1, _written(name)) for name in _TEXT},
}
_REWRITTEN = re.compile(rf"\\({'|'.join(sorted(_REWRITES, key=len, reverse=True))})(?![A-Za-z])")


def _rewritten(tex: str) -> str:
    """Return the TeX with commands rewritten that the converter lacks or reads differently."""
    parts: list[str] = []
    position = 0
    for found in _REWRITTEN.finditer(tex):
        fewest, most, rewrite = _REWRITES[found[1]]
        if found.start() < position:
            continue
        arguments, end = _arguments(tex, found.end(), most)
        if len(arguments) >= fewest:
            parts += (tex[position : found.start()], rewrite(*map(_rewritten, arguments)))
            position = end
    return "".join((*parts, tex[position:]))


def _arguments(tex: str, position: int, most: int) -> tuple[list[str], int]:
    """Return the groups in braces after `position`, at most `most`, and the end of the last one."""
    arguments: list[str] = []
    while len(arguments) < most:
        begun = position + len(tex[position:]) - len(tex[position:].lstrip())
        end = _group_end(tex, begun)
        if not end:
            break
        arguments.append(tex[begun + 1 : end - 1])
        position = end
    return arguments, position


def _group_end(tex: str, position: int) -> int:
    """Return the end of the group that begins at `position`; 0 when none begins there or it does not end."""
    level = 0
    for found in _BRACE.finditer(tex, position):
        if found.start() == position and found[0] != "{":
            return 0
        level += {"{": 1, "}": -1}.get(found[0], 0)
        if not level:
            return found.end()
    return 0
