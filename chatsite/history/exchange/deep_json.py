"""JSON that nests deeper than Python's own decoder goes: decoded without recursion."""

import re
from collections.abc import Callable
from json import JSONDecodeError, decoder
from typing import Any

# Nobody's conversation nests this deep. A list costs some memory at each level.
MAX_DEPTH = 100_000

BLANKS = re.compile(r"[ \t\n\r]*")
SCALAR = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|true|false|null|NaN|-?Infinity")
CONSTANTS = {"true": True, "false": False}

END = object()
_string: Callable[[str, int, bool], tuple[str, int]] = decoder.scanstring  # type: ignore[attr-defined]


def decode(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at `at`, and where it ends. Raises JSONDecodeError as json does."""
    top: list[Any] = []
    # Each container that is open, and the key that waits for a value in it.
    open_ones: list[tuple[Any, str]] = [(top, "")]
    at = _blank(text, at)
    while True:
        value, at = _begin(text, at)
        if value is not END:
            _put(open_ones[-1], value)
            if isinstance(value, (dict, list)):
                if len(open_ones) > MAX_DEPTH:
                    raise JSONDecodeError("Too deep", text, 0)
                open_ones.append((value, ""))
        else:
            _check_end(text, at - 1, open_ones.pop()[0])
        if len(open_ones) == 1:
            return top[0], at
        at = _next(text, _blank(text, at), open_ones)


def _check_end(text: str, at: int, container: Any) -> None:
    if text[at] != ("}" if isinstance(container, dict) else "]"):
        raise JSONDecodeError("Expecting value", text, at)


def _put(container: tuple[Any, str], value: Any) -> None:
    into, key = container
    if isinstance(into, dict):
        into[key] = value
    else:
        into.append(value)


def _begin(text: str, at: int) -> tuple[Any, int]:
    """The scalar, the empty container that begins here, or END where one ends."""
    char = text[at : at + 1]
    if char == '"':
        return _string(text, at + 1, False)
    if char in ("{", "["):
        return ({} if char == "{" else []), at + 1
    if char in ("}", "]"):
        return END, at + 1
    found = SCALAR.match(text, at)
    if not found:
        raise JSONDecodeError("Expecting value", text, at)
    return _scalar(found), found.end()


def _scalar(found: re.Match[str]) -> Any:
    number = found[1]
    if number is None:
        return CONSTANTS.get(found[0])
    return integer(number) if number.lstrip("-").isdecimal() else float(number)


def integer(digits: str) -> int | float:
    """Python refuses integers of some thousand digits; as a float such a number is infinite."""
    return int(digits) if len(digits) < 40 else float(digits)


def _next(text: str, at: int, open_ones: list[tuple[Any, str]]) -> int:
    """Where the next value of the innermost container begins, or the bracket that ends it."""
    into = open_ones[-1][0]
    closing = "}" if isinstance(into, dict) else "]"
    char = text[at : at + 1]
    if char == closing:
        return at
    if into:
        if char != ",":
            raise JSONDecodeError("Expecting ',' delimiter", text, at)
        at = _blank(text, at + 1)
    if closing == "]":
        return at
    if text[at : at + 1] != '"':
        raise JSONDecodeError("Expecting property name", text, at)
    key, at = _string(text, at + 1, False)
    at = _blank(text, at)
    if text[at : at + 1] != ":":
        raise JSONDecodeError("Expecting ':' delimiter", text, at)
    open_ones[-1] = (into, key)
    return _blank(text, at + 1)


def _blank(text: str, at: int) -> int:
    found = BLANKS.match(text, at)
    return found.end() if found else at
