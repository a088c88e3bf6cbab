"""The interface of every kind of block."""

from typing import Protocol


class Block(Protocol):
    """A run of whole lines."""

    size: int
    """Characters so far."""
    weight: int
    """Of these, the ones that have to be rendered again when the block grows."""

    def takes(self, line: str) -> bool:
        """Whether a line (or its beginning, once that is not `lines.UNDECIDED`) belongs to this block."""

    def add(self, line: str) -> "Block":
        """Take a whole line; return the block that continues."""

    def html(self) -> str:
        """The finished block's safe HTML."""

    def tail(self, rest: str) -> str:
        """Safe HTML of the block while its next line is being written."""
