"""A turn: a person's message and the completion that will answer it, saved together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils import timezone

from chatsite.conversations.answer_prompt import prompt_for
from chatsite.conversations.errors import NOT_FOUND, Refusal
from chatsite.conversations.models import Completion, Conversation, Message, Role, Siblings, Status
from chatsite.conversations.options import Options, apply, refuse_unfit_prompt
from chatsite.conversations.requests import PreparedRequest, request_for
from chatsite.conversations.situation import Situation, read_situation
from chatsite.prompts.models import SystemPrompt
from chatsite.protocol import MAX_TEXT_CHARACTERS
from chatsite.providers.models import Model

BUSY = "An answer is still being written here. Wait for its end, or stop it."

# The message that a new one follows: a uuid, None for a new first message, or the conversation's head.
Parent = UUID | None | Literal["head"]


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message as a person sends it.

    uuid: made by the page.
    lifetime: makes a new conversation temporary; how long it stays without an open page.
    """

    uuid: UUID
    text: str
    parent: Parent = "head"
    options: Options = Options()
    lifetime: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's message, the completion that answers it, and what its run needs.

    is_new: False when the message was sent before; `request` and `models` are then empty.
    before: the id of the conversation's newest completion before this one; 0 before the first.
    patience: for how many seconds a model server that cannot be reached is tried again.
    """

    message: Message
    completion: Completion
    is_new: bool = True
    before: int = 0
    patience: float = 0

    @property
    def request(self) -> Sequence[dict[str, str]]:
        """What to send upstream."""
        return self.completion.asked.request

    @property
    def models(self) -> Sequence[Model]:
        """The models to ask, in this order."""
        return self.completion.asked.models


def create_message(user: User, conversation_uuid: UUID, new: NewMessage) -> Turn:
    """Save a person's message and the completion that answers it. A message that was sent before returns its turn.

    Raises Refusal.
    """
    if not new.text.strip():
        raise Refusal("empty", "There is nothing to send yet.")
    if len(new.text) > MAX_TEXT_CHARACTERS:
        raise Refusal(
            "too_long",
            f"This message has {len(new.text):,} characters; {MAX_TEXT_CHARACTERS:,} is the most.",
        )
    return in_transaction(partial(_create_message, user, conversation_uuid, new))


def in_transaction(work: Callable[[], Turn]) -> Turn:
    """Do it in one transaction. Where a concurrent duplicate was saved first, the second attempt finds that one; where
    the conversation was deleted meanwhile, it finds none."""
    try:
        with transaction.atomic():
            return work()
    except (IntegrityError, ObjectDoesNotExist):
        with transaction.atomic():
            return work()


def _create_message(user: User, conversation_uuid: UUID, new: NewMessage) -> Turn:
    situation = read_situation(user, conversation_uuid, new.uuid)
    if situation.sent:
        return _sent_before(user, conversation_uuid, situation.sent)
    conversation = situation.conversation or _new_conversation(user, conversation_uuid, new, situation)
    parent, head = _parent(conversation, new.parent, situation), conversation.head
    models = apply(new.options, conversation, user, situation)
    refuse_unfit_prompt(new.options, conversation, user)
    if not conversation.pk:
        conversation.begin()
    message = conversation.say(new.uuid, new.text, parent)
    if parent == head:
        # Nothing else follows the head.
        message.siblings = Siblings()
    return _answer(conversation, message, models, situation.newest_completion, others=[])


def _sent_before(user: User, conversation_uuid: UUID, pk: int) -> Turn:
    message = Message.objects.select_related("conversation").get(pk=pk)
    reply = message.replies.order_by("pk").last()
    completion = reply and reply.completion
    if (
        message.conversation.owner_id != user.pk
        or message.conversation.uuid != conversation_uuid
        or not completion
    ):
        raise Refusal("taken", "This message's id is taken. Send it again as a new one.")
    return Turn(message, completion, is_new=False)


def create_reply(user: User, conversation_uuid: UUID, parent_uuid: UUID, options: Options) -> Turn:
    """Answer a person's message again; its earlier answers stay. Raises Refusal."""
    return in_transaction(partial(_create_reply, user, conversation_uuid, parent_uuid, options))


def _create_reply(user: User, conversation_uuid: UUID, parent_uuid: UUID, options: Options) -> Turn:
    situation = read_situation(user, conversation_uuid, parent_uuid)
    conversation = existing(situation)
    message = message_in(conversation, parent_uuid)
    if message.role != Role.USER:
        raise Refusal("bad_parent", "Only a person's message can be answered.")
    if Completion.objects.streaming().filter(message__parent=message).exists():
        raise Refusal("busy", BUSY)
    others = list(message.replies.order_by("pk").values_list("uuid", flat=True))
    models = apply(options, conversation, user, situation)
    refuse_unfit_prompt(options, conversation, user)
    return _answer(conversation, message, models, situation.newest_completion, others)


def existing(situation: Situation) -> Conversation:
    if not situation.conversation:
        raise Refusal("not_found", NOT_FOUND)
    return situation.conversation


def _new_conversation(user: User, uuid: UUID, first: NewMessage, situation: Situation) -> Conversation:
    """Return a conversation that is not saved yet."""
    conversation, options = Conversation(uuid=uuid, owner=user), first.options
    conversation.temporary_until = timezone.now() + first.lifetime if first.lifetime else None
    if options.folder and conversation.put_into(options.folder) and options.prompt is None:
        return conversation
    if options.prompt is None and situation.has_default_prompt:
        conversation.system_prompt = SystemPrompt.objects.default_for(user)
    return conversation


def _parent(conversation: Conversation, parent: Parent, situation: Situation) -> Message | None:
    """Return the answer that a new message follows; None at the beginning."""
    head = conversation.head
    if parent is None or (parent == "head" and not head):
        return None
    if head and (parent == "head" or parent == head.uuid):
        message, status = head, situation.head_status
    else:
        assert parent != "head", "there is a head"
        message = message_in(conversation, parent)
        status = message.completion and message.completion.status
    if message.role != Role.ASSISTANT:
        raise Refusal("bad_parent", "A message can follow an answer, not another message.")
    if status == Status.STREAMING:
        raise Refusal("busy", BUSY)
    return message


def message_in(conversation: Conversation, message_uuid: UUID) -> Message:
    found = conversation.messages.filter(uuid=message_uuid) if conversation.pk else Message.objects.none()
    message: Message | None = found.first()
    if not message:
        raise Refusal("bad_parent", "The message that this one follows is not in this conversation.")
    return message


def _answer(
    conversation: Conversation, message: Message, models: list[Model], before: int, others: list[UUID]
) -> Turn:
    """Save the answer. `others`: the answers that the message has already."""
    dropped = conversation.drop_unusable_prompt()
    prompt = prompt_for(conversation, models[0].name)
    request, omitted = request_for(conversation.history(message), prompt.text, models)
    prepared = PreparedRequest(prompt, dropped, request, omitted, models)
    completion = conversation.reply_to(message, **prepared.columns(conversation))
    completion.asked = prepared.asked
    completion.message.siblings = Siblings.between(len(others), 0, others[-1] if others else None, None)
    return Turn(message, completion, before=before)
