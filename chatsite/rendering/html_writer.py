"""A parser's events as safe HTML."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chatsite.rendering import links
from chatsite.rendering.formulas import Formula
from chatsite.rendering.html_buffer import Finish, HtmlBuffer, TooLarge
from chatsite.rendering.inline_tags import InlineTags
from chatsite.rendering.links import Address
from chatsite.rendering.piece_context import PieceContext
from chatsite.rendering.placeholders import Placeholders
from chatsite.rendering.safety import escape
from chatsite.rendering.table_tags import TABLE, TableTags

MAX_DEPTH = 40
"""Levels of nesting; a sanitiser run is quadratic in them (60 kB of `>` took 38 s)."""

_BREAK = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)

_STARTS = {
    "Paragraph": "<p>",
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


class HtmlWriter:
    """Events in, HTML out. Text leaves it escaped; all tags are constants of this package.

    What needs a direction has it from `directions`, which is cheaper than an attribute in the sanitiser.
    """

    def __init__(self, marks: Placeholders, context: PieceContext, finish: Finish) -> None:
        self._marks = marks
        self._context = context
        self._markup = HtmlBuffer(context.max_html, finish)
        self._out = self._markup.parts
        self._depth = 0
        self._line_end = -1
        self._tags: InlineTags | None = None
        self._links: list[tuple[str, int, str]] = []
        self._code: list[str] | None = None
        self._info = self._heading = ""

    def blocks(self, events: Iterable[Any]) -> list[str]:
        """One string for each top-level block. Raises TooLarge."""
        done = []
        for event in events:
            if event.__class__ is str:
                ends_already = self._line_end == len(self._out) and event != "Rule"
                self._out.append("\n" if ends_already else _BARE[event])
            else:
                [kind] = event
                _EVENTS[kind](self, event[kind])
            if not self._depth:
                done.append(self._markup.finished())
                self._line_end = -1
        return done

    def start(self, tag: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge(f"more than {MAX_DEPTH} levels")
        if tag.__class__ is not str:
            [name] = tag
            _SPECIAL[name](self, tag[name])
        elif start := _STARTS.get(tag):
            self._out.append(start)
        elif tag == "TableCell":
            self._out.append(self._cells.start_cell())
        else:
            self._start_row(tag)

    def _start_row(self, tag: str) -> None:
        self._markup.grow(self._cells.row_characters)
        self._out.append(self._cells.start_row() if tag == "TableRow" else self._cells.start_head())

    def end(self, tag: Any) -> None:
        if self._tags:
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
        elif end := _ENDS.get(tag):
            self._out.append(end)
        elif tag == "TableCell":
            self._out.append(self._cells.end)
        else:
            self._end_special(tag)

    def _end_special(self, tag: str) -> None:
        if tag == "TableHead":
            self._out.append(self._cells.end_head())
        elif tag == "CodeBlock":
            self._end_code()
        else:
            self._end_link()

    def heading(self, value: Any) -> None:
        self._heading = self._context.heading(int(value["level"][1]))
        self._out.append(f"<{self._heading}>")

    def quote(self, kind: str | None) -> None:
        if kind is None:
            self._out.append("<blockquote>")
        else:
            title = f'<p class="title" dir="auto">{kind}</p>'
            self._out.append(f'<blockquote class="alert {kind.lower()}" dir="auto">{title}')

    def list(self, first: int | None) -> None:
        start = "" if first in (None, 1) else f' start="{first}" dir="auto"'
        self._out.append(f"<{'ul' if first is None else 'ol'}{start}>")

    def table(self, alignments: Sequence[str]) -> None:
        self._cells = TableTags(alignments)
        self._out.append(TABLE)

    def footnote(self, name: str) -> None:
        self._out.append(f'<div class="footnote" dir="auto"><sup>{self._text(name)}</sup>')

    def code_block(self, kind: Any) -> None:
        self._info = "" if kind == "Indented" else self._marks.restored(kind["Fenced"])
        self._code = []

    def _end_code(self) -> None:
        code = self._marks.restored("".join(self._code or ()))
        self._code = None
        self._markup.slot(self._context.figure(self._info, code))

    def link(self, value: Any) -> None:
        """Links and images alike: an image is never fetched, so it is a link with its text."""
        url = self._marks.restored(value["dest_url"])
        self._markup.grow(len(url))
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
        elif self._marks.items:
            self._with_items(text)
        else:
            self._out.append(escape(self._marks.restored(text)))

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
        self._markup.slot(html)
        if formula.display and html.startswith("<math"):
            self._line_end = len(self._out)

    def _text(self, text: str) -> str:
        return escape(self._marks.restored(text))

    def code(self, text: str) -> None:
        self._out.append(f"<code>{escape(text) if text.isascii() else self._text(text)}</code>")

    def raw_block(self, text: str) -> None:
        self._out.append(self._text(text))

    def raw(self, text: str) -> None:
        """Raw HTML is shown as text. Exceptions are line breaks, which tables need, and a few pairs of tags."""
        source = self._marks.restored(text)
        if _BREAK.match(source):
            self._out.append("<br>")
            self._line_end = len(self._out)
        else:
            self._tags = self._tags or InlineTags()
            self._tags.write(source, self._out, self._depth)

    def footnote_mark(self, name: str) -> None:
        self._out.append(f'<sup class="footnote">{self._text(name)}</sup>')

    def task(self, done: bool) -> None:
        self._out.append(f'<input type="checkbox" aria-label="Task" disabled{" checked" if done else ""}> ')


_BARE = {"SoftBreak": "<br>\n", "HardBreak": "<br>\n", "Rule": "<hr>"}
_EVENTS: dict[str, Callable[[HtmlWriter, Any], None]] = {
    "Start": HtmlWriter.start,
    "End": HtmlWriter.end,
    "Text": HtmlWriter.text,
    "Code": HtmlWriter.code,
    "Html": HtmlWriter.raw_block,
    "InlineHtml": HtmlWriter.raw,
    "FootnoteReference": HtmlWriter.footnote_mark,
    "TaskListMarker": HtmlWriter.task,
}
_SPECIAL: dict[str, Callable[[HtmlWriter, Any], None]] = {
    "Heading": HtmlWriter.heading,
    "BlockQuote": HtmlWriter.quote,
    "List": HtmlWriter.list,
    "Table": HtmlWriter.table,
    "FootnoteDefinition": HtmlWriter.footnote,
    "CodeBlock": HtmlWriter.code_block,
    "Link": HtmlWriter.link,
    "Image": HtmlWriter.link,
}
