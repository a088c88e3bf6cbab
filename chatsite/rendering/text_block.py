"""The default block: anything without parts of its own."""

from chatsite.rendering import formulas, lines
from chatsite.rendering.block import Block
from chatsite.rendering.document_context import DocumentContext
from chatsite.rendering.markdown import is_table
from chatsite.rendering.table_block import TableBlock
from chatsite.rendering.tex import MAX_SOURCE_CHARACTERS


class TextBlock:
    """Anything without parts of its own: a paragraph, a heading, a quotation, a footnote, indented code."""

    def __init__(self, context: DocumentContext) -> None:
        self._context = context
        self._lines: list[str] = []
        self._after_blank = False
        self._is_code = self._in_container = self._is_over = False
        self._formula_end = ""
        self._has_own_lines = False
        self._html: str | None = None
        self.size = self.weight = 0

    def takes(self, line: str) -> bool:
        if lines.is_blank(line):
            return True
        if self._is_code:
            return lines.indent(line) > 3
        if self._formula_end and self._has_own_lines:
            return self.size + len(line) <= MAX_SOURCE_CHARACTERS and not lines.FENCE.match(line)
        if self._after_blank:
            return lines.indent(line) > 3 and not self._is_over and not lines.is_blank(self._lines[0])
        if self._formula_end:
            return True
        if self._in_container and self._ends_container(line):
            return False
        return not (self._is_over or lines.interrupts(line))

    def add(self, line: str) -> Block:
        if not self._lines:
            self._is_code = lines.indent(line) > 3 and not lines.is_blank(line)
        self._is_over = self._is_over or self._ends(line)
        self._lines.append(line)
        self.size = self.weight = self.size + len(line)
        self._after_blank = lines.is_blank(line)
        self._in_container = not self._after_blank and (
            self._in_container or lines.CONTAINER.match(line) is not None
        )
        if not self._after_blank:
            self._formula_end = self._open_formula(line)
        elif not self._has_own_lines:
            self._formula_end = ""
        if len(self._lines) > 1 and "|" in self._lines[-2] and lines.DELIMITERS.match(line):
            return self._as_table()
        return self

    def html(self) -> str:
        if self._html is None:
            self._html = "".join(self._context.blocks("".join(self._lines)))
        return self._html

    def tail(self, rest: str) -> str:
        return "".join(self._context.open_blocks("".join((*self._lines, rest))))

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
        end = formulas.end_of_lines(line)
        self._has_own_lines = end != ""
        if end:
            return end
        if line.count("$$") % 2:
            return "$$"
        return "\\]" if line.rfind("\\[") > line.rfind("\\]") else ""

    def _as_table(self) -> Block:
        head = "".join(self._lines[-2:])
        if self._in_container or self._formula_end or not TableBlock.can_begin(head):
            return self
        if not is_table(head):
            return self
        before = self._context.blocks("".join(self._lines[:-2]))
        return TableBlock(self._context, head, [*before, *self._context.blocks(head)], self.size)
