"""The languages that code is highlighted in, each by a lexer of Pygments."""

from functools import cache

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

from chatsite.rendering.resumable_lexer import is_resumable

_LANGUAGES = """
    python py py3 python3|pycon|javascript js jsx node mjs|typescript ts tsx|json jsonc json5|html htm xhtml|
    xml svg rss xsd|css|scss|less|bash sh shell zsh ksh|console shell-session sh-session|powershell ps1 pwsh|
    batch bat cmd|c h|cpp c++ cc cxx hpp|csharp c# cs|java|kotlin kt kts|scala|swift|objective-c objc|go golang|
    rust rs|ruby rb|php|perl pl|lua|r|julia jl|dart|elixir ex exs|erlang erl|haskell hs|ocaml ml|clojure clj|
    fsharp f#|sql|postgresql postgres psql plpgsql|sqlite3|yaml yml|toml|ini cfg conf properties|
    docker dockerfile|make makefile|cmake|nginx|terraform tf hcl|diff patch|graphql gql|protobuf proto|
    latex tex|markdown md|http|matlab octave|nasm asm|vim|zig|groovy gradle|django jinja jinja2
"""
"""Pygments' name of each language that is highlighted, and other names people give it; none is ever guessed."""


LEXERS = {alias: names[0] for names in (line.split() for line in _LANGUAGES.split("|")) for alias in names}

LINE_LEXERS = frozenset(
    (
        "python",
        "javascript",
        "typescript",
        "java",
        "csharp",
        "css",
        "scss",
        "less",
        "go",
        "rust",
        "kotlin",
        "sql",
        "ini",
    )
)
"""Lexers that give each line the colours it has in the whole, when they continue with the states of the line before."""

SLOW_LEXERS = frozenset(("console", "groovy", "make", "terraform"))
"""Lexers that need seconds for 10 kB of unlucky code: their pieces, blocks and lines are small."""


def lexer_name(language: str) -> str:
    """Pygments' name of the language that a fence names; empty when it is not one of these."""
    return LEXERS.get(language.lower(), "")


@cache
def lexer(name: str) -> Lexer:
    """The lexer of that name, which leaves the text as it is."""
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)


@cache
def is_highlighted_by_line(name: str) -> bool:
    """Whether this language's code is highlighted line by line."""
    return name in LINE_LEXERS and is_resumable(lexer(name))
