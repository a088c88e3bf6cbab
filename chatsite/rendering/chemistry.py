r"""Chemical formulas in the notation of `\ce{…}`, as TeX."""

import re

_ARROWS = {
    "->": r"\longrightarrow",
    "<-": r"\longleftarrow",
    "<->": r"\longleftrightarrow",
    "<=>": r"\rightleftharpoons",
    "=>": r"\Rightarrow",
}
_WORD = re.compile(
    r"(?P<coefficient>(?<![^\s*])\d+(?:/\d+)?(?=[A-Z(\[]))|(?P<element>[A-Z][a-z]?|e(?=\^?-))|(?P<state>\((?:s|l|g|aq)\))"
    r"|(?P<count>\d+)|\^(?P<charge>\{[\d+-]*\}|\d*[+-])|(?P<sign>(?<=\S)[+-](?!\S))"
    r"|(?P<arrow><=>|<->|->|<-|=>)|(?P<bracket>[()\[\]])|(?P<plus>\+)|(?P<bond>[-=#](?=[A-Z]))|(?P<dot>\*)|(?P<space>\s+)"
)


def chemistry(source: str) -> str:
    """TeX for reactions of plain formulas; what is not one of these stays `\\ce`, which the converter refuses."""
    parts: list[str] = []
    position = 0
    while position < len(source):
        found = _WORD.match(source, position)
        if found is None:
            return rf"\ce{{{source}}}"
        parts.append(_tex(found.lastgroup or "", found))
        position = found.end()
    return "".join(parts)


def _tex(kind: str, found: re.Match[str]) -> str:
    text = found[kind]
    if kind == "element":
        return rf"\mathrm{{{text}}}"
    if kind == "count":
        return f"_{{{text}}}"
    if kind in ("charge", "sign"):
        return f"^{{{text.strip('{}')}}}"
    if kind == "state":
        return rf"\mathrm{{{text}}}"
    if kind == "arrow":
        return _ARROWS[text]
    if kind == "coefficient":
        return rf"{text}\,"
    if kind == "bond":
        return {"-": "{-}", "=": "{=}", "#": r"{\equiv}"}[text]
    return {"space": "", "dot": r"\cdot "}.get(kind, text)
