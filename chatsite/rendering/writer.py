"""A parser's events as safe HTML."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chatsite.rendering import formulas, links
from chatsite.rendering.formulas import Formula
from chatsite.rendering.safety import SLOT, escape

MAX_DEPTH = 40
"""Levels of nesting; a sanitiser run is quadratic in them (60 kB of `>` took 38 s)."""

_BREAK = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)

_TABLE = '<div class="table" tabindex="0" role="group"><table>'
_STARTS = {
    "Paragraph": '<p dir="auto">',
    "HtmlBlock": '<p class="raw" dir="auto">',
    "Item": '<li dir="auto">',
    "Emphasis": "<em>",
    "Strong": "<strong>",
    "Strikethrough": "<del>",
}
_ENDS = {
    "Paragraph": "</p>",
    "HtmlBlock": "</p>",
    "Item": "</li>",
    "Emphasis": "</em>",
    "Strong": "</strong>",
    "Strikethrough": "</del>",
    "TableRow": "</tr>",
    "FootnoteDefinition": "</div>",
    "Table": "</tbody></table></div>",
}
_HEADINGS = {"H1": "h3", "H2": "h4", "H3": "h5", "H4": "h6", "H5": "h6", "H6": "h6"}


Figure = Callable[[str, str], str]
"""Language and code in, a code block's safe HTML out."""


Finish = Callable[[str, list[str]], str]
"""A block's markup and what goes into its slots in, safe HTML out."""


class TooDeep(ValueError):
    """The text nests more than MAX_DEPTH levels, or asks for far more cells than it has characters."""


