"""Markdown as safe HTML, one string for each top-level block."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import pyromark
from pyromark import Options

from chatsite.rendering import formulas
from chatsite.rendering.formulas import Formula
from chatsite.rendering.safety import filled, sanitised
from chatsite.rendering.writer import Figure, Writer

_OPTIONS = (
    Options.ENABLE_TABLES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_GFM
)
_ADDRESS_ENDS = ({"End": "Link"}, {"End": "Image"})
_MARKDOWN = pyromark.Markdown(options=_OPTIONS)


MAX_FORMULAS = 200
"""Formulas in one piece; further ones are shown as they were written. Each takes about half a millisecond."""


_MATTERS = re.compile(r"<|&|\[|@|://|www\.")
"""Without one of these no tag, attribute, entity or address can come of a text: what is written has the writer's own
constant tags and letters, and the sanitiser would find nothing. Only an open end is spared it; what stays is not."""


def blocks(
    text: str,
    definitions: Mapping[str, str],
    footnotes: frozenset[str],
    figure: Figure,
    *,
    open_end: bool = False,
) -> list[str]:
    """The top-level blocks of a Markdown text as safe HTML.

    `definitions` are link addresses by folded label, `footnotes` labels: those defined elsewhere in the document.
    Code blocks are made by `figure`; with `open_end` the text is about to grow. Raises TooDeep, and ValueError when
    the sanitiser did not accept what was written.
    """
    found = _formulas(text) if formulas.may_hold_formulas(text) else ()
    if found:
        text = formulas.marked(text, found)
    stubs = "".join(f"[^{name}]: x\n\n" for name in footnotes)
    finish = filled if open_end and not _MATTERS.search(text) else sanitised
    writer = Writer(found, figure, finish, len(text))
    return writer.blocks(_parser(definitions).events(stubs + text))[len(footnotes) :]


def _parser(definitions: Mapping[str, str]) -> pyromark.Markdown:
    if not definitions:
        return _MARKDOWN

    def resolve(link: Any) -> tuple[str, str] | None:
        url = definitions.get(folded(link["reference"]))
        return None if url is None else (url, "")

    return pyromark.Markdown(options=_OPTIONS, broken_link_callback=resolve)


def folded(label: str) -> str:
    """A link label as CommonMark compares them."""
    return " ".join(label.split()).casefold()


def definitions_in(text: str) -> dict[str, str]:
    """The link addresses that a text defines, by folded label."""
    found = _MARKDOWN.reference_definitions(text)
    return {folded(label): definition["dest"] for label, definition in found.items()}


def _formulas(text: str) -> Sequence[Formula]:
    return tuple(islice(formulas.find(text, _literal_ranges(text)), MAX_FORMULAS))


def _literal_ranges(text: str) -> list[tuple[int, int]]:
    """Where code, raw HTML and addresses stand, in characters: nothing there is a formula."""
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
