"""Code in colours: of a whole block, and of one that is being written, which ends as the same HTML."""

import re

from pygments.token import Comment, String, Text  # type: ignore[import-untyped]

from chatsite.rendering.css_classes import spans
from chatsite.rendering.languages import SLOW_LEXERS, is_highlighted_by_line, lexer, lexer_name
from chatsite.rendering.resumable_lexer import Kind, resumed_tokens
from chatsite.rendering.safety import escape

MAX_HIGHLIGHTED_CHARACTERS = 50_000
"""Characters of one block that get colours, which cost 1 to 4 µs a character; the rest is plain."""

_MAX_SLOW_CHARACTERS = 12_000
_COSTLY = re.compile(r"[^\n]{401}|\s{201}")
_SLOW_COSTLY = re.compile(r"[^\n]{161}|\s{161}")
"""Long lines, and long runs of blanks: many lexers' patterns are quadratic in them."""

_PIECE_CHARACTERS = 4000
_SMALL_PIECE_CHARACTERS = 1000
_MARKDOWN_PIECE_CHARACTERS = 2000
"""Markdown's lexer searches all following text for the end of each fence."""
_BORDER = re.compile(r"\n[ \t]*\n(?=\S)")
_MAX_OPEN_CHARACTERS = 2000
_OPENED = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`[^`]*`|//[^\n]*|/\*.*?\*/|(?P<comment>/\*)|(?P<string>`)',
    re.DOTALL,
)
"""The beginning of a comment or of Go's raw string without its end: such a one is read in one go over all its lines."""


def highlighted(language: str, code: str) -> str:
    """Code as HTML with a span for each highlighted token; plain when the language is unknown, and where it is long."""
    return highlighter(language).finished(code)


def highlighter(language: str) -> "Highlighter":
    """The colours of a block that is about to be written."""
    name = lexer_name(language)
    if not name:
        return Highlighter(language)
    return (
        LineHighlighter(language, name) if is_highlighted_by_line(name) else PieceHighlighter(language, name)
    )


class Highlighter:
    """The code of a block that is being written; as text, for a language that is not known."""

    _limit = MAX_HIGHLIGHTED_CHARACTERS
    _costly = _COSTLY

    def __init__(self, language: str) -> None:
        self.language = language
        self._begin()

    def _begin(self) -> None:
        self._done = [""]
        self._done_size = 0
        self._code = ""

    def html(self, code: str) -> str:
        """The code so far as HTML; cheap when it begins with the code of the last call."""
        self._take(code)
        return self._whole(self._open(code[self._done_size :]))

    def finished(self, code: str) -> str:
        """The whole code as HTML."""
        self._take(code)
        return self._whole(self._ended(code[self._done_size :]))

    def _take(self, code: str) -> None:
        if not code.startswith(self._code):
            self._begin()
        self._code = code
        self._colour(code[self._done_size :])

    def _colour(self, code: str) -> None:
        """Give final colours to as much code as possible."""

    def _open(self, code: str) -> str:
        """HTML of the code that has no final colours yet."""
        return escape(code)

    def _ended(self, code: str) -> str:
        """The same, when nothing comes after it."""
        return escape(code)

    def _is_plain(self, code: str) -> bool:
        return self._done_size + len(code) > self._limit or self._costly.search(code) is not None

    def _add(self, code: str, html: str) -> None:
        self._done.append(html)
        self._done_size += len(code)

    def _whole(self, rest: str) -> str:
        self._done = ["".join(self._done)]
        return self._done[0] + rest


class LineHighlighter(Highlighter):
    """Code whose lines are highlighted one by one, because the lexer continues from line to line.

    Only a comment over several lines waits for its end.
    """

    def __init__(self, language: str, name: str) -> None:
        super().__init__(language)
        self._lexer = lexer(name)
        self._waits_for = ("comment", "string") if name == "go" else ("comment",)

    def _begin(self) -> None:
        super()._begin()
        self._states = ["root"]
        self._open_size = 0

    def _colour(self, code: str) -> None:
        begun, seen = 0, self._open_size
        while end := code.find("\n", seen) + 1:
            if end - begun > _MAX_OPEN_CHARACTERS or not self._is_open(code[begun:end], code[seen:end]):
                self._add(code[begun:end], self._coloured(code[begun:end], self._states))
                begun = end
            seen = end
            self._open_size = seen - begun

    def _ended(self, code: str) -> str:
        return self._coloured(code, [*self._states])

    def _is_open(self, lines: str, last: str) -> bool:
        """Whether a comment or a string continues after some lines; all but the last of them are known to be open."""
        if self._done_size > self._limit or ("/*" not in lines and "`" not in lines):
            return False
        if len(last) < len(lines) and "*/" not in last and "`" not in last:
            return True
        return any(found.lastgroup in self._waits_for for found in _OPENED.finditer(lines))

    def _coloured(self, code: str, states: list[str]) -> str:
        if self._is_plain(code):
            return escape(code)
        return spans(resumed_tokens(self._lexer, code, states))


class PieceHighlighter(Highlighter):
    """Code that is highlighted in pieces of bounded size, cut before an unindented line after a blank one, else a line.

    Many lexers are quadratic in unlucky code; in pieces a block's cost is linear, and a function is seldom cut. Until
    its piece is whole a line is highlighted by itself, with the lines before it only while those end inside a string or
    a comment: a good guess.
    """

    def __init__(self, language: str, name: str) -> None:
        super().__init__(language)
        self._lexer = lexer(name)
        self._size = _MARKDOWN_PIECE_CHARACTERS if name == "markdown" else _PIECE_CHARACTERS
        if name in SLOW_LEXERS:
            self._limit, self._size, self._costly = (
                _MAX_SLOW_CHARACTERS,
                _SMALL_PIECE_CHARACTERS,
                _SLOW_COSTLY,
            )

    def _begin(self) -> None:
        super()._begin()
        self._no_guess()

    def _no_guess(self) -> None:
        self._guess, self._guess_size, self._next_size = "", 0, 1

    def _colour(self, code: str) -> None:
        while len(code) > self._size:
            window = code[: self._size]
            borders = [found.end() for found in _BORDER.finditer(window, self._size // 4)]
            piece = code[: borders[-1] if borders else window.rfind("\n") + 1 or self._size]
            self._add(piece, self._ended(piece) if "\n" in piece else escape(piece))
            self._no_guess()
            code = code[len(piece) :]

    def _open(self, code: str) -> str:
        lines = code[self._guess_size : code.rfind("\n") + 1]
        if len(lines) >= self._next_size:
            self._guess_on(lines)
        return self._guess + escape(code[self._guess_size :])

    def _guess_on(self, lines: str) -> None:
        """Colour some more lines; those that end inside a string are read again after they grew by a fourth."""
        tokens = self._tokens(lines)
        if _ends_open(tokens) and len(lines) <= _MAX_OPEN_CHARACTERS:
            self._next_size = len(lines) * 5 // 4
        else:
            self._guess += spans(tokens)
            self._guess_size += len(lines)
            self._next_size = 1

    def _ended(self, code: str) -> str:
        return spans(self._tokens(code))

    def _tokens(self, code: str) -> list[tuple[Kind, str]]:
        if self._is_plain(code):
            return [(Text, code)]
        return [(kind, text) for _, kind, text in self._lexer.get_tokens_unprocessed(code)]


def _ends_open(tokens: list[tuple[Kind, str]]) -> bool:
    """Whether a string or a comment continues after the last line end."""
    kind = tokens[-1][0]
    return (kind in String or kind in Comment) and kind not in Comment.Single
