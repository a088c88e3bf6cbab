"""Code blocks: the frame the page wires its buttons to, and colours by Pygments."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import STANDARD_TYPES, Comment, String, _TokenType  # type: ignore[import-untyped]

from chatsite.rendering.safety import escape

LIMIT = 50_000
"""Characters of one block that are coloured; a longer one is plain, because lexing costs about 1 µs a character."""

_COSTLY = re.compile(r"[^\n]{1001}|\s{201}")
"""Lines of more than 1000 characters, and long runs of blanks: some lexers' patterns are quadratic in them."""

_PIECE = 4000
_SMALL_PIECE = 1000
_SLOW_LIMIT = 12_000
_SLOW = frozenset(("csharp", "groovy", "java", "terraform"))
"""Lexers that need seconds for 10 kB of words without punctuation: their pieces and blocks are small."""

_BORDER = re.compile(r"\n[ \t]*\n(?=\S)")
_REGION = 2000
_LANGUAGES = """
    python py py3 python3|pycon|javascript js jsx node mjs|typescript ts tsx|json jsonc json5|html htm xhtml|
    xml svg rss xsd|css|scss|less|bash sh shell zsh ksh|console shell-session sh-session|powershell ps1 pwsh|
    batch bat cmd|c h|cpp c++ cc cxx hpp|csharp c# cs|java|kotlin kt kts|scala|swift|objective-c objc|go golang|
    rust rs|ruby rb|php|perl pl|lua|r|julia jl|dart|elixir ex exs|erlang erl|haskell hs|ocaml ml|clojure clj|
    fsharp f#|sql|postgresql postgres psql plpgsql|sqlite3|yaml yml|toml|ini cfg conf properties|
    docker dockerfile|make makefile|cmake|nginx|terraform tf hcl|diff patch|graphql gql|protobuf proto|
    latex tex|markdown md|http|matlab octave|nasm asm|vim|zig|groovy gradle|django jinja jinja2
"""
"""Pygments' name of each language that is coloured, and other names people give it; none is ever guessed."""

_LEXERS = {alias: names[0] for names in (line.split() for line in _LANGUAGES.split("|")) for alias in names}
_WORD = re.compile(r"[\w+#.-]{1,32}\Z")
_UNCOLOURED = frozenset(("", "err", "esc", "g", "ges", "gt", "n", "ni", "nx", "o", "p", "pm", "w", "x"))
"""Classes that the stylesheet gives no colour: their tokens need no element."""


def figure(language: str, code: str) -> str:
    """A code block as safe HTML; `language` is the fence's first word, `code` the text as written."""
    return framed(language, coloured(language, code))


def framed(language: str, html: str) -> str:
    """The block's frame round code that is HTML already."""
    return (
        f'<figure class="code"><figcaption><span>{label(language)}</span>'
        '<button type="button" data-wrap aria-pressed="false">Wrap</button>'
        '<button type="button" data-copy>Copy</button></figcaption>'
        f'<pre tabindex="0"><code class="highlight">{html}</code></pre></figure>'
    )


def label(language: str) -> str:
    """The language's name to show: as written when it is one plain word, else "text"."""
    return escape(language) if _WORD.match(language) else "text"


def coloured(language: str, code: str) -> str:
    """Code as HTML with a span for each coloured token; plain when the language is unknown or the code long."""
    lexer = _lexer(language.lower())
    slow = _LEXERS.get(language.lower()) in _SLOW
    if lexer is None or len(code) > (_SLOW_LIMIT if slow else LIMIT) or _COSTLY.search(code):
        return escape(code)
    size = _SMALL_PIECE if slow else _PIECE
    return "".join(_spans(_tokens(lexer, piece)) for piece in _pieces(code, size))


def _pieces(code: str, size: int) -> Iterator[str]:
    """Code in parts of bounded size, cut before an unindented line after a blank one, else between lines.

    Many lexers are quadratic in unlucky code; in parts a block's cost is linear, and a function is seldom cut.
    """
    start = 0
    while len(code) - start > size:
        window = code[start : start + size]
        borders = [found.end() for found in _BORDER.finditer(window, size // 4)]
        end = borders[-1] if borders else window.rfind("\n") + 1 or size
        yield window[:end]
        start += end
    yield code[start:]


def _tokens(lexer: Lexer, code: str) -> Iterator[tuple[_TokenType, str]]:
    return ((kind, text) for _, kind, text in lexer.get_tokens_unprocessed(code))


class GrowingCode:
    """The code of a block that is still being written: each line is coloured once, when it is whole.

    A line is lexed with the lines before it only while those end inside a string or a comment, so its colours are a
    good guess; the finished block is lexed as a whole.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._lexer = _lexer(language.lower())
        self._done = ""
        self._done_size = 0
        self._code = ""

    def html(self, code: str) -> str:
        """The code so far as HTML; cheap when it begins with the code of the last call."""
        if not code.startswith(self._code):
            self._done, self._done_size = "", 0
        self._code = code
        whole = code.rfind("\n") + 1
        if whole > self._done_size:
            self._colour(code[self._done_size : whole])
        return self._done + escape(code[self._done_size :])

    def _colour(self, region: str) -> None:
        if self._lexer is None or self._done_size + len(region) > LIMIT or _COSTLY.search(region):
            self._done += escape(region)
            self._done_size += len(region)
            return
        tokens = list(_tokens(self._lexer, region))
        if not _is_open(tokens) or len(region) > _REGION:
            self._done += _spans(tokens)
            self._done_size += len(region)


def _is_open(tokens: list[tuple[_TokenType, str]]) -> bool:
    """Whether a string or a comment goes on after the last line end."""
    kind = tokens[-1][0] if tokens else Comment.Single
    return (kind in String or kind in Comment) and kind not in Comment.Single


@lru_cache(maxsize=256)
def _lexer(language: str) -> Lexer | None:
    name = _LEXERS.get(language)
    return get_lexer_by_name(name, stripnl=False, ensurenl=False) if name else None


def _spans(tokens: Iterable[tuple[_TokenType, str]]) -> str:
    html: list[str] = []
    run, css = "", ""
    for kind, text in tokens:
        wanted = _css_class(kind)
        if wanted != css:
            html.append(_span(css, run))
            run, css = "", wanted
        run += text
    html.append(_span(css, run))
    return "".join(html)


def _span(css: str, text: str) -> str:
    return f'<span class="{css}">{escape(text)}</span>' if css and text else escape(text)


@lru_cache(maxsize=512)
def _css_class(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    css = STANDARD_TYPES.get(kind, "")
    return "" if css in _UNCOLOURED else css
