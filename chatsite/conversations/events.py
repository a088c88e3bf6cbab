"""The wire protocol, version 1: one function an event that the server sends, each giving a JSON text.

A socket sends `conversation.opened` first. The events of one answer are `message.created` (the person's),
`reply.started`, any number of `reply.delta`, and one `reply.finished`, whose `html` is the message as any later
page load shows it.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.conversations.transcript import Frame

PROTOCOL = 1


def conversation_opened(conversation: UUID, head: UUID | None, running: Iterable[UUID]) -> str:
    """`head`: the last message of the branch that is shown; `running`: the answers that are being written."""
    return _event("conversation.opened", protocol=PROTOCOL, **_state(conversation, head, running))


def conversation_checked(conversation: UUID, head: UUID | None, running: Iterable[UUID]) -> str:
    """The answer to a page that asks whether it is still connected, and up to date."""
    return _event("conversation.checked", **_state(conversation, head, running))


def _state(conversation: UUID, head: UUID | None, running: Iterable[UUID]) -> dict[str, Any]:
    return {
        "conversation": str(conversation),
        "head": str(head) if head else None,
        "running": [str(message) for message in running],
    }


def conversation_changed(conversation: Conversation, answering: bool) -> str:
    """One of the person's conversations, not always this socket's, has changed in what lists show."""
    return _event(
        "conversation.changed",
        conversation=str(conversation.uuid),
        title=conversation.title,
        head=_uuid(conversation.head),
        answering=answering,
    )


def conversation_gone(conversation: UUID) -> str:
    """One of the person's conversations was deleted: its title is null."""
    return _event(
        "conversation.changed", conversation=str(conversation), title=None, head=None, answering=False
    )


def message_created(message: Message) -> str:
    """`html`: the whole message as the page shows it."""
    return _event(
        "message.created",
        id=str(message.uuid),
        role=message.role,
        parent=_uuid(message.parent),
        html=message_html(message),
    )


def reply_started(completion: Completion) -> str:
    """`html`: the assistant message, still without text."""
    message = _message_of(completion)
    return _event(
        "reply.started",
        message=str(message.uuid),
        completion=completion.pk,
        parent=_uuid(message.parent),
        model=completion.model,
        html=message_html(message),
    )


def reply_delta(message: UUID, completion: int, frame: Frame) -> str:
    """What came since a cursor: the log's `text` and `reasoning` from `offset` to `end` (characters of both),
    the HTML of the blocks `settled` since, of which the page has `blocks`, and of the open block, `tail`."""
    if not frame.encoded:
        frame.encoded = _event(
            "reply.delta",
            message=str(message),
            completion=completion,
            offset=frame.offset,
            end=frame.end,
            text=frame.text,
            reasoning=frame.reasoning,
            blocks=frame.blocks,
            settled=frame.settled,
            tail=frame.tail,
        )
    return frame.encoded


def reply_finished(completion: Completion) -> str:
    """How the answer ended. `error` is null, or its kind (for programs) and a sentence (for people)."""
    usage = {
        "prompt_tokens": completion.prompt_tokens,
        "completion_tokens": completion.completion_tokens,
        "cached_tokens": completion.cached_tokens,
    }
    error = {"kind": completion.error_kind, "detail": completion.error} if completion.error else None
    return _event(
        "reply.finished",
        message=str(completion.message.uuid),
        completion=completion.pk,
        status=completion.status,
        finish_reason=completion.finish_reason or None,
        usage=usage if completion.completion_tokens is not None else None,
        error=error,
        html=message_html(_message_of(completion)),
    )


def error(code: str, detail: str, ref: str | None = None) -> str:
    """A frame could not be done. `ref` is the id of that frame, when it had one."""
    return _event("error", code=code, detail=detail, ref=ref)


def message_html(message: Message) -> str:
    """The message's element, the same wherever it is shown."""
    return render_to_string("conversations/_message.html", {"message": message})


def _message_of(completion: Completion) -> Message:
    """The message with this run as its newest, both as they were read together; a later look might find another end."""
    completion.message.completion = completion
    return completion.message


def _uuid(message: Message | None) -> str | None:
    return str(message.uuid) if message else None


def _event(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))
