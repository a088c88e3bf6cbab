"""An import: conversations are read, written in batches, each in its own transaction, and counted."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import transaction

from chatsite.history.exchange.file_reader import FileReader, Item
from chatsite.history.exchange.writer import GROWN, KNOWN, NEW, SKIPPED, Writer, Written
from chatsite.wording import counted

# SQLite allows one writing transaction at a time: this many messages take about 20 ms.
BATCH_MESSAGES = 200
BATCH_ITEMS = 100
# Seconds between two transactions, for others to write in.
PAUSE_SECONDS = 0.005


@dataclass(slots=True)
class Counts:
    """What an import added and skipped. `conversations` and `messages` are those that were added."""

    conversations: int = 0
    messages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    skipped_conversations: Counter[str] = field(default_factory=Counter)
    skipped_messages: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, written: Written) -> None:
        item = written.item
        self.outcomes[written.outcome] += 1
        self.conversations += written.outcome == NEW
        self.messages += written.messages
        if written.outcome == SKIPPED:
            self.skipped_conversations[written.reason] += 1
        # The older version of it, which came before.
        self.skipped_conversations["duplicate"] += item.is_newer
        self.skipped_messages.update(item.tally.skipped)
        self.notes.update(item.tally.notes)

    def report(self, reader: FileReader) -> dict[str, Any]:
        """Return the report for programs, with the reasons that docs/import.md lists."""
        return {
            "source": reader.source,
            "error": reader.error,
            "conversations": self.conversations,
            "messages": self.messages,
            "skipped": {
                "conversation": dict(+self.skipped_conversations),
                "message": dict(+self.skipped_messages),
            },
            "notes": dict(+self.notes),
        }


def import_file(
    file: BinaryIO, owner: User, record: Callable[[list[Written]], None] | None = None, after: int = 0
) -> tuple[FileReader, Counts]:
    """Import the file for this person. `record` is called in each batch's transaction, so that it and the rows stand or
    fall together. `after`: the number of the last item that an interrupted import has recorded."""
    reader, counts, writer = FileReader(file), Counts(), Writer(owner)
    for batch in _batches(reader, after):
        with transaction.atomic():
            written = writer.write(batch)
            if record:
                record(written)
        for each in written:
            counts.add(each)
        time.sleep(PAUSE_SECONDS)
    return reader, counts


def _batches(reader: FileReader, after: int) -> Iterator[list[Item]]:
    batch: list[Item] = []
    messages = 0
    for item in reader:
        if item.number <= after:
            continue
        batch.append(item)
        messages += len(item.conversation.messages) if item.conversation else 0
        if messages >= BATCH_MESSAGES or len(batch) >= BATCH_ITEMS:
            yield batch
            batch, messages = [], 0
    if batch:
        yield batch


def summary(reader: FileReader, counts: Counts) -> str:
    """Return what was imported and what was not, in one sentence."""
    known, grown = counts.outcomes[KNOWN], counts.outcomes[GROWN]
    parts = [
        f"Imported {counted(counts.conversations, 'conversation')} and {counted(counts.messages, 'message')}"
    ]
    if grown:
        parts.append(f"{counted(grown, 'existing conversation')} got new messages")
    if known:
        parts.append(f"already here: {known:,}")
    if skipped := sum(counts.skipped_conversations.values()):
        parts.append(f"skipped: {skipped:,}")
    return "; ".join(parts) + "."
