"""The messages that a page shows: the end of the branch, and before it the part that its address asks for."""

from typing import NamedTuple
from uuid import UUID

from django.http import QueryDict

from chatsite.conversations.models import Conversation, Message, Status
from chatsite.conversations.models.branch import part, part_after, part_around
from chatsite.history.search.in_conversation import read_words
from chatsite.history.search.marks import marked


class Part(NamedTuple):
    """Consecutive messages. below: the first of them if messages before it are left out, otherwise None. above: the
    message that is shown before those left out, if any."""

    messages: list[Message]
    below: UUID | None
    above: UUID | None = None


def thread(conversation: Conversation, query: QueryDict) -> list[Part]:
    """Return the end of the branch, and before it the part that the query asks for, if that is on this branch."""
    end = part(conversation.head_id)
    if not end:
        return []
    shown = {message.pk for message in end}
    found = [message for message in asked(conversation, query, end) if message.pk not in shown]
    # `at` and `after` find nothing for a message of another branch, but `before` does.
    if found and "before" in query and not conversation.shows(found[-1]):
        found = []
    _mark(found + end, query.get("mark", ""))
    if not found or found[-1].pk == end[0].parent_id:
        return [_part(found + end)]
    return [_part(found), Part(end, end[0].uuid, found[-1].uuid)]


def more(conversation: Conversation, query: QueryDict) -> list[Part]:
    """Return the part that the query asks for, alone."""
    found = asked(conversation, query, [])
    _mark(found, query.get("mark", ""))
    return [_part(found)] if found else []


def _mark(messages: list[Message], words: str) -> None:
    """Mark these words in the messages, but for an answer that is being written."""
    phrases = read_words(words).phrases if words.strip() else []
    for message in messages if phrases else []:
        if not (message.completion and message.completion.status == Status.STREAMING):
            message.html = marked(message.html, phrases)


def _part(messages: list[Message]) -> Part:
    return Part(messages, messages[0].uuid if messages[0].parent_id else None)


def asked(conversation: Conversation, query: QueryDict, end: list[Message]) -> list[Message]:
    """Return the part `at`, `before` or `after` the message that the query names. `end`: what was read already."""
    for name, read in READERS.items():
        if message := _message(conversation, query.get(name, ""), end):
            return [] if message in end and name != "before" else read(conversation, message)
    return []


def _message(conversation: Conversation, uuid: str, end: list[Message]) -> Message | None:
    try:
        wanted = UUID(uuid)
    except ValueError:
        return None
    known = [message for message in end if message.uuid == wanted]
    found = known or conversation.messages.filter(uuid=wanted).only("parent")
    return next(iter(found), None)


def _at(conversation: Conversation, message: Message) -> list[Message]:
    return part_around(message.pk, conversation.head_id)


def _before(conversation: Conversation, message: Message) -> list[Message]:
    return part(message.parent_id)


def _after(conversation: Conversation, message: Message) -> list[Message]:
    return part_after(message.pk, conversation.head_id)


READERS = {"at": _at, "before": _before, "after": _after}
