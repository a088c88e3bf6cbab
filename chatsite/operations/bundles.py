"""One file of a stylesheet or script and all that it imports, so that a page requests few files.

The source works without this: a browser follows the imports by itself, with one request for each.
"""

import posixpath
import re

# The text of each file, by its path.
Files = dict[str, str]

STYLE_IMPORT = re.compile(r'^@import "(?P<file>[\w-]+\.css)"(?: layer\((?P<layer>\w+)\))?;$', re.MULTILINE)
SCRIPT_IMPORT = re.compile(
    r'^import (?:\{(?P<names>[^{}]*)\} from )?"\./(?P<file>[\w-]+\.js)";$', re.MULTILINE
)
EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) (\w+))", re.MULTILINE)
# Other forms of imports and exports, which nothing here needs.
UNKNOWN = re.compile(r"^(?:@import|import|export)\b.*|\bimport[.(]", re.MULTILINE)


class CannotJoin(ValueError):
    """An import that leads nowhere or in a circle, or one of a form that is not known here."""


def joined(files: Files) -> Files:
    """Return the files that no other one imports, each with all that it imports."""
    imported = {each for name in files for each in _imports(name, files)}
    return {name: _joined(name, files) for name in files if name not in imported}


def _imports(name: str, files: Files) -> list[str]:
    pattern = SCRIPT_IMPORT if name.endswith(".js") else STYLE_IMPORT
    return [_beside(name, found["file"]) for found in pattern.finditer(files[name])]


def _beside(name: str, file: str) -> str:
    return posixpath.join(posixpath.dirname(name), file)


def _joined(name: str, files: Files) -> str:
    if not _imports(name, files):
        return _checked(name, files[name])
    return join_scripts(name, files) if name.endswith(".js") else join_styles(name, files)


def join_styles(name: str, files: Files) -> str:
    """Return the stylesheet with the text of each import in its place, in its layer if it has one."""

    def imported(found: re.Match[str]) -> str:
        text = files[_beside(name, found["file"])]
        return f"@layer {found['layer']} {{\n{text}}}" if found["layer"] else text

    return _checked(name, STYLE_IMPORT.sub(imported, files[name]))


def join_scripts(name: str, files: Files) -> str:
    """Return the modules in the order in which a browser runs them. Each becomes a function that runs once, with a
    scope of its own, and returns what the module exports."""
    functions: dict[str, str] = {}
    _add_module(name, files, functions, ())
    return "".join(functions.values())


def _add_module(name: str, files: Files, functions: dict[str, str], importers: tuple[str, ...]) -> None:
    if name in importers:
        raise CannotJoin(f"These modules import each other: {', '.join(importers)}.")
    if name in functions:
        return
    for found in SCRIPT_IMPORT.finditer(files[name]):
        module = _beside(name, found["file"])
        _add_module(module, files, functions, (*importers, name))
        _refuse_unknown_names(name, found, exports=EXPORT.findall(files[module]))
    functions[name] = _function(name, files[name])


def _refuse_unknown_names(name: str, found: re.Match[str], exports: list[str]) -> None:
    names = re.findall(r"(\w+)(?: as \w+)?(?:,|\s*$)", found["names"] or "")
    if unknown := set(names) - set(exports):
        raise CannotJoin(f"{name} imports {', '.join(unknown)}, which {found['file']} does not export.")


def _function(name: str, text: str) -> str:
    exports = ", ".join(EXPORT.findall(text))
    body = _checked(name, EXPORT.sub("", SCRIPT_IMPORT.sub(_binding, text)))
    return f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();\n"


def _binding(found: re.Match[str]) -> str:
    names = (found["names"] or "").replace(" as ", ": ")
    return f"const {{{names}}} = {_variable(found['file'])};" if names else ""


def _variable(name: str) -> str:
    return "$" + re.sub(r"\W", "_", posixpath.basename(name).removesuffix(".js"))


def _checked(name: str, text: str) -> str:
    if found := UNKNOWN.search(text):
        raise CannotJoin(f"{name} has an import or export of an unknown form: {found[0]}")
    return text
