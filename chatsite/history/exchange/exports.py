"""An export: which conversations, in which form, under which file name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatsite.conversations.models import Conversation
from chatsite.history.exchange import export_html, export_markdown
from chatsite.history.exchange.export_json import json_export
from chatsite.history.exchange.export_queries import conversations
from chatsite.history.exchange.zip_stream import zip_stream

Format = Literal["json", "markdown", "html"]
FORMATS: tuple[Format, ...] = ("json", "markdown", "html")

# File systems take names of 255 bytes; the date, the id and the extension need some of them.
MAX_TITLE_BYTES = 180
MAX_TITLE_CHARACTERS = 60
RESERVED = re.compile(r'[<>:"/\\|?*\s]+')
PAGES: dict[str, tuple[Callable[[Conversation], Iterator[str]], str, str]] = {
    "markdown": (export_markdown.markdown, export_markdown.EXTENSION, "text/markdown; charset=utf-8"),
    "html": (export_html.html, export_html.EXTENSION, "text/html; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file to send: its name, its type, and its content in pieces."""

    name: str
    content_type: str
    pieces: Iterator[str] | Iterator[bytes]


def export(pks: list[int], form: Format, now: datetime) -> Export:
    """These conversations: a zip file for several pages, one file for everything else."""
    if len(pks) == 1:
        for conversation in conversations(pks):
            return _single(conversation, form)
    stem = f"chatsite-{now:%Y-%m-%d}"
    if form == "json":
        return Export(f"{stem}.json", "application/json", json_export(conversations(pks)))
    write, extension, _ = PAGES[form]
    members = ((f"{file_name(each)}.{extension}", each.updated, write(each)) for each in conversations(pks))
    return Export(f"{stem}.zip", "application/zip", zip_stream(members))


def _single(conversation: Conversation, form: Format) -> Export:
    """A file named by the title of its conversation."""
    if form == "json":
        return Export(f"{file_name(conversation)}.json", "application/json", json_export([conversation]))
    write, extension, content_type = PAGES[form]
    return Export(f"{file_name(conversation)}.{extension}", content_type, write(conversation))


def file_name(conversation: Conversation) -> str:
    """Return a name that every file system accepts, and that no two conversations share."""
    title = _title(conversation.title) or "Untitled"
    return f"{conversation.updated:%Y-%m-%d} {title} {str(conversation.uuid)[:8]}"


def _title(title: str) -> str:
    """The title without what a file system or a shell may misread: reserved and invisible characters."""
    visible = "".join(character if character.isprintable() else " " for character in title)
    short = RESERVED.sub(" ", visible).strip(" .")[:MAX_TITLE_CHARACTERS]
    return short.encode()[:MAX_TITLE_BYTES].decode(errors="ignore").strip(" .")
