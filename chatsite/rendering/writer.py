"""A parser's events as safe HTML."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chatsite.rendering import links
from chatsite.rendering.cells import Cells
from chatsite.rendering.context import Context
from chatsite.rendering.formulas import Formula
from chatsite.rendering.links import Address
from chatsite.rendering.marks import Marks
from chatsite.rendering.safety import SLOT, escape
from chatsite.rendering.tags import InlineTags

MAX_DEPTH = 40
"""Levels of nesting; a sanitiser run is quadratic in them (60 kB of `>` took 38 s)."""

_BREAK = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)

_STARTS = {
    "HtmlBlock": '<p class="raw" dir="auto">',
    "Item": "<li>",
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


Finish = Callable[[str, list[str]], str]
"""A block's markup and what goes into its slots in, safe HTML out."""


class TooLarge(ValueError):
    """The text nests more than MAX_DEPTH levels, or would be more HTML than its context allows."""


class Writer:
    """Events in, HTML out. Text leaves it escaped; all tags are constants of this package.

    The direction of a list, a quotation or a table is that of its first letter; what stands inside says none of its
    own, or it would not count. A paragraph or heading outside of these has its own. Code and addresses never count.
    """

    def __init__(self, marks: Marks, context: Context, finish: Finish) -> None:
        self._marks = marks
        self._context = context
        self._finish = finish
        self._out: list[str] = []
        self._slots: list[str] = []
        self._depth = 0
        self._left = context.max_html
        self._grown = 0
        self._after_break = -1
        self._tags = InlineTags()
        self._links: list[tuple[str, int, str]] = []
        self._code: list[str] | None = None
        self._info = self._heading = ""
        self._cells = Cells()

    def blocks(self, events: Iterable[Any]) -> list[str]:
        """One string for each top-level block. Raises TooLarge."""
        done = []
        for event in events:
            if event.__class__ is str:
                ends_already = self._after_break == len(self._out) and event != "Rule"
                self._out.append("\n" if ends_already else _BARE[event])
            else:
                [kind] = event
                _EVENTS[kind](self, event[kind])
            if not self._depth:
                done.append(self._finished())
        return done

    def _finished(self) -> str:
        markup, slots = "".join(self._out), self._slots
        self._out, self._slots, self._after_break, self._grown = [], [], -1, 0
        self._left -= len(markup) + (sum(map(len, slots)) if slots else 0)
        if self._left < 0:
            raise TooLarge("more HTML than is allowed")
        if markup == SLOT:
            return slots[0]
        return self._finish(markup, slots)

    def _grow(self, characters: int) -> None:
        """Count what may be far longer than its source, before it is built."""
        self._grown += characters
        if self._grown > self._left:
            raise TooLarge("more HTML than is allowed")

    def _slot(self, html: str) -> None:
        self._grow(len(html))
        self._out.append(SLOT)
        self._slots.append(html)

    def _breaks(self) -> None:
        """What was written last ends its line by itself."""
        self._after_break = len(self._out)

    def start(self, tag: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge(f"more than {MAX_DEPTH} levels")
        if tag.__class__ is not str:
            [name] = tag
            _SPECIAL[name](self, tag[name])
        elif tag == "Paragraph":
            self._out.append("<p>" if self._depth > 1 else '<p dir="auto">')
        elif tag in _STARTS:
            self._out.append(_STARTS[tag])
        else:
            self._start_in_table(tag)

    def _start_in_table(self, tag: str) -> None:
        self._grow(len("<td></td>"))
        self._out.append(self._cells.start(tag))

    def end(self, tag: Any) -> None:
        if self._tags.open:
            self._tags.end(self._depth)
        self._depth -= 1
        if tag.__class__ is not str:
            ((tag, value),) = tag.items()
            if tag == "Heading":
                self._out.append(f"</{self._heading}>")
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
            self._out.append(self._cells.end_cell())
        elif tag == "TableHead":
            self._out.append(self._cells.end_head())
        elif tag == "CodeBlock":
            self._end_code()
        else:
            self._end_link()

    def heading(self, value: Any) -> None:
        self._heading = self._context.heading(int(value["level"][1]))
        self._out.append(f"<{self._heading}>" if self._depth > 1 else f'<{self._heading} dir="auto">')

    def quote(self, kind: str | None) -> None:
        if kind is None:
            self._out.append('<blockquote dir="auto">')
        else:
            title = f'<p class="title" dir="auto">{kind}</p>'
            self._out.append(f'<blockquote class="alert {kind.lower()}" dir="auto">{title}')

    def list(self, first: int | None) -> None:
        start = "" if first in (None, 1) else f' start="{first}"'
        self._out.append(f'<{"ul" if first is None else "ol"}{start} dir="auto">')

    def table(self, alignments: Sequence[str]) -> None:
        self._out.append(self._cells.begin(alignments))

    def footnote(self, name: str) -> None:
        self._out.append(f'<div class="footnote" dir="auto"><sup>{self._text(name)}</sup>')

    def code_block(self, kind: Any) -> None:
        self._info = "" if kind == "Indented" else self._marks.restored(kind["Fenced"])
        self._code = []

    def _end_code(self) -> None:
        code = self._marks.restored("".join(self._code or ()))
        self._code = None
        self._slot(self._context.figure(self._info, code))

    def link(self, value: Any) -> None:
        """Links and images alike: an image is never fetched, so it is a link with its text."""
        url = self._marks.restored(value["dest_url"])
        self._grow(len(url))
        if value["link_type"] == "Email":
            url = f"mailto:{url}"
        inner = any(close for close, _, _ in self._links)
        start = None if inner else links.opening(url)
        self._links.append((links.CLOSE if start else "", len(self._out) + 1, "" if inner else url))
        self._out.append(start or "")

    def _end_link(self) -> None:
        """Close the link; an address that no link may lead to is shown behind the text."""
        close, begun, url = self._links.pop()
        text = "".join(self._out[begun:])
        if not text:
            self._out.append(escape(url))
        elif url and not close and text != escape(url):
            self._out.append(links.unlinked(url))
        self._out.append(close)

    def text(self, text: str) -> None:
        if self._code is not None:
            self._code.append(text)
        elif text.isascii():
            self._out.append(escape(text))
        else:
            self._with_items(text)

    def _with_items(self, text: str) -> None:
        for part in self._marks.split(text):
            if isinstance(part, str):
                self._out += (escape(part),) if part else ()
            elif isinstance(part, Address):
                self._out.append(escape(part.text()) if self._links else part.html())
            else:
                self._formula(part)

    def _formula(self, formula: Formula) -> None:
        html = formula.html()
        self._slot(html)
        if formula.display and html.startswith("<math"):
            self._breaks()

    def _text(self, text: str) -> str:
        return escape(self._marks.restored(text))

    def code(self, text: str) -> None:
        self._out.append(f'<code dir="ltr">{escape(text) if text.isascii() else self._text(text)}</code>')

    def raw_block(self, text: str) -> None:
        self._out.append(self._text(text))

    def raw(self, text: str) -> None:
        """Raw HTML is shown, not obeyed, but for line breaks, as tables have no other, and a few pairs."""
        source = self._marks.restored(text)
        if _BREAK.match(source):
            self._out.append("<br>")
            self._breaks()
        else:
            self._tags.write(source, self._out, self._depth)

    def footnote_mark(self, name: str) -> None:
        self._out.append(f'<sup class="footnote">{self._text(name)}</sup>')

    def task(self, done: bool) -> None:
        self._out.append(f'<input type="checkbox" aria-label="Task" disabled{" checked" if done else ""}> ')


_BARE = {"SoftBreak": "<br>\n", "HardBreak": "<br>\n", "Rule": "<hr>"}
_EVENTS: dict[str, Callable[[Writer, Any], None]] = {
    "Start": Writer.start,
    "End": Writer.end,
    "Text": Writer.text,
    "Code": Writer.code,
    "Html": Writer.raw_block,
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
