"""A fenced code block."""

import re

from chatsite.rendering import lines
from chatsite.rendering.block import Block
from chatsite.rendering.document_context import DocumentContext
from chatsite.rendering.info_string import Info
from chatsite.rendering.nested_fences import Fences
from chatsite.rendering.tex import MAX_SOURCE_CHARACTERS


class CodeBlock:
    """A fenced code block."""

    def __init__(self, context: DocumentContext, fence: re.Match[str]) -> None:
        self._context = context
        self._indent, self._fence, self._info = len(fence[1]), fence[2], fence[3]
        self._fences = Fences(self._fence, self._info)
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
            self._closed = lines.FENCE.match(line) is not None and self._fences.close(line)
            if not self._closed:
                self._code.append(self._unindented(line))
        return self

    def html(self) -> str:
        self._html = self._html or self._context.figure(self._info, "".join(self._code))
        return self._html

    def tail(self, rest: str) -> str:
        if self._closed:
            return self.html()
        shown = "" if rest.strip(" \t").strip(self._fence[0]) == "" else self._unindented(rest)
        if not self._opened or self._is_formula:
            return ""
        self._context.complete = True
        return self._context.open_figure(self._info, "".join((*self._code, shown)))

    @property
    def _is_formula(self) -> bool:
        """Whether it is a formula, which is not shown before its end."""
        return self.size <= MAX_SOURCE_CHARACTERS and Info.of(self._info).is_formula

    def _unindented(self, line: str) -> str:
        return line[min(self._indent, lines.indent(line)) :] if self._indent else line
