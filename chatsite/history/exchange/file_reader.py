"""Reads the conversations of a file one after another, and records its problems. No database is used."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from chatsite.history.exchange import format_detection, texts
from chatsite.history.exchange.errors import FileError
from chatsite.history.exchange.files import TextFile, text_files
from chatsite.history.exchange.json_stream import CHUNK, MAX_ELEMENT, JsonStream, TooLarge
from chatsite.history.exchange.records import ReadConversation, Skipped, Tally

# The name of the list of conversations in a file that is one large object.
LIST = "conversations"
SCALARS = '"tfnN-0123456789'


@dataclass(slots=True)
class Item:
    """One conversation of the file: read, or skipped for a reason. `is_newer`: an older version of it came before."""

    number: int
    title: str
    conversation: ReadConversation | None = None
    reason: str = ""
    is_newer: bool = False
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class FileReader:
    """Reads a file once. `source` and `problems` are complete when the iteration has ended.

    problems: what is wrong with the file or a member of the zip: its name and a reason. chunk and max_element: the
    characters that are read at once, and that one conversation may have.
    """

    file: BinaryIO
    chunk: int = CHUNK
    max_element: int = MAX_ELEMENT
    problems: list[tuple[str, str]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    count: int = 0
    _versions: dict[bytes, datetime] = field(default_factory=dict)

    @property
    def source(self) -> str | None:
        """The program that wrote the conversations; "mixed" where there are several."""
        return "mixed" if len(self.sources) > 1 else next(iter(self.sources), None)

    @property
    def error(self) -> str | None:
        """The reason of the first problem; None if there is none."""
        return self.problems[0][1] if self.problems else None

    def __iter__(self) -> Iterator[Item]:
        try:
            for text in text_files(self.file):
                yield from self._read_text(text)
        except FileError as error:
            self.problems.append(("", error.reason))
        if self.count and not self.sources:
            self.problems.append(("", "not_an_export"))

    def _read_text(self, text: TextFile) -> Iterator[Item]:
        try:
            for value in self._values(JsonStream(text.read, self.chunk, self.max_element)):
                yield from self._read_value(value)
        except FileError as error:
            self.problems.append((text.name, error.reason))

    def _values(self, stream: JsonStream) -> Iterator[Any]:
        first = stream.peek()
        if not first:
            raise FileError("empty_file")
        if first == "[":
            yield from stream.array()
        elif first == "{":
            yield from _object(stream)
        else:
            if first in SCALARS:
                stream.value()
            raise FileError("not_an_export" if first in SCALARS else "not_json")
        if stream.peek():
            raise FileError("trailing_data")

    def _read_value(self, value: Any) -> Iterator[Item]:
        if isinstance(value, TooLarge):
            yield self._item("", reason="too_large")
            return
        for source, session in format_detection.sessions_of(value):
            if source:
                self.sources.add(source)
            yield self._read_session(source, session)

    def _read_session(self, source: str, session: Any) -> Item:
        try:
            conversation = format_detection.read(source, session)
        except Skipped as skipped:
            return self._item(_title_of(session), reason=skipped.reason, tally=skipped.tally)
        key = hashlib.sha256(f"{source}/{conversation.key}".encode()).digest()[:16]
        before, version = self._versions.get(key), conversation.version or conversation.updated
        if before and version <= before:
            return self._item(conversation.title, reason="duplicate")
        self._versions[key] = version
        return self._item(
            conversation.title,
            conversation=conversation,
            is_newer=before is not None,
            tally=conversation.tally,
        )

    def _item(self, title: str, **what: Any) -> Item:
        self.count += 1
        return Item(self.count, title, **what)


def _object(stream: JsonStream) -> Iterator[Any]:
    """The conversations in the object that begins here: those in its list, or the object itself. Raises FileError."""
    fields: dict[str, Any] = {}
    has_list = False
    stream.take("{")
    while stream.peek() != "}":
        name = stream.value()
        stream.take(":")
        if name == LIST and stream.peek() == "[":
            has_list = True
            yield from stream.array()
        else:
            fields[str(name)] = _field(stream)
        if stream.peek() != ",":
            break
        stream.take(",")
    stream.take("}")
    if not has_list:
        _check(fields)
        yield fields


def _field(stream: JsonStream) -> Any:
    try:
        return stream.value()
    except TooLarge:
        raise FileError("too_large") from None


def _check(item: dict[str, Any]) -> None:
    """Raise FileError if a single object is the index of a Claude export, or holds no conversation."""
    if format_detection.is_claude_index(item):
        raise FileError("claude_index")
    if not any(source for source, _ in format_detection.sessions_of(item)):
        raise FileError("not_an_export")


def _title_of(session: Any) -> str:
    """Return the title of a conversation that is skipped; empty where there is none."""
    if not isinstance(session, dict):
        return ""
    titles = (session.get(name) for name in ("title", "name", "topic"))
    return next((texts.one_line(title)[: texts.MAX_TITLE] for title in titles if isinstance(title, str)), "")


def totals(tallies: list[Tally]) -> tuple[Counter[str], Counter[str]]:
    """The skipped messages and the notes of several conversations, by reason."""
    skipped, notes = Counter[str](), Counter[str]()
    for tally in tallies:
        skipped.update(tally.skipped)
        notes.update(tally.notes)
    return +skipped, +notes
