"""The elements of a JSON array, one after another, from a text that is never held whole."""

import re
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

from chatsite.history.exchange import deep_json
from chatsite.history.exchange.errors import FileError

# Characters that are read at once. A longer element is read again from its beginning, each time with twice as much.
CHUNK = 256 * 1024
# Characters of one conversation, and bytes that its values may take in memory, its texts not counted.
MAX_ELEMENT = 48 * 1024 * 1024
MAX_VALUE_BYTES = 192 * 1024 * 1024
BYTES_OF_OBJECT, BYTES_OF_VALUE = 184, 32
# What is cut by the end of what was read, such as `fals`, is shorter.
CUT = 16

DECODER = JSONDecoder(strict=False, parse_int=deep_json.integer, parse_constant=lambda _: None)
BLANKS = re.compile(r"[ \t\n\r]*")
QUIET = re.compile(r'[^"{}\[\]]*')
# Bounded: each escape takes memory until the match ends.
STRING_REST = re.compile(r'[^"\\]*(?:\\.[^"\\]*){0,1000}', re.DOTALL)
# What a file that breaks off may end with.
LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
NUMBER_REST = re.compile(r"\.|[eE][+-]?")


class Incomplete(Exception):
    """The value is longer than what was read. `is_cut`: what was read is valid so far."""

    def __init__(self, is_cut: bool) -> None:
        super().__init__()
        self.is_cut = is_cut


class TooLarge(Exception):
    """One value that is larger than a conversation may be. It has been passed over."""


class JsonStream:
    """Reads values. `read(size)` returns `size` characters, fewer only at the end."""

    def __init__(
        self, read: Callable[[int], str], chunk: int = CHUNK, max_element: int = MAX_ELEMENT
    ) -> None:
        self._read = read
        self._chunk = chunk
        self._max_element = max_element
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not a blank; empty at the end."""
        while True:
            found = BLANKS.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._fill()

    def take(self, char: str) -> None:
        """Skip this character. Raises FileError if another one is found."""
        found = self.peek()
        if found != char:
            raise FileError("not_json" if found else "truncated")
        self._at += 1

    def array(self) -> Iterator[Any]:
        """The elements of the array that begins here; TooLarge, as a value, for those that are."""
        self.take("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            try:
                yield self.value()
            except TooLarge as error:
                yield error
            if self.peek() == "]":
                break
            self.take(",")
        self._at += 1

    def value(self) -> Any:
        """The value that begins here. Raises FileError; TooLarge, once it is passed over."""
        self.peek()
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except Incomplete as error:
                if self._ended:
                    raise FileError("truncated" if error.is_cut else "not_json") from None
            else:
                # A number may continue.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > self._max_element or _is_heavy(self._text, self._at):
                self._pass_over()
                raise TooLarge
            self._fill()

    def _fill(self) -> None:
        """Read as much as there is, and no less than a chunk."""
        rest = self._text[self._at :]
        more = self._read(max(self._chunk, len(rest)))
        self._ended = not more
        self._text, self._at = rest + more, 0

    def _pass_over(self) -> None:
        """Pass over the array, object or string that begins here, and keep nothing of it."""
        if self._text[self._at] not in '"[{':
            raise FileError("not_json")
        depth = 0
        while True:
            char = self._passed(QUIET)
            self._at += 1
            if char == '"':
                while self._passed(STRING_REST) != '"':
                    self._pass_escape()
                self._at += 1
            elif char in "{[":
                depth += 1
            elif char in "}]":
                depth -= 1
            if depth == 0:
                return

    def _passed(self, quiet: re.Pattern[str]) -> str:
        """The next character that matters."""
        while True:
            found = quiet.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                raise FileError("truncated")
            self._fill()

    def _pass_escape(self) -> None:
        """Read on where the end of what was read has cut a backslash from what it escapes."""
        if self._at + 1 < len(self._text):
            return
        if self._ended:
            raise FileError("truncated")
        self._fill()


def _decode(text: str, at: int) -> tuple[Any, int]:
    try:
        try:
            return DECODER.raw_decode(text, at)
        except RecursionError:
            return deep_json.decode(text, at)
    except JSONDecodeError as error:
        if error.msg.startswith("Unterminated string"):
            raise Incomplete(is_cut=True) from None
        if error.pos >= len(text) - CUT:
            raise Incomplete(_is_cut(error.msg, text[error.pos :].strip())) from None
        raise FileError("not_json") from None


def _is_cut(message: str, rest: str) -> bool:
    if message.startswith("Invalid \\") or NUMBER_REST.fullmatch(rest):
        return True
    return any(literal.startswith(rest) for literal in LITERALS)


def _is_heavy(text: str, at: int) -> bool:
    """Whether what was read of a value would take too much memory: a thousand empty lists are a short text."""
    if (len(text) - at) * BYTES_OF_OBJECT < MAX_VALUE_BYTES:
        return False
    values = text.count(",", at) + text.count("[", at)
    return text.count("{", at) * BYTES_OF_OBJECT + values * BYTES_OF_VALUE > MAX_VALUE_BYTES
