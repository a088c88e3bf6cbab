"""Markdown as safe HTML, one string for each top-level block."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import pyromark
from pyromark import Options

from chatsite.rendering import emphasis, formulas, links, nested_fences, table_bars
from chatsite.rendering.html_writer import HtmlWriter
from chatsite.rendering.links import Address
from chatsite.rendering.piece_context import PieceContext
from chatsite.rendering.placeholders import Item, Placeholders
from chatsite.rendering.safety import filled, sanitised

_OPTIONS = (
    Options.ENABLE_TABLES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_GFM
)
_TABLE_ENDS = {"End": "Table"}
_ADDRESS_ENDS = ({"End": "Link"}, {"End": "Image"})
_MARKDOWN = pyromark.Markdown(options=_OPTIONS)


MAX_FORMULAS = 200
"""Formulas in one piece; further ones are shown as they were written. Each takes about half a millisecond."""


_NO_MARKS = Placeholders(())
_LITERAL_MARKS = ("`", "<", "[", "~~~", "    ", "\t")
"""Without one of these a text has no code, raw HTML or address of a link."""

_MATTERS = re.compile(r"<|&|\[|@|://|www\.")
"""Without one of these no tag, attribute, entity or address can come of a text: what is written has the writer's own
constant tags and letters, and the sanitiser would find nothing. Only an open end is spared it; what stays is not."""


def blocks(text: str, context: PieceContext, *, open_end: bool = False) -> list[str]:
    """The top-level blocks of a Markdown text as safe HTML.

    With `open_end` the text is about to grow. Raises TooLarge, and ValueError when the sanitiser did not accept what
    was written.
    """
    finish = filled if open_end and not _MATTERS.search(text) else sanitised
    text, marks = _marked(text)
    if context.footnotes:
        text = "".join(f"[^{name}]: x\n\n" for name in context.footnotes) + text
    events = _parser(context.definitions, marks).events(text)
    return HtmlWriter(marks, context, finish).blocks(events)[len(context.footnotes) :]


def is_table(text: str) -> bool:
    """Whether a text is one table and nothing else."""
    events: list[Any] = list(_MARKDOWN.events(_marked(text)[0]))
    return bool(events) and "Table" in _started(events[0]) and events.index(_TABLE_ENDS) == len(events) - 1


def _started(event: Any) -> Any:
    return event.get("Start", "") if isinstance(event, dict) else ""


def _marked(text: str) -> tuple[str, Placeholders]:
    """The text as Markdown is to read it, and the marks in it."""
    text = nested_fences.lengthened(text)
    marks = _NO_MARKS
    if items := _items(text):
        marks = Placeholders(items)
        text = marks.put(text)
    text = emphasis.eased(text)
    return (table_bars.with_escaped_bars(text) if "`" in text and "|" in text else text), marks


def _parser(definitions: Mapping[str, str], marks: Placeholders) -> pyromark.Markdown:
    if not definitions:
        return _MARKDOWN

    def resolve(link: Any) -> tuple[str, str] | None:
        url = definitions.get(folded(marks.restored(link["reference"])))
        return None if url is None else (url, "")

    return pyromark.Markdown(options=_OPTIONS, broken_link_callback=resolve)


def folded(label: str) -> str:
    """A link label as CommonMark compares them."""
    return " ".join(label.split()).casefold()


def definitions_in(text: str) -> dict[str, str]:
    """The link addresses that a text defines, by folded label."""
    found = _MARKDOWN.reference_definitions(text)
    return {folded(label): definition["dest"] for label, definition in found.items()}


def _items(text: str) -> Sequence[Item]:
    """The bare addresses and the formulas of a text, in order; an address wins over what it holds."""
    addresses = _addresses(text) if links.may_hold_addresses(text) else ()
    if not formulas.may_hold_formulas(text):
        return addresses
    literal = sorted([*_literal_ranges(text), *((each.start, each.end) for each in addresses)])
    found = islice(formulas.find(text, literal), MAX_FORMULAS)
    return sorted([*addresses, *found], key=lambda item: item.start) if addresses else tuple(found)


def _addresses(text: str) -> Sequence[Address]:
    return tuple(links.find(text, in_table="|" in text and table_bars.may_hold_table(text)))


def _literal_ranges(text: str) -> list[tuple[int, int]]:
    """Return the ranges of code, raw HTML and addresses, in characters. They contain no formulas."""
    if not any(mark in text for mark in _LITERAL_MARKS):
        return []
    spans: list[tuple[int, int]] = []
    inner = 0
    for event, span in _MARKDOWN.events_with_range(text):
        start, end = span["start"], span["end"]
        if _is_literal(event):
            spans.append((start, end))
        elif event in _ADDRESS_ENDS:
            spans.append((inner, end))
        inner = end
    return _in_characters(text, spans)


def _is_literal(event: Any) -> bool:
    if isinstance(event, str):
        return False
    ((kind, value),) = event.items()
    return kind in ("Code", "Html", "InlineHtml") or (kind == "Start" and "CodeBlock" in value)


def _in_characters(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if text.isascii():
        return spans
    data, seen = text.encode(), 0
    characters = {0: 0}
    for place in sorted({place for span in spans for place in span}):
        characters[place] = characters[seen] + len(data[seen:place].decode())
        seen = place
    return [(characters[start], characters[end]) for start, end in spans]
