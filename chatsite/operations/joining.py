"""One file of a stylesheet or script and all that it imports, so that a page requests few files.

The source works without this: a browser follows the imports by itself, with one request for each.
"""

import re
from collections.abc import Callable

# Returns the text of the file with this name.
Read = Callable[[str], str]

STYLE_IMPORT = re.compile(r'^@import "([\w-]+\.css)" layer\((\w+)\);$', re.MULTILINE)
SCRIPT_IMPORT = re.compile(r'^import (?:\{([^{}]*)\} from )?"\./([\w-]+\.js)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) (\w+))", re.MULTILINE)
# Other forms of imports and exports, which nothing here needs.
UNKNOWN = re.compile(r"^(?:@import|import|export)\b.*|\bimport[.(]", re.MULTILINE)


class CannotJoin(ValueError):
    """An import or export of a form that is not known here, or modules that import each other."""


def join_styles(name: str, read: Read) -> str:
    """The stylesheet with the text of each import in its place, in its layer."""
    text = STYLE_IMPORT.sub(lambda found: f"@layer {found[2]} {{\n{read(found[1])}}}", read(name))
    return _checked(name, text)


def join_scripts(name: str, read: Read) -> str:
    """The modules in the order in which a browser runs them. Each becomes a function that runs once, with a scope of
    its own, and returns what the module exports."""
    functions: dict[str, str] = {}
    _add_module(name, read, functions, ())
    return "".join(functions.values())


def _add_module(name: str, read: Read, functions: dict[str, str], importers: tuple[str, ...]) -> None:
    if name in importers:
        raise CannotJoin(f"These modules import each other: {', '.join(importers)}.")
    if name in functions:
        return
    text = read(name)
    for found in SCRIPT_IMPORT.finditer(text):
        _add_module(found[2], read, functions, (*importers, name))
    functions[name] = _function(name, text)


def _function(name: str, text: str) -> str:
    exports = ", ".join(EXPORT.findall(text))
    body = _checked(name, EXPORT.sub("", SCRIPT_IMPORT.sub(_binding, text)))
    return f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();\n"


def _binding(found: re.Match[str]) -> str:
    names = (found[1] or "").replace(" as ", ": ")
    return f"const {{{names}}} = {_variable(found[2])};" if names else ""


def _variable(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))


def _checked(name: str, text: str) -> str:
    if found := UNKNOWN.search(text):
        raise CannotJoin(f"{name} has an import or export of an unknown form: {found[0]}")
    return text
