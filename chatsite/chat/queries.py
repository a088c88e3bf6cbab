"""What pages query, in the database thread that all pages of a process share. `refuse_stranger` is synchronous."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import User

from chatsite.chat import events
from chatsite.chat.events import State
from chatsite.conversations.errors import NOT_FOUND, Refusal
from chatsite.conversations.models import Completion, Conversation, Message


class Change(NamedTuple):
    """A conversation, its owner, and when it changed last."""

    conversation_id: int
    owner_id: int
    moment: datetime


@database_sync_to_async
def state(user: User, conversation: UUID) -> State:
    """Return the state of a conversation of this user, or of a new one. Raises Refusal for a stranger's."""
    return _state(user, conversation)


@database_sync_to_async
def state_and_answering(user: User, conversation: UUID) -> tuple[State, list[UUID]]:
    """Return the state of a conversation, and the conversations of this user that are being answered."""
    return _state(user, conversation), Completion.objects.answering(user)


def _state(user: User, conversation: UUID) -> State:
    found = Conversation.objects.select_related("head").filter(uuid=conversation).first()
    if found is None:
        return State(None, None, 0, [])
    if found.owner_id != user.pk:
        raise Refusal("not_found", NOT_FOUND)
    if found.deleted:
        return State(None, None, 0, [])
    # The newest first: the page is then sent one that begins meanwhile twice at most, and never misses it.
    newest = found.newest_completion_id
    running = Completion.objects.streaming().filter(message__conversation=found).select_related("message")
    return State(found.title, found.head.uuid if found.head else None, newest, list(running.order_by("pk")))


def refuse_stranger(user: User, conversation: UUID) -> None:
    """Raises Refusal where the conversation is somebody else's."""
    if Conversation.objects.filter(uuid=conversation).exclude(owner=user).exists():
        raise Refusal("not_found", NOT_FOUND)


@database_sync_to_async
def completions_after(conversation: UUID, newest: int) -> list[int]:
    """Return the ids of the completions that began after this one, in order."""
    completions = Completion.objects.filter(
        message__conversation__uuid=conversation, message__conversation__deleted=None, pk__gt=newest
    )
    return list(completions.order_by("pk").values_list("pk", flat=True))


@database_sync_to_async
def completion_of(user: User, conversation: UUID, message: UUID) -> Completion:
    """Return the newest completion of an assistant message, if it is this person's. Raises Refusal."""
    messages = Message.objects.of(user).filter(uuid=message, conversation__uuid=conversation)
    completions = Completion.objects.filter(message__in=messages)
    completion: Completion | None = completions.select_related("message").order_by("pk").last()
    if not completion:
        raise Refusal("not_found", "This answer is not in this conversation.")
    return completion


@database_sync_to_async
def turn_events(completion_id: int) -> tuple[Completion, list[str]]:
    """Return a completion, and the events that put its turn on the page: the person's message, and the answer. An
    imported answer may have no question. Raises Refusal where it was deleted."""
    related = Completion.objects.select_related("message__parent__parent", "message__conversation")
    completion = related.filter(pk=completion_id).first()
    if not completion:
        raise Refusal("not_found", NOT_FOUND)
    question = completion.message.parent
    return completion, events.turn(question, completion) if question else [events.reply_started(completion)]


@database_sync_to_async
def newest_change() -> datetime | None:
    """Return when any conversation changed last; None where there is none."""
    return Conversation.objects.order_by("-changed").values_list("changed", flat=True).first()


@database_sync_to_async
def changed_after(moment: datetime) -> list[Change]:
    """Return the conversations that changed after this moment."""
    rows = Conversation.objects.filter(changed__gt=moment).values_list("pk", "owner_id", "changed")
    return [Change(*row) for row in rows]
