"""Tables: each row is rendered once."""

from chatsite.rendering import lines
from chatsite.rendering.block import Block
from chatsite.rendering.page import Page
from chatsite.rendering.parts import Parts


class TableBlock:
    """A table; its rows are the parts."""

    MAX_HEAD = 1000
    """Characters of the head, which is parsed again with every row."""
    MAX_COLUMNS = 32
    """Columns: a row of three characters has a cell for each of them."""

    @classmethod
    def can_begin(cls, head: str) -> bool:
        """Whether a head is small enough for its rows to be rendered one by one."""
        return len(head) <= cls.MAX_HEAD and head.count("|") <= 2 * cls.MAX_COLUMNS

    def __init__(self, page: Page, head: str, html: list[str], size: int) -> None:
        self._page = page
        self._head = head
        self._parts = Parts()
        self._parts.add(html)
        self._after_blank = False
        self.size = size
        self.weight = 0

    def takes(self, line: str) -> bool:
        if lines.is_blank(line):
            return True
        if self._after_blank:
            return False
        return not (lines.ENDS_TABLE.match(line) or lines.FENCE.match(line) or lines.content_column(line))

    def add(self, line: str) -> Block:
        self.size += len(line)
        self._after_blank = lines.is_blank(line)
        if not self._after_blank:
            self._parts.add(self._page.blocks(self._head + line))
        return self

    def html(self) -> str:
        return self._parts.html()

    def tail(self, rest: str) -> str:
        return (
            self._parts.html(self._page.open_blocks(self._head + rest))
            if not lines.is_blank(rest)
            else self._parts.html()
        )
