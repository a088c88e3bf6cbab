"""A table block: each row is rendered once, with the rows that came with it."""

from chatsite.rendering import formulas, lines
from chatsite.rendering.block import Block
from chatsite.rendering.document_context import DocumentContext
from chatsite.rendering.fragments import Fragments
from chatsite.rendering.safety import escape


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

    def __init__(self, context: DocumentContext, head: str, html: list[str], size: int) -> None:
        self._context = context
        self._head = head
        self._row_characters = (head.count("|") // 2 - 1) * len("<td></td>")
        self._before, self._end, after = html[-1].rpartition("</tbody>")
        self._end += after
        self._parts = Fragments()
        self._parts.add(html)
        self._rows: list[str] = []
        self._rows_size = 0
        self._after_blank = self._is_full = False
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
            self._parts.html(self._context.open_blocks(self._head + rest))
            if not lines.is_blank(rest)
            else self._parts.html()
        )

    def _render_rows(self) -> None:
        rows, self._rows, self._rows_size = self._rows, [], 0
        if not rows:
            return
        rendered = self._together(rows) or map(self._alone, rows)
        kept = [self._counted(html, row) for html, row in zip(rendered, rows, strict=True)]
        self._parts.add(["".join((self._before, *kept, self._end))])

    def _counted(self, html: str, row: str) -> str:
        """A row's HTML; once a row has no room, it and all after it are text."""
        self._is_full = self._is_full or not self._has_room([row])
        as_text = _as_text(row)
        return self._context.counted(as_text if self._is_full else html, row, as_text)

    def _together(self, rows: list[str]) -> list[str]:
        """Rows rendered in one go; nothing where they might read otherwise than one by one."""
        whole = "".join((self._head, *rows))
        may_differ = not formulas.stay_in_their_lines(whole, self.MAX_FORMULAS_TOGETHER)
        if len(rows) < 2 or may_differ or self._is_full or not self._has_room(rows):
            return []
        cells = ["<tr>" + row for row in self._body("".join(rows)).split("<tr>")[1:]]
        return cells if len(cells) == len(rows) else []

    def _alone(self, row: str) -> str:
        has_room = not self._is_full and self._has_room([row])
        return (self._body(row) if has_room else "") or _as_text(row)

    def _has_room(self, rows: list[str]) -> bool:
        """Whether as many cells as the rows have at least are not too much HTML already."""
        return self._context.has_room(len(rows) * self._row_characters, "".join(rows))

    def _body(self, rows: str) -> str:
        """The rows' HTML without the head; nothing when they are not rows, or too large."""
        html = self._context.uncounted(self._head + rows, rows, len(self._before) + self.MAX_HEAD)
        whole = html[0] if len(html) == 1 else ""
        return whole[len(self._before) : -len(self._end)] if whole.startswith(self._before) else ""


def _as_text(row: str) -> str:
    return f"<tr><td>{escape(row.strip())}</td></tr>"
