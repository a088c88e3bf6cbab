"""Reads parts of a branch. They are found by walking from a message to its parent and on, only as far as needed."""

from itertools import accumulate
from typing import Any

from django.db.models import FilteredRelation
from django.db.models.expressions import RawSQL

from chatsite.conversations.models.completion import Completion
from chatsite.conversations.models.message import HistoryItem, Message
from chatsite.conversations.models.siblings import SIBLINGS, Siblings, firsts
from chatsite.statements import Given, Objects, Select

# The most messages of a part. It ends early where its texts are long, and has one message at least.
MESSAGES_PER_PART = 20
MAX_PART_CHARACTERS = 100_000
UNBOUNDED = 2**31 - 1

_LAST = Given("last", Message._meta.pk)
_COUNT = Given("count", Message._meta.pk)
_CHARACTERS = Given("characters", Message._meta.pk)
_FIRST = Given("first", Message._meta.pk)
_CONVERSATION = Given("conversation", Message._meta.pk)

# `characters`: of this message and those that follow it in the part.
_PART = """
WITH RECURSIVE branch(id, parent_id, number, characters) AS (
    SELECT id, parent_id, 1, LENGTH(text) + LENGTH(reasoning) FROM conversations_message WHERE id = %s
    UNION ALL
    SELECT message.id, message.parent_id, branch.number + 1,
        branch.characters + LENGTH(message.text) + LENGTH(message.reasoning)
    FROM branch JOIN conversations_message message ON message.id = branch.parent_id
    WHERE branch.number < %s AND branch.characters < %s
) SELECT id FROM branch
"""
# From the end of the branch up to one message; `number` counts from the end.
_UP_TO = """
WITH RECURSIVE branch(id, parent_id, number) AS (
    SELECT id, parent_id, 1 FROM conversations_message WHERE id = %s
    UNION ALL
    SELECT message.id, message.parent_id, branch.number + 1
    FROM branch JOIN conversations_message message ON message.id = branch.parent_id
    WHERE branch.id <> %s
) SELECT id FROM branch ORDER BY number DESC LIMIT %s
"""


def part(
    last: int | None, count: int = MESSAGES_PER_PART, characters: int = MAX_PART_CHARACTERS
) -> list[Message]:
    """Return the last messages up to this one, with completions, siblings and feedback; the first one first.
    There are none where they were deleted."""
    bounds = {"last": last, "count": count, "characters": characters}
    # Before the messages: an answer that ends in between is shown as running. In order: the newest is the last.
    completions = {each.message_id: each for each in COMPLETIONS.all(**bounds)}
    messages = {message.pk: message for message in MESSAGES.all(**bounds)}
    found: list[Message] = []
    while last in messages:
        message = messages[last]
        if message.firsts < 2:
            message.siblings = Siblings.between(*(getattr(message, name) for name in SIBLINGS))
        message.completion = completions.get(last)
        message.feedback = getattr(message, "given_feedback", None)
        last = message.parent_id
        message.parent = messages.get(last) or _parent(last)
        found.append(message)
    return found[::-1]


def _parent(pk: int | None) -> Message | None:
    """Return the message before a part, with its uuid only."""
    parent: Message | None = pk and PARENT.first(pk=pk)
    return parent


def ids(conversation: int, last: int | None) -> set[int]:
    """Return the ids of all messages of the branch that ends at this one. A database that walks a whole branch takes
    three times as long as reading all messages' parents."""
    parents = dict(PARENTS.rows(conversation=conversation))
    found = set()
    while last in parents:
        found.add(last)
        last = parents[last]
    return found


def part_around(pk: int, head: int | None) -> list[Message]:
    """Return a message with some messages after it and before it, on the branch that ends at `head`. Returns an empty
    list if it is not on that branch."""
    found = lengths_from(pk, head, 1 + MESSAGES_PER_PART // 2)
    behind = _fitting(found[1:], MAX_PART_CHARACTERS // 2)
    return part(found[behind][0]) if found else []


def part_after(pk: int, head: int | None) -> list[Message]:
    """Return the messages after this one on the branch that ends at `head`; an empty list if it is not on it."""
    behind = lengths_from(pk, head, 1 + MESSAGES_PER_PART)[1:]
    count = max(1, _fitting(behind, MAX_PART_CHARACTERS))
    return part(behind[count - 1][0], count, UNBOUNDED) if behind else []


def _fitting(lengths: list[tuple[int, int]], room: int) -> int:
    """Return how many of these messages have no more characters than this."""
    sums = accumulate(length for _, length in lengths)
    return sum(characters <= room for characters in sums)


def lengths_from(first: int, last: int | None, count: int) -> list[tuple[int, int]]:
    """Return the ids of the first messages from `first` on, and their characters, on the branch that ends at `last`.
    There are none where `first` is not on it."""
    rows = LENGTHS.rows(last=last, first=first, count=count)
    found = {pk: length for pk, _, length in rows}
    following = {parent: pk for pk, parent, _ in rows}
    pk: int | None = first
    ordered = []
    while pk in found:
        ordered.append((pk, found[pk]))
        pk = following.get(pk)
    return ordered


def _part() -> RawSQL:
    return RawSQL(_PART, [_LAST, _COUNT, _CHARACTERS])


def _lengths() -> Any:
    walked = RawSQL(_UP_TO, [_LAST, _FIRST, _COUNT])
    length = RawSQL("LENGTH(text) + LENGTH(reasoning)", [], Message._meta.pk)
    return Message.objects.filter(pk__in=walked).annotate(length=length).values_list("pk", "parent", "length")


def _messages() -> Any:
    messages = Message.objects.filter(pk__in=_part()).annotate(**SIBLINGS, firsts=firsts(_LAST))
    return messages.annotate(given_feedback=FilteredRelation("feedback")).select_related("given_feedback")


MESSAGES = Objects(_messages)
COMPLETIONS = Objects(
    lambda: (
        Completion.objects.filter(message__in=_part())
        .select_related("provider", "prompt_version__prompt")
        .order_by("pk")
    )
)
PARENT = Objects(lambda: Message.objects.filter(pk=Given("pk", Message._meta.pk)).only("uuid"))
LENGTHS = Select(_lengths)
PARENTS = Select(lambda: Message.objects.filter(conversation=_CONVERSATION).values_list("pk", "parent"))


def history_to(head: Message) -> list[HistoryItem]:
    """Return the messages from the first to `head` as a model receives them."""
    if head.parent_id is None:
        return [HistoryItem(head.role, head.text)]
    rows = _HISTORY.rows(conversation=head.conversation_id)
    messages = {pk: (parent, HistoryItem(role, text)) for pk, parent, role, text in rows}
    history = []
    pk = head.pk
    while pk in messages:  # messages are missing if the conversation was deleted meanwhile
        pk, item = messages[pk]
        history.append(item)
    return history[::-1]


_HISTORY = Select(
    lambda: Message.objects.filter(conversation=_CONVERSATION).values_list("pk", "parent", "role", "text")
)
