"""Placeholders for the parts of a text that Markdown must not read; they are replaced after parsing.

No mark is ever shown. A number cannot be forged by an entity (`&#xfdd0;`), as it comes with a secret of this process.
"""

import re
import secrets
from collections.abc import Sequence

from chatsite.rendering.formulas import Formula
from chatsite.rendering.links import Address

LETTER = "\ufdd2"
"""A letter that is put next to emphasis where punctuation would prevent it."""

TILDE = "\ufdd3"
"""Replaces a `~` that is not a mark of Markdown."""

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_SECRET = secrets.token_hex(8)
_ANY = re.compile("[\ufdd0-\ufdef]")
_WRITTEN = dict.fromkeys(range(0xFDD0, 0xFDF0), "\ufffd") | {ord(LETTER): "", ord(TILDE): "~"}
_NUMBER = re.compile(f"{_OPEN}{_SECRET}(\\d+){_CLOSE}")


Item = Formula | Address
"""A part of a text that Markdown does not read."""


class Placeholders:
    """The numbered marks of one text, and the items that they stand for (in order, none inside another)."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items

    def put(self, text: str) -> str:
        """The text with a placeholder instead of each item."""
        parts: list[str] = []
        position = 0
        for number, item in enumerate(self.items):
            parts += (text[position : item.start], f"{_OPEN}{_SECRET}{number}{_CLOSE}")
            position = item.end
        return "".join((*parts, text[position:]))

    def split(self, text: str) -> list[str | Item]:
        """Parsed text and items in turn: text at even positions, an item at odd ones."""
        if text.isascii():
            return [text]
        parts: list[str | Item] = []
        for position, part in enumerate(_NUMBER.split(text)):
            parts.append(self.items[int(part)] if position % 2 else _without_letters(part))
        return parts

    def restored(self, text: str) -> str:
        """Parsed text as it was written."""
        if text.isascii():
            return text
        if self.items:
            text = _NUMBER.sub(lambda mark: self.items[int(mark[1])].source, text)
        return _without_letters(text)


def _without_letters(text: str) -> str:
    """Text without the marks of one character; other noncharacters, which an entity made, become U+FFFD."""
    return text.translate(_WRITTEN) if _ANY.search(text) else text
