"""The events that the server sends: one function for each, which returns its JSON text.

The first event on a socket is `conversation.opened` or `person.opened`. The events of one answer are `message.created`
(the person's message), `reply.started`, any number of `reply.delta`, and one `reply.finished`, whose `html` is the
message as any later page load shows it. An event over MAX_EVENT_CHARACTERS leaves out its `html`, and the page fetches
the conversation instead.
"""

import json
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chatsite.conversations.elements import element
from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.limits import MAX_EVENT_CHARACTERS
from chatsite.runs.ends import End, Ended
from chatsite.runs.slices import Slice

PROTOCOL = 1

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class State:
    """The state of a conversation.

    title: None where the conversation is not stored, or was deleted. head: the last message of the branch that is
    shown. newest: the id of the newest completion, 0 before the first. running: the completions that are being written.
    unread: whether an answer came that the person has not seen.
    """

    title: str | None
    head: UUID | None
    newest: int
    running: list[Completion]
    unread: bool = False


def person_opened(answering: list[UUID]) -> str:
    """The first event for a page that shows no conversation.

    `answering`: the conversations of this person that are being answered, which the page compares its list with.
    """
    return _event("person.opened", protocol=PROTOCOL, answering=[str(each) for each in answering])


def person_checked() -> str:
    """The page is connected, and was sent all that has changed."""
    return _event("person.checked")


def conversation_opened(conversation: UUID, state: State, answering: list[UUID]) -> str:
    """The first event for the page of a conversation, which compares itself with it.

    `title`: null where nothing is stored. `head`: the last message of the branch that is shown. `newest`: the id of the
    newest completion on any branch; a larger one than the page has means that an answer was continued, or has got an
    alternative. `running`: the messages that are being written. `answering`: all conversations of this person that are
    being answered. A page that shows something else fetches the conversation again.
    """
    listed = [str(each) for each in answering]
    return _event("conversation.opened", protocol=PROTOCOL, answering=listed, **_state(conversation, state))


def conversation_checked(conversation: UUID, state: State) -> str:
    """The answer to a page that asks whether it is still connected and up to date."""
    return _event("conversation.checked", **_state(conversation, state))


def _state(conversation: UUID, state: State) -> dict[str, Any]:
    return {
        "conversation": str(conversation),
        "title": state.title,
        "head": str(state.head) if state.head else None,
        "newest": state.newest,
        "running": [str(completion.message.uuid) for completion in state.running],
    }


def conversation_changed(conversation: Conversation, answering: bool) -> str:
    """One of the person's conversations has changed in what lists show. It may be another one than the page shows."""
    if conversation.deleted:
        return conversation_deleted(conversation.uuid)
    return _event(
        "conversation.changed",
        conversation=str(conversation.uuid),
        title=conversation.title,
        head=_uuid(conversation.head),
        answering=answering,
        unread=conversation.unread,
        updated=conversation.updated.isoformat(),
        pinned=conversation.pinned,
        archived=conversation.archived,
        folder=str(conversation.folder_uuid) if conversation.folder_uuid else None,
        temporary=conversation.is_temporary,
    )


def conversations_changed() -> str:
    """Too many of the person's conversations have changed to name each."""
    return _event("conversations.changed")


def folders_changed() -> str:
    """Folders of the person were made, renamed or deleted."""
    return _event("folders.changed")


def conversation_deleted(conversation: UUID) -> str:
    """One of the person's conversations was deleted: its title is null."""
    return _event(
        "conversation.changed", conversation=str(conversation), title=None, head=None, answering=False
    )


def limits_changed(notice: str) -> str:
    """How much of a limit the person has used, in a sentence from 80 % on; an empty one where nothing is near."""
    return _event("limits.changed", notice=notice)


def turn(message: Message, completion: Completion) -> list[str]:
    """Return the events that show a turn: the person's message, and the answer that begins."""
    return [message_created(message), reply_started(completion)]


def message_created(message: Message) -> str:
    """`html`: the whole message as the page shows it."""
    return _event_with_message(
        "message.created",
        message,
        id=str(message.uuid),
        role=message.role,
        parent=_uuid(message.parent),
    )


def reply_started(completion: Completion) -> str:
    """`html`: the assistant message, still without text."""
    message = _message_of(completion)
    return _event_with_message(
        "reply.started",
        message,
        message=str(message.uuid),
        completion=completion.pk,
        parent=_uuid(message.parent),
        model=completion.model,
    )


def reply_delta(message: str, completion: int, new: Slice) -> str:
    """What is new since a cursor.

    `text`, `reasoning`: the log from `offset` to `end`, which count characters of both. `settled`: the HTML of the
    blocks that were settled since; the page has `blocks` before them. `tail`: the HTML of the open block. With `offset`
    and `blocks` 0 the answer begins again: what was shown as text may have turned out to be reasoning.
    """
    if not new.encoded:
        new.encoded = _event(
            "reply.delta",
            message=message,
            completion=completion,
            offset=new.offset,
            end=new.end,
            text=new.text,
            reasoning=new.reasoning,
            blocks=new.blocks,
            settled=new.settled,
            tail=new.tail,
        )
    return new.encoded


def ending(end: End, message: str) -> str:
    """The last event of a run, or a notice about its end: `reply.finished`, or an error about its message."""
    if end.encoded:
        pass
    elif isinstance(end, Ended):
        end.encoded = reply_finished(end.completion)
    else:
        end.encoded = error(end.code, end.detail, message)
    return end.encoded


def reply_finished(completion: Completion) -> str:
    """How the answer ended. `error`: null, or a kind for programs and a sentence for people."""
    usage = {
        "prompt_tokens": completion.prompt_tokens,
        "completion_tokens": completion.completion_tokens,
        "cached_tokens": completion.cached_tokens,
    }
    error = {"kind": completion.error_kind, "detail": completion.error} if completion.error else None
    return _event_with_message(
        "reply.finished",
        _message_of(completion),
        message=str(completion.message.uuid),
        completion=completion.pk,
        status=completion.status,
        finish_reason=completion.finish_reason or None,
        usage=usage if completion.completion_tokens is not None else None,
        error=error,
    )


def error(code: str, detail: str, ref: str | None = None) -> str:
    """A command could not be done. `ref`: the command's id, or the message that it named."""
    return _event("error", code=code, detail=detail, ref=ref)


def _message_of(completion: Completion) -> Message:
    """Return the message with this completion as its newest. A later query might find another one.

    It is a copy: the completion's own message would refer to the completion, and such a cycle waits for the garbage
    collector.
    """
    message = copy(completion.message)
    message.completion = completion
    return message


def _uuid(message: Message | None) -> str | None:
    return str(message.uuid) if message else None


def _event_with_message(kind: str, shown: Message, /, **fields: Any) -> str:
    """Return an event with the message's `html`, unless it is too large."""
    event = _event(kind, **fields, html=element(shown))
    return event if len(event) <= MAX_EVENT_CHARACTERS else _event(kind, **fields)


def _event(kind: str, **fields: Any) -> str:
    return _encode({"type": kind, **fields})
