"""Fenced code."""

import re

from chatsite.rendering import lines
from chatsite.rendering.block import Block
from chatsite.rendering.page import Page

_CODE_END = re.compile(r" {0,3}(`+|~+)[ \t]*\n?\Z")


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
        self._page.complete = True
        return self._page.open_figure(self._language, "".join((*self._code, shown)))

    def _is_end(self, line: str) -> bool:
        end = _CODE_END.match(line)
        return end is not None and end[1].startswith(self._fence)

    def _unindented(self, line: str) -> str:
        return line[min(self._indent, lines.indent(line)) :] if self._indent else line
