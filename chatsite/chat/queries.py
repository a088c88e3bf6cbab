"""What pages query, in the database thread that all pages of a process share. `refuse_stranger` is synchronous."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Max, OuterRef, Subquery
from django.db.models.functions import Now

from chatsite.chat import events
from chatsite.chat.events import State
from chatsite.conversations.errors import NOT_FOUND, Refusal
from chatsite.conversations.listing import as_listed
from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.conversations.quotas import SITE_LIMITS, warning_for
from chatsite.statements import Given, Objects, Select

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

# A page asks for what it has missed if it was requested at most 2 s before it connects. That may take some seconds, and
# a change may become visible some seconds after the time that it carries.
LATELY = timedelta(seconds=10)


class Opening(NamedTuple):
    """What a page that opens is sent first: the state of its conversation, the person's conversations that are being
    answered, and events of what has changed lately."""

    state: State
    answering: list[UUID]
    latest: list[str]


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
def opening(user: User, conversation: UUID | None, most_changes: int) -> Opening:
    """Return what a page that opens is sent first. `most_changes`: events of what has changed lately; 0 where the page
    has not just been loaded. Raises Refusal for a stranger's conversation."""
    state = _state(user, conversation) if conversation else State(None, None, 0, [])
    return Opening(state, _answering(user), _changed_lately(user, most_changes) if most_changes else [])


@database_sync_to_async
def limits_of(user: User) -> str | None:
    """Return the notice about the person's limits; None, usually without a query, where the site has none."""
    return warning_for(user) if SITE_LIMITS.exist() else None


@database_sync_to_async
def limits_now(user: User) -> str | None:
    """The same, where limits may have been added or removed a moment ago."""
    return warning_for(user)


def _state(user: User, conversation: UUID) -> State:
    # With the newest completion, and only then what is running: the page is sent a completion that begins meanwhile
    # twice at most, and never misses it.
    found = STATE.row(conversation=conversation)
    if found is None:
        return State(None, None, 0, [])
    owner, deleted, temporary_until, title, head, unread, newest = found
    if owner != user.pk:
        raise Refusal("not_found", NOT_FOUND)
    if deleted:
        return State(None, None, 0, [])
    if temporary_until:
        Conversation.objects.stay_open([conversation])
    return State(title, head, newest or 0, RUNNING.all(conversation=conversation), unread)


def _answering(user: User) -> list[UUID]:
    return list({conversation for owner, conversation in ANSWERING.rows() if owner == user.pk})


def _changed_lately(user: User, most: int) -> list[str]:
    """Return an event for each of this user's conversations that has changed since a page that has just been loaded
    was requested; where there are more than `most`, one event that says so."""
    mine = [pk for pk, owner_id in CHANGED_LATELY.rows(delay=LATELY) if owner_id == user.pk]
    if len(mine) > most:
        return [events.conversations_changed()]
    return [events.conversation_changed(each, each.is_answering) for each in map(as_listed, mine) if each]


def refuse_stranger(user: User, conversation: UUID) -> None:
    """Raises Refusal where the conversation is somebody else's."""
    if Conversation.objects.filter(uuid=conversation).exclude(owner=user).exists():
        raise Refusal("not_found", NOT_FOUND)


@database_sync_to_async
def completions_after(conversation: UUID, newest: int) -> list[int]:
    """Return the ids of the completions that began after this one, in order."""
    return [pk for (pk,) in BEGAN_AFTER.rows(conversation=conversation, newest=newest)]


@database_sync_to_async
def completion_of(user: User, conversation: UUID, message: UUID) -> Completion:
    """Return the newest completion of an assistant message, if it is this person's. Raises Refusal."""
    completion: Completion | None = OF_MESSAGE.first(user=user.pk, conversation=conversation, message=message)
    if not completion:
        raise Refusal("not_found", "This answer is not in this conversation.")
    return completion


@database_sync_to_async
def turn_events(completion_id: int) -> tuple[Completion, list[str]]:
    """Return a completion, and the events that put its turn on the page: the person's message, and the answer. An
    imported answer may have no question. Raises Refusal where it was deleted."""
    completion: Completion | None = WITH_TURN.first(completion=completion_id)
    if not completion:
        raise Refusal("not_found", NOT_FOUND)
    question = completion.message.parent
    return completion, events.turn(question, completion) if question else [events.reply_started(completion)]


@database_sync_to_async
def changes(newest: datetime | None, delay: timedelta) -> tuple[datetime, list[Change]]:
    """Return when any conversation changed last, and those that changed after `newest` (None: that time) less `delay`.

    Where none has changed since, the time is `newest`.
    """
    if newest is None:
        row = NEWEST_CHANGE.row()
        newest = row[0] if row else EARLIEST
    found = [Change(*row) for row in CHANGED.rows(moment=newest - delay)]
    return max((each.moment for each in found), default=newest), found


UUID_OF_CONVERSATION = Given("conversation", Conversation._meta.get_field("uuid"))


def _state_of_conversation() -> Any:
    completions = Completion.objects.filter(message__conversation=OuterRef("pk")).values(
        "message__conversation"
    )
    newest = Subquery(completions.annotate(newest=Max("pk")).values("newest"))
    found = Conversation.objects.filter(uuid=UUID_OF_CONVERSATION)
    return found.values_list(
        "owner_id", "deleted", "temporary_until", "title", "head__uuid", "unread", newest
    )


def _answering_conversations() -> Any:
    # From all running answers, which are few. One person's messages may be many.
    listed = {"message__conversation__deleted": None, "message__conversation__temporary_until": None}
    running = Completion.objects.streaming().filter(**listed)
    return running.values_list("message__conversation__owner", "message__conversation__uuid")


def _began_after() -> Any:
    newest = Given("newest", Completion._meta.pk)
    completions = Completion.objects.filter(
        message__conversation__uuid=UUID_OF_CONVERSATION, message__conversation__deleted=None, pk__gt=newest
    )
    return completions.order_by("pk").values_list("pk")


def _of_message() -> Any:
    mine = Message.objects.open_to(Given("user", User._meta.pk)).filter(
        conversation__uuid=UUID_OF_CONVERSATION
    )
    message = mine.filter(uuid=Given("message", Message._meta.get_field("uuid")))
    return Completion.objects.filter(message__in=message).select_related("message").order_by("-pk")[:1]


def _with_turn() -> Any:
    completions = Completion.objects.filter(pk=Given("completion", Completion._meta.pk))
    return completions.select_related("message__parent__parent", "message__conversation")


def _running() -> Any:
    running = Completion.objects.streaming().filter(message__conversation__uuid=UUID_OF_CONVERSATION)
    return running.select_related("message").order_by("pk")


def _changed() -> Any:
    after = Given("moment", Conversation._meta.get_field("changed"))
    return Conversation.objects.filter(changed__gt=after).values_list("pk", "owner_id", "changed")


def _recently_changed() -> Any:
    # From all that has changed lately, which is little. One person's conversations may be many.
    moment = ExpressionWrapper(Now() - Given("delay", DurationField()), DateTimeField())
    return Conversation.objects.filter(changed__gt=moment, temporary_until=None).values_list("pk", "owner_id")


STATE = Select(_state_of_conversation)
ANSWERING = Select(_answering_conversations)
BEGAN_AFTER = Select(_began_after)
NEWEST_CHANGE = Select(lambda: Conversation.objects.order_by("-changed").values_list("changed")[:1])
CHANGED = Select(_changed)
CHANGED_LATELY = Select(_recently_changed)
RUNNING, OF_MESSAGE, WITH_TURN = map(Objects, (_running, _of_message, _with_turn))
