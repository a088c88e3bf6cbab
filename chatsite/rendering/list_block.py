"""A list block: each item is rendered once."""

from chatsite.rendering import lines
from chatsite.rendering.block import Block
from chatsite.rendering.document_context import DocumentContext
from chatsite.rendering.fragments import Fragments


class ListBlock:
    """A list; its items are the parts."""

    def __init__(self, context: DocumentContext, line: str) -> None:
        self._context = context
        self._kind = _list_kind(line)
        self._parts = Fragments()
        self._item: list[str] = []
        self._item_html: list[str] | None = None
        self._column = 99
        self._after_blank = False
        self.size = self.weight = 0

    def takes(self, line: str) -> bool:
        if lines.is_blank(line) or not self._item or lines.indent(line) >= self._column:
            return True
        if lines.content_column(line):
            return _list_kind(line) == self._kind
        if self._after_blank or lines.NO_PARAGRAPH.match(self._item[-1]):
            return False
        return not (line.lstrip(" ").startswith(">") or lines.RULE.match(line) or lines.interrupts(line))

    def add(self, line: str) -> Block:
        if self._begins_item(line):
            self._end_item()
            self._column = lines.content_column(line)
            self.weight = 0
        self._item.append(line)
        self._item_html = None
        self._after_blank = lines.is_blank(line)
        self.size += len(line)
        self.weight += len(line)
        return self

    def html(self) -> str:
        self._end_item()
        return self._parts.html()

    def tail(self, rest: str) -> str:
        if self._item and self._begins_item(rest):
            return self._parts.html(self._ended(), self._context.open_blocks(rest))
        return self._parts.html(self._context.open_blocks("".join((*self._item, rest))))

    def _begins_item(self, line: str) -> bool:
        return (
            not lines.is_blank(line) and lines.indent(line) < self._column and lines.content_column(line) > 0
        )

    def _ended(self) -> list[str]:
        if self._item_html is None:
            self._item_html = self._context.blocks("".join(self._item))
        return self._item_html

    def _end_item(self) -> None:
        if self._item:
            self._parts.add(self._ended())
            self._item, self._item_html = [], None


def _list_kind(line: str) -> str:
    found = lines.ITEM.match(line.expandtabs(4))
    return found[2][-1] if found else ""