class Writer:
    """Events in, HTML out. Text leaves it escaped; all tags are constants of this file."""

    def __init__(self, found: Sequence[Formula], figure: Figure, finish: Finish, size: int) -> None:
        self._formulas = found
        self._figure = figure
        self._finish = finish
        self._out: list[str] = []
        self._slots: list[str] = []
        self._depth = 0
        self._most = 1000 + 4 * size
        self._links: list[tuple[str, int, str]] = []
        self._code: list[str] | None = None
        self._language = ""
        self._alignments: Sequence[str] = ()
        self._column = 0
        self._cell = "td"

    def blocks(self, events: Iterable[Any]) -> list[str]:
        """One string for each top-level block."""
        done = []
        for event in events:
            if event.__class__ is str:
                self._out.append(_BARE[event])
            else:
                ((kind, value),) = event.items()
                _EVENTS[kind](self, value)
            if not self._depth:
                done.append(self._finished())
        return done

    def _finished(self) -> str:
        markup, slots = "".join(self._out), self._slots
        self._out, self._slots = [], []
        if markup == SLOT:
            return slots[0]
        return self._finish(markup, slots)

    def _slot(self, html: str) -> None:
        self._out.append(SLOT)
        self._slots.append(html)

    def start(self, tag: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeep(f"more than {MAX_DEPTH} levels")
        if tag.__class__ is not str:
            ((name, value),) = tag.items()
            _SPECIAL[name](self, value)
        elif tag in _STARTS:
            self._out.append(_STARTS[tag])
        else:
            self._start_special(tag)

    def _start_special(self, tag: str) -> None:
        if tag == "TableHead":
            self._cell, self._column = "th", 0
            self._out.append("<thead><tr>")
        elif tag == "TableRow":
            self._column = 0
            self._out.append("<tr>")
        elif len(self._out) > self._most:
            raise TooDeep("a short row of a wide table has a cell for every column")
        else:
            alignment = self._alignments[self._column] if self._column < len(self._alignments) else "None"
            css = f' class="{alignment.lower()}"' if alignment in ("Right", "Center") else ""
            self._out.append(f'<{self._cell}{css} dir="auto">')

    def end(self, tag: Any) -> None:
        self._depth -= 1
        if tag.__class__ is not str:
            ((tag, value),) = tag.items()
            if tag == "Heading":
                self._out.append(f"</{_HEADINGS[value]}>")
            elif tag == "List":
                self._out.append("</ol>" if value else "</ul>")
            else:
                self._out.append("</blockquote>")
        elif tag in _ENDS:
            self._out.append(_ENDS[tag])
        else:
            self._end_special(tag)

    def _end_special(self, tag: str) -> None:
        if tag == "TableCell":
            self._out.append(f"</{self._cell}>")
            self._column += 1
        elif tag == "TableHead":
            self._out.append("</tr></thead><tbody>")
            self._cell = "td"
        elif tag == "CodeBlock":
            self._end_code()
        else:
            self._end_link()

    def heading(self, value: Any) -> None:
        self._out.append(f'<{_HEADINGS[value["level"]]} dir="auto">')

    def quote(self, kind: str | None) -> None:
        if kind is None:
            self._out.append('<blockquote dir="auto">')
        else:
            title = f'<p class="title" dir="auto">{kind}</p>'
            self._out.append(f'<blockquote class="alert {kind.lower()}" dir="auto">{title}')

    def list(self, first: int | None) -> None:
        self._out.append("<ul>" if first is None else "<ol>" if first == 1 else f'<ol start="{first}">')

    def table(self, alignments: Sequence[str]) -> None:
        self._alignments = alignments
        self._out.append(_TABLE)

    def footnote(self, name: str) -> None:
        self._out.append(f'<div class="footnote"><sup>{escape(name)}</sup>')

    def code_block(self, kind: Any) -> None:
        words = [] if kind == "Indented" else kind["Fenced"].split()
        self._language = words[0] if words else ""
        self._code = []

    def _end_code(self) -> None:
        code = formulas.restored("".join(self._code or ()), self._formulas)
        self._code = None
        self._slot(self._figure(self._language, code))

    def link(self, value: Any) -> None:
        """Links and images alike: an image is never fetched, so it is a link with its text."""
        url = formulas.restored(value["dest_url"], self._formulas)
        if value["link_type"] == "Email":
            url = f"mailto:{url}"
        start = None if any(close for close, _, _ in self._links) else links.opening(url)
        self._links.append((links.CLOSE if start else "", len(self._out) + 1, url))
        self._out.append(start or "")

    def _end_link(self) -> None:
        close, begun, url = self._links.pop()
        if len(self._out) == begun:
            self._out.append(escape(url))
        self._out.append(close)

    def text(self, text: str) -> None:
        if self._code is not None:
            self._code.append(text)
        elif not self._formulas:
            self._out.append(self._words(text))
        else:
            for place, part in enumerate(formulas.split_at_marks(text)):
                if place % 2:
                    self._slot(self._formulas[int(part)].html())
                else:
                    self._out.append(self._words(part))

    def _words(self, text: str) -> str:
        if ("://" in text or "www." in text) and not self._links:
            return links.linked(text)
        return escape(text)

    def code(self, text: str) -> None:
        self._out.append(f"<code>{escape(formulas.restored(text, self._formulas))}</code>")

    def raw(self, text: str) -> None:
        """Raw HTML is shown, not obeyed; only a line break does what it says, as tables have no other."""
        source = formulas.restored(text, self._formulas)
        self._out.append("<br>" if _BREAK.match(source) else escape(source))

    def footnote_mark(self, name: str) -> None:
        self._out.append(f'<sup class="footnote">{escape(name)}</sup>')

    def task(self, done: bool) -> None:
        self._out.append(f'<input type="checkbox" disabled{" checked" if done else ""}> ')


_BARE = {"SoftBreak": "\n", "HardBreak": "<br>\n", "Rule": "<hr>"}
_EVENTS: dict[str, Callable[[Writer, Any], None]] = {
    "Start": Writer.start,
    "End": Writer.end,
    "Text": Writer.text,
    "Code": Writer.code,
    "Html": Writer.raw,
    "InlineHtml": Writer.raw,
    "FootnoteReference": Writer.footnote_mark,
    "TaskListMarker": Writer.task,
}
_SPECIAL: dict[str, Callable[[Writer, Any], None]] = {
    "Heading": Writer.heading,
    "BlockQuote": Writer.quote,
    "List": Writer.list,
    "Table": Writer.table,
    "FootnoteDefinition": Writer.footnote,
    "CodeBlock": Writer.code_block,
    "Link": Writer.link,
    "Image": Writer.link,
}
