"""Stores what was read as rows of one person. Repeated imports add each row once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.history.exchange import rows
from chatsite.history.exchange.bulk_insert import insert
from chatsite.history.exchange.file_reader import Item
from chatsite.history.exchange.formats import chatsite
from chatsite.history.exchange.identifiers import PrimaryKeys, derived, known
from chatsite.history.exchange.records import ReadConversation, ReadMessage
from chatsite.history.search import index

NEW, GROWN, KNOWN, SKIPPED = "new", "grown", "known", "skipped"


@dataclass(slots=True)
class Written:
    """The outcome of an item. `uuid`: its conversation here; `messages`: how many were added."""

    item: Item
    outcome: str
    reason: str = ""
    uuid: UUID | None = None
    messages: int = 0


class Stored(NamedTuple):
    """A message that is stored already."""

    pk: int
    text: str


@dataclass(slots=True)
class Batch:
    """Rows that are inserted together."""

    conversations: list[Conversation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)
    keys: PrimaryKeys = field(default_factory=PrimaryKeys)

    def insert(self) -> None:
        insert(self.conversations)
        pks = self.keys.take(Completion, len(self.completions))
        for completion, pk in zip(self.completions, pks, strict=True):
            completion.pk = pk
        # Before their messages: the search index enters a message once, with the models that wrote it.
        insert(self.completions)
        with index.at_once():
            insert(self.messages)
        self.conversations, self.messages, self.completions = [], [], []


class Writer:
    """Writes conversations of one owner. It never reads or changes rows of other people."""

    def __init__(self, owner: User) -> None:
        self._owner = owner
        self._known = rows.Known()

    def write(self, items: list[Item]) -> list[Written]:
        """Write these in one savepoint. To be called within a transaction."""
        try:
            with transaction.atomic():
                return self._write(items)
        except IntegrityError:
            # A uuid of it is taken. One by one, all others can be written. What was looked up may be undone.
            self._known = rows.Known()
            return [written for item in items for written in self._write_alone(item)]

    def _write_alone(self, item: Item) -> list[Written]:
        try:
            with transaction.atomic():
                return self._write([item])
        except IntegrityError:
            return [Written(item, SKIPPED, "taken")]

    def _write(self, items: list[Item]) -> list[Written]:
        own = self._own(item.conversation for item in items if item.conversation)
        batch = Batch()
        written = []
        for item in items:
            read = item.conversation
            if read is None:
                written.append(Written(item, SKIPPED, item.reason))
            elif found := self._find(read, own):
                written.append(self._merge(item, read, found, batch))
            else:
                made = self._make(read, batch)
                own[made.uuid] = made
                written.append(Written(item, NEW, uuid=made.uuid, messages=len(read.messages)))
        batch.insert()
        return written

    def _own(self, conversations: Iterable[ReadConversation]) -> dict[UUID, Conversation]:
        """Return the owner's stored conversations with these uuids, locked."""
        uuids = [uuid for each in conversations for uuid in self._uuids(each)]
        mine = Conversation.objects.select_for_update().filter(owner=self._owner, uuid__in=uuids)
        return {conversation.uuid: conversation for conversation in mine}

    def _uuids(self, read: ReadConversation) -> list[UUID]:
        """Return the uuids that the conversation may have here: its own, if it was exported here, and a derived one."""
        before = known(read.key) if read.source == chatsite.SOURCE else None
        return [*([before] if before else []), derived(self._owner.pk, read.source, read.key)]

    def _find(self, read: ReadConversation, own: dict[UUID, Conversation]) -> Conversation | None:
        return next((own[uuid] for uuid in self._uuids(read) if uuid in own), None)

    def _make(self, read: ReadConversation, batch: Batch) -> Conversation:
        (pk,) = batch.keys.take(Conversation, 1)
        conversation = Conversation(
            pk=pk,
            uuid=self._uuids(read)[-1],
            owner=self._owner,
            title=read.title,
            model=read.model,
            params=rows.params(read.params),
            system_prompt=self._known.prompt(read.prompt, self._owner),
            prompt_since=timezone.now() if read.prompt else None,
            pinned=read.pinned,
            archived=read.archived,
            folder=self._known.folder(read.folder, self._owner),
            created=read.created,
            updated=read.updated,
        )
        batch.conversations.append(conversation)
        pks = self._add(read, read.messages, {}, conversation, batch)
        conversation.head_id = pks[read.head]
        return conversation

    def _add(
        self,
        read: ReadConversation,
        messages: list[ReadMessage],
        pks: dict[str, int],
        conversation: Conversation,
        batch: Batch,
    ) -> dict[str, int]:
        """Add these messages to the batch. Return all primary keys by the ids in the file."""
        reserved = batch.keys.take(Message, len(messages))
        pks = pks | {message.id: pk for message, pk in zip(messages, reserved, strict=True)}
        for message in messages:
            row = Message(
                pk=pks[message.id],
                uuid=derived(self._owner.pk, read.source, read.key, message.id),
                conversation_id=conversation.pk,
                parent_id=pks[message.parent] if message.parent is not None else None,
                role=message.role,
                text=message.text,
                reasoning=message.reasoning,
                created=message.created,
            )
            batch.messages.append(row)
            batch.completions += rows.completions(message, row, self._known)
        return pks

    def _merge(self, item: Item, read: ReadConversation, found: Conversation, batch: Batch) -> Written:
        """Add the messages that the stored conversation lacks, and the longer text of answers that grew."""
        if found in batch.conversations:
            batch.insert()
        if found.deleted:
            self._restore(item, found)
        rows_of_it = found.messages.values_list("uuid", "pk", "text")
        stored = {uuid: Stored(pk, text) for uuid, pk, text in rows_of_it}
        there = {message.id: row for message in read.messages if (row := self._stored(read, message, stored))}
        added = [message for message in read.messages if message.id not in there]
        grown = read.source != chatsite.SOURCE and self._grow(read, there)
        if not added and not grown and not item.is_newer:
            return Written(item, KNOWN, uuid=found.uuid)
        pks = self._add(read, added, {id: row.pk for id, row in there.items()}, found, batch)
        self._change(read, found, pks, item.is_newer)
        outcome = GROWN if added or grown else KNOWN
        return Written(item, outcome, uuid=found.uuid, messages=len(added))

    def _restore(self, item: Item, found: Conversation) -> None:
        """A person who imports a conversation that they deleted wants it back."""
        Conversation.objects.filter(pk=found.pk).update(deleted=None, changed=Now())
        item.tally.notes["restored"] += 1

    def _stored(
        self, read: ReadConversation, message: ReadMessage, stored: dict[UUID, Stored]
    ) -> Stored | None:
        before = known(message.id) if read.source == chatsite.SOURCE else None
        derived_one = derived(self._owner.pk, read.source, read.key, message.id)
        return (stored.get(before) if before else None) or stored.get(derived_one)

    def _grow(self, read: ReadConversation, there: dict[str, Stored]) -> int:
        """Store the longer text of answers that an earlier export had the beginning of."""
        grown = [
            (there[message.id], message)
            for message in read.messages
            if message.id in there and _goes_on(there[message.id].text, message.text)
        ]
        for row, message in grown:
            longer = {"text": message.text} | ({"reasoning": message.reasoning} if message.reasoning else {})
            Message.objects.filter(pk=row.pk).update(**longer)
        return len(grown)

    def _change(
        self, read: ReadConversation, found: Conversation, pks: dict[str, int], is_newer: bool
    ) -> None:
        """Show the newest branch, unless the person continued another branch here."""
        values: dict[str, Any] = {"changed": Now(), "updated": max(found.updated, read.updated)}
        main = [pks[message.id] for message in read.main()]
        if is_newer or found.head_id in main:
            values["head"] = main[-1]
        if is_newer:
            values |= {"title": read.title, "archived": read.archived, "pinned": read.pinned}
        Conversation.objects.filter(pk=found.pk).update(**values)


def _goes_on(stored: str, read: str) -> bool:
    return len(stored) < len(read) and bool(stored) and read.startswith(stored)
