"""The HTML of a block while it is written: bounded, with places for what is made safe elsewhere."""

from collections.abc import Callable

from chatsite.rendering.safety import SLOT

Finish = Callable[[str, list[str]], str]
"""A block's markup and what goes into its slots in, safe HTML out."""


class TooLarge(ValueError):
    """The text nests too deep, or would be more HTML than its context allows."""


class HtmlBuffer:
    """The parts of one block after another, at most `most` characters in all."""

    def __init__(self, most: int, finish: Finish) -> None:
        self.parts: list[str] = []
        self._slots: list[str] = []
        self._finish = finish
        self._left = most
        self._grown = 0

    def finished(self) -> str:
        """The block's safe HTML; the next one begins. Raises TooLarge."""
        markup, slots = "".join(self.parts), self._slots
        self.parts.clear()
        self._slots, self._grown = [], 0
        self._left -= len(markup) + (sum(map(len, slots)) if slots else 0)
        if self._left < 0:
            raise TooLarge("more HTML than is allowed")
        if markup == SLOT:
            return slots[0]
        return self._finish(markup, slots)

    def grow(self, characters: int) -> None:
        """Count what may be far longer than its source, before it is built. Raises TooLarge."""
        self._grown += characters
        if self._grown > self._left:
            raise TooLarge("more HTML than is allowed")

    def slot(self, html: str) -> None:
        """Put in HTML that is safe already."""
        self.grow(len(html))
        self.parts.append(SLOT)
        self._slots.append(html)
