"""Reads the conversations of an export in parts, so that memory stays flat."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db.models import QuerySet

from chatsite.conversations.models import Conversation, Message

CONVERSATIONS_AT_ONCE = 50
MESSAGES_AT_ONCE = 200


def primary_keys(user: User, chosen: "QuerySet[Conversation] | None" = None) -> list[int]:
    """Return the ids of the person's conversations to export, newest first: all, or those that were chosen."""
    own = Conversation.objects.of(user)
    own = own if chosen is None else own.filter(pk__in=chosen.order_by().values("pk"))
    return list(own.newest_first().values_list("pk", flat=True))


def conversations(pks: list[int]) -> Iterator[Conversation]:
    """Yield the conversations in this order. Those that were deleted meanwhile are left out."""
    for at in range(0, len(pks), CONVERSATIONS_AT_ONCE):
        part = pks[at : at + CONVERSATIONS_AT_ONCE]
        kept = Conversation.objects.filter(deleted=None, temporary_until=None)
        found = kept.select_related("system_prompt", "folder").in_bulk(part)
        yield from (found[pk] for pk in part if pk in found)


def messages(conversation: Conversation) -> Iterator[Message]:
    """Yield all messages with their completions and feedback, parents before replies."""
    rows = conversation.messages.with_completions().prefetch_related("all_feedback").order_by("pk")
    return _in_parts(rows)


def shown_branch(conversation: Conversation) -> Iterator[Message]:
    """The messages of the shown branch, from the first one to the head."""
    parents = dict(conversation.messages.values_list("pk", "parent"))
    branch: list[int] = []
    pk = conversation.head_id
    while pk is not None and pk in parents:
        branch.append(pk)
        pk = parents[pk]
    branch.reverse()
    for at in range(0, len(branch), MESSAGES_AT_ONCE):
        part = branch[at : at + MESSAGES_AT_ONCE]
        found = conversation.messages.with_completions().in_bulk(part)
        yield from (found[pk] for pk in part if pk in found)


def _in_parts(rows: "QuerySet[Message]") -> Iterator[Message]:
    last = 0
    while part := list(rows.filter(pk__gt=last)[:MESSAGES_AT_ONCE]):
        yield from part
        if len(part) < MESSAGES_AT_ONCE:
            return
        last = part[-1].pk
