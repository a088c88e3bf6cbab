"""The blocks a document is cut into, line by line: each is rendered alone, so an earlier one never changes.

A cut is made only where CommonMark ends the block for certain, whatever comes later. Long lists and tables are one
block with parts (items, rows) that are rendered one by one and kept. Where CommonMark decides for a whole list whether
it is loose, each item decides here for itself: otherwise one blank line would move every item that is already shown.
"""

import re
from typing import Protocol

from chatsite.rendering import lines
from chatsite.rendering.page import Page

_CODE_END = re.compile(r" {0,3}(`+|~+)[ \t]*\n?\Z")


class Block(Protocol):
    """A run of whole lines."""

    size: int
    """Characters so far."""
    weight: int
    """Of these, the ones that have to be rendered again when the block grows."""

    def takes(self, line: str) -> bool:
        """Whether a line (or its beginning, once that is not `lines.UNDECIDED`) belongs to this block."""

    def add(self, line: str) -> "Block":
        """Take a whole line; returns the block to go on with."""

    def html(self) -> str:
        """The finished block's safe HTML."""

    def tail(self, rest: str) -> str:
        """Safe HTML of the block while its next line is being written."""


def begun(page: Page, line: str) -> Block:
    """The kind of block that a line begins (not yet taken)."""
    if fence := lines.FENCE.match(line):
        return FenceBlock(page, fence)
    if lines.content_column(line):
        return ListBlock(page, line)
    return TextBlock(page)


class TextBlock:
    """Anything without parts of its own: a paragraph, a heading, a quotation, a footnote, indented code."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._lines: list[str] = []
        self._after_blank = False
        self._in_container = self._is_over = False
        self._formula_end = ""
        self.size = self.weight = 0

    def takes(self, line: str) -> bool:
        if lines.is_blank(line):
            return True
        if self._after_blank:
            return lines.indent(line) > 3
        if self._formula_end or not self._lines:
            return True
        if self._in_container and self._ends_container(line):
            return False
        return not (self._is_over or _interrupts(line))

    def add(self, line: str) -> Block:
        self._is_over = self._is_over or self._ends(line)
        self._lines.append(line)
        self.size = self.weight = self.size + len(line)
        self._after_blank = lines.is_blank(line)
        self._in_container = not self._after_blank and (
            self._in_container or lines.CONTAINER.match(line) is not None
        )
        self._formula_end = "" if self._after_blank else self._open_formula(line)
        if len(self._lines) > 1 and "|" in self._lines[-2] and lines.DELIMITERS.match(line):
            return self._as_table()
        return self

    def html(self) -> str:
        return "".join(self._page.blocks("".join(self._lines)))

    def tail(self, rest: str) -> str:
        return "".join(self._page.open_blocks("".join((*self._lines, rest))))

    def _ends_container(self, line: str) -> bool:
        if lines.CONTAINER.match(line):
            return False
        rule_or_item = lines.RULE.match(line) or lines.content_column(line)
        return bool(rule_or_item or lines.NO_PARAGRAPH.match(self._lines[-1]))

    def _ends(self, line: str) -> bool:
        """Whether this line is a heading or a rule, or makes a heading of the paragraph before it."""
        if self._formula_end or self._in_container:
            return False
        if not self._lines or self._after_blank:
            return lines.HEADING.match(line) is not None or lines.RULE.match(line) is not None
        return lines.UNDERLINE.match(line) is not None and lines.indent(self._lines[-1]) < 4

    def _open_formula(self, line: str) -> str:
        """The mark that ends a formula with lines of its own: until then no line is a list or a heading."""
        if self._formula_end:
            return "" if self._formula_end in line else self._formula_end
        if line.count("$$") % 2:
            return "$$"
        return "\\]" if line.rfind("\\[") > line.rfind("\\]") else ""

    def _as_table(self) -> Block:
        head = "".join(self._lines[-2:])
        if self._in_container or self._formula_end or len(head) > TableBlock.MAX_HEAD:
            return self
        html = self._page.blocks(head)
        if len(html) != 1 or "<tbody>" not in html[0]:
            return self
        before = "".join(self._lines[:-2])
        return TableBlock(self._page, head, [*self._page.blocks(before), *html], self.size)


def _interrupts(line: str) -> bool:
    """Whether a line begins a block of its own straight after a paragraph's line."""
    if lines.HEADING.match(line) or lines.FENCE.match(line):
        return True
    return bool(lines.INTERRUPTING_ITEM.match(line)) and not lines.RULE.match(line)


