"""Tables: each row is rendered once, with the rows that came with it."""

from chatsite.rendering import formulas, lines
from chatsite.rendering.block import Block
from chatsite.rendering.page import Page
from chatsite.rendering.parts import Parts


class TableBlock:
    """A table; its rows are the parts."""

    MAX_HEAD = 1000
    """Characters of the head, which is parsed again with every row."""
    MAX_COLUMNS = 32
    """Columns: a row of three characters has a cell for each of them."""
    MAX_TOGETHER_CHARACTERS = 1000
    MAX_FORMULAS_TOGETHER = 200
    """Characters of rows, and formulas in them, that are rendered in one go."""

    @classmethod
    def can_begin(cls, head: str) -> bool:
        """Whether a head is small enough for its rows to be rendered one by one."""
        return len(head) <= cls.MAX_HEAD and head.count("|") <= 2 * cls.MAX_COLUMNS

    def __init__(self, page: Page, head: str, html: list[str], size: int) -> None:
        self._page = page
        self._head = head
        self._parts = Parts()
        self._parts.add(html)
        self._rows: list[str] = []
        self._rows_size = 0
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
            self._rows.append(line)
            self._rows_size += len(line)
        if self._rows_size > self.MAX_TOGETHER_CHARACTERS:
            self._render_rows()
        return self

    def html(self) -> str:
        self._render_rows()
        return self._parts.html()

    def tail(self, rest: str) -> str:
        self._render_rows()
        return (
            self._parts.html(self._page.open_blocks(self._head + rest))
            if not lines.is_blank(rest)
            else self._parts.html()
        )

    def _render_rows(self) -> None:
        rows, self._rows, self._rows_size = self._rows, [], 0
        for part in self._together(rows) or [self._page.blocks(self._head + row) for row in rows]:
            self._parts.add(part)

    def _together(self, rows: list[str]) -> list[list[str]]:
        """Rows rendered in one go; nothing where they might read otherwise than one by one."""
        text = "".join((self._head, *rows))
        if len(rows) < 2 or not formulas.stay_in_their_lines(text, self.MAX_FORMULAS_TOGETHER):
            return []
        html = self._page.blocks(text)
        return [html] if len(html) == 1 and html[0].count("<tr>") == len(rows) + 1 else []
