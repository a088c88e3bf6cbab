"""The situation of a turn: what it needs of a person and a conversation, read by one statement."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Exists, FilteredRelation, Max, OuterRef, Q, Subquery

from chatsite.conversations.errors import NOT_FOUND, Refusal
from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.prompts.models import SystemPrompt, newest_release
from chatsite.statements import Given, Select
from chatsite.usage.models import Limit

USER = Given("user", User._meta.pk)
CONVERSATION = Given("conversation", Conversation._meta.get_field("uuid"))
MESSAGE = Given("message", Message._meta.get_field("uuid"))

# In the order of the model's columns, as `from_db` takes them.
OF_CONVERSATION = (
    "id",
    "title",
    "head_id",
    "system_prompt_id",
    "prompt_since",
    "model",
    "params",
    "archived",
    "temporary_until",
    "created",
    "updated",
)
OF_HEAD = ("id", "uuid", "role")
OF_PROMPT = ("id", "name", "for_models")


@dataclass(frozen=True, slots=True)
class Situation:
    """`conversation`: with its head, and its prompt with its newest release; None for a new conversation.

    head_status: the status of the head's newest completion. newest_completion: the conversation's, by id; 0 before the
    first. running: how many answers of the person are being written. sent: the id of the message that already has the
    new one's uuid. has_default_prompt: whether there is a prompt for a new conversation of this person.
    has_limits: whether the site has limits of use for anybody.
    """

    conversation: Conversation | None
    head_status: str | None
    newest_completion: int
    running: int
    sent: int | None
    has_default_prompt: bool
    has_limits: bool


def read_situation(user: User, conversation: UUID, message: UUID) -> Situation:
    """Read the situation in a transaction. The person's other turns wait for it.

    Raises Refusal for a stranger's conversation, and for a deleted one.
    """
    if connection.features.has_select_for_update:
        LOCK.rows(user=user.pk)
    row = SITUATION.row(user=user.pk, conversation=conversation, message=message)
    if row is None:
        raise Refusal("signed_out", "You are signed out.")
    if row[0]:
        raise Refusal("not_found", NOT_FOUND)
    (
        _,
        running,
        newest,
        sent,
        has_default,
        has_limits,
        head_status,
        may_use_prompt,
        newest_release,
        *columns,
    ) = row
    own = _conversation(user, conversation, columns)
    if own:
        own.may_use_prompt, own.last_turn = may_use_prompt, own.updated
        if own.system_prompt:
            own.system_prompt.newest_release = newest_release
    return Situation(own, head_status, newest or 0, running or 0, sent, has_default, has_limits)


def _conversation(user: User, uuid: UUID, columns: list[Any]) -> Conversation | None:
    own: Conversation | None = _made(Conversation, OF_CONVERSATION, columns, uuid=uuid, owner=user)
    head = _made(Message, OF_HEAD, columns)
    prompt = _made(SystemPrompt, OF_PROMPT, columns)
    if own is None:
        return None
    own.head, own.system_prompt = head, prompt
    return own


def _made(model: Any, names: tuple[str, ...], columns: list[Any], **known: Any) -> Any:
    """Remove the next columns, and return the object that they hold; None where they hold none."""
    values = [columns.pop(0) for _ in names]
    if values[0] is None:
        return None
    made = model.from_db(DEFAULT_DB_ALIAS, names, values)
    for name, value in known.items():
        setattr(made, name, value)
    return made


def _lock() -> Any:
    return User.objects.filter(pk=USER).select_for_update(no_key=True).values_list("pk")


def _situation() -> Any:
    """Query from the person, whose row exists even if the conversation does not."""
    own = FilteredRelation("conversations", condition=Q(conversations__uuid=CONVERSATION))
    unavailable = Conversation.objects.filter(uuid=CONVERSATION).exclude(owner=USER, deleted=None)
    head = Completion.objects.filter(message=OuterRef("own__head")).order_by("-pk")
    usable = SystemPrompt.objects.usable_by(USER)
    facts = {
        "is_unavailable": Exists(unavailable),
        "running": Subquery(Completion.objects.running_of(USER)),
        "newest": Subquery(_newest_completion()),
        "sent": Subquery(Message.objects.filter(uuid=MESSAGE).values("pk")),
        "has_default_prompt": Exists(usable.filter(is_default=True)),
        "has_limits": Exists(Limit.objects.all()),
        "head_status": Subquery(head.values("status")[:1]),
        "may_use_prompt": Exists(usable.filter(pk=OuterRef("own__system_prompt"))),
        "newest_release": newest_release("own__system_prompt"),
    }
    people = User.objects.filter(pk=USER, is_active=True).annotate(own=own).annotate(**facts)
    columns = {
        "own": OF_CONVERSATION,
        "own__head": OF_HEAD,
        "own__system_prompt": OF_PROMPT,
    }
    return people.values_list(*facts, *(f"{of}__{name}" for of, names in columns.items() for name in names))


def _newest_completion() -> Any:
    of_conversation = Completion.objects.filter(message__conversation__uuid=CONVERSATION)
    return of_conversation.values("message__conversation").annotate(newest=Max("pk")).values("newest")


LOCK = Select(_lock)
SITUATION = Select(_situation)