class FenceBlock:
    """A fenced code block."""

    def __init__(self, page: Page, fence: re.Match[str]) -> None:
        self._page = page
        self._indent, self._fence = len(fence[1]), fence[2]
        self._language = (fence[3].split() or [""])[0]
        self._code: list[str] = []
        self._opened = self._closed = False
        self._html = ""
        self.size = self.weight = 0

    def takes(self, line: str) -> bool:
        return not self._closed or lines.is_blank(line)

    def add(self, line: str) -> Block:
        self.size += len(line)
        if not self._opened:
            self._opened = True
        elif not self._closed:
            self._closed = self._is_end(line)
            if not self._closed:
                self._code.append(self._unindented(line))
        return self

    def html(self) -> str:
        self._html = self._html or self._page.figure(self._language, "".join(self._code))
        return self._html

    def tail(self, rest: str) -> str:
        if self._closed:
            return self.html()
        shown = "" if rest.strip(" \t").strip(self._fence[0]) == "" else self._unindented(rest)
        if not self._opened:
            return ""
        return self._page.open_figure(self._language, "".join((*self._code, shown)))

    def _is_end(self, line: str) -> bool:
        end = _CODE_END.match(line)
        return end is not None and end[1].startswith(self._fence)

    def _unindented(self, line: str) -> str:
        return line[min(self._indent, lines.indent(line)) :] if self._indent else line


class ListBlock:
    """A list; its items are the parts."""

    def __init__(self, page: Page, line: str) -> None:
        self._page = page
        self._kind = _list_kind(line)
        self._parts = Parts()
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
        return not (line.lstrip(" ").startswith(">") or lines.RULE.match(line) or _interrupts(line))

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
            return self._parts.html(self._ended(), self._page.open_blocks(rest))
        return self._parts.html(self._page.open_blocks("".join((*self._item, rest))))

    def _begins_item(self, line: str) -> bool:
        return (
            not lines.is_blank(line) and lines.indent(line) < self._column and lines.content_column(line) > 0
        )

    def _ended(self) -> list[str]:
        if self._item_html is None:
            self._item_html = self._page.blocks("".join(self._item))
        return self._item_html

    def _end_item(self) -> None:
        if self._item:
            self._parts.add(self._ended())
            self._item, self._item_html = [], None


def _list_kind(line: str) -> str:
    found = lines.ITEM.match(line.expandtabs(4))
    return found[2][-1] if found else ""


class TableBlock:
    """A table; its rows are the parts."""

    MAX_HEAD = 2000
    """Characters of the head, which is parsed again with every row."""

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


class Parts:
    """Parts of one list or table, each rendered inside a frame of its own; the frames are opened up and joined."""

    _FRAME = re.compile(
        r"(?s)(?P<open><[uo]l[^>]*>|<div class=\"table\".*?<tbody>)(?P<inner>.*)(?P<close></[uo]l>|</tbody></table></div>)\Z"
    )

    def __init__(self) -> None:
        self._html: list[str] = []
        self._close = ""

    def add(self, rendered: list[str]) -> None:
        """Take one part: its frame, and whatever blocks followed it (they end the frame)."""
        added, self._close = self._joined([rendered], self._close)
        self._html.append(added)

    def html(self, *more: list[str]) -> str:
        """All parts in their frame, with more that are not kept."""
        added, close = self._joined(list(more), self._close)
        if len(self._html) > 1:
            self._html = ["".join(self._html)]
        return "".join((*self._html, added, close))

    def _joined(self, parts: list[list[str]], close: str) -> tuple[str, str]:
        html = []
        for rendered in parts:
            for block in rendered:
                found = self._FRAME.match(block)
                if found is None:
                    html += (close, block)
                    close = ""
                    continue
                html.append(
                    found["inner"] if close == found["close"] else close + found["open"] + found["inner"]
                )
                close = found["close"]
        return "".join(html), close
