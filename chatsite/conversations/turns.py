"""A turn: what a person sends, and the run that is to answer it, saved together."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from chatsite.conversations.errors import NOT_THERE, Refusal
from chatsite.conversations.models import Completion, Conversation, Message, Role, Said, Status
from chatsite.conversations.options import Options
from chatsite.conversations.quotas import refuse_busy_person
from chatsite.conversations.requests import CONTINUE_INSTRUCTION, MadeOf, request_for
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model

MAX_TEXT = 500_000

# Seconds for a model server to come up when an answer is continued that nobody asks for again.
PATIENCE = 600

# The message to go behind: a uuid, None for a new first message, or the conversation's head.
Parent = UUID | None | Literal["head"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's message and the run that answers it. `is_new` is False when it had been sent before; else `before` is
    the id of the conversation's newest run before this one, 0 for the first.

    patience: for how many seconds a model server that cannot be reached is tried again."""

    message: Message
    completion: Completion
    is_new: bool = True
    request: list[dict[str, str]] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    before: int = 0
    patience: float = 0


def create_message(
    user: User, conversation: UUID, message: UUID, text: str, parent: Parent, options: Options
) -> Turn:
    """Save what a person wrote, and the run that answers it. The same message sent again is the same turn.

    Raises Refusal.
    """
    if not text.strip():
        raise Refusal("empty", "There is nothing to send yet.")
    if len(text) > MAX_TEXT:
        raise Refusal("too_long", f"This message has {len(text):,} characters; {MAX_TEXT:,} is the most.")
    return _once_more(lambda: _create_message(user, conversation, message, text, parent, options))


def _once_more(work: Callable[[], Turn]) -> Turn:
    """Do it in one transaction. A twin that came first on another connection is then simply found."""
    try:
        with transaction.atomic():
            return work()
    except IntegrityError:
        with transaction.atomic():
            return work()


def _create_message(
    user: User, conversation_uuid: UUID, message_uuid: UUID, text: str, parent: Parent, options: Options
) -> Turn:
    # Locked first: a twin on another worker may be saving this very message.
    conversation = _own(user, conversation_uuid)
    if sent := Message.objects.filter(uuid=message_uuid).select_related("conversation").first():
        return _sent_before(user, conversation_uuid, sent)
    conversation = conversation or _new(user, conversation_uuid, options)
    behind, head, before = _behind(conversation, parent), conversation.head, conversation.newest_completion_id
    models = _apply(conversation, user, options)
    message = conversation.say(message_uuid, text, behind)
    turn = _answer(conversation, message, models, before)
    # What nobody saw yet has no other answer, and what follows the end is the first to do so.
    turn.completion.message.siblings = [turn.completion.message.uuid]
    if behind == head:
        message.siblings = [message.uuid]
    return turn


def _sent_before(user: User, conversation_uuid: UUID, message: Message) -> Turn:
    reply = message.replies.order_by("pk").last()
    if (
        message.conversation.owner_id != user.pk
        or message.conversation.uuid != conversation_uuid
        or not reply
    ):
        raise Refusal("taken", "This message's id is taken. Send it again as a new one.")
    return Turn(message, reply.completion, is_new=False)


def create_reply(user: User, conversation: UUID, parent: UUID, options: Options) -> Turn:
    """Answer a person's message again, beside the answers that it has. Raises Refusal."""
    with transaction.atomic():
        found = _own(user, conversation)
        if not found:
            raise Refusal("not_found", NOT_THERE)
        message = _message(found, parent)
        if message.role != Role.USER:
            raise Refusal("bad_parent", "Only a person's message can be answered.")
        for reply in message.replies.all():
            _refuse_while_written(reply)
        before = found.newest_completion_id
        return _answer(found, message, _apply(found, user, options), before)


def continue_reply(user: User, conversation: UUID, message: UUID) -> Turn:
    """Go on with an answer that ended before its end: a second run on the same message. Raises Refusal."""
    with transaction.atomic():
        found = _own(user, conversation)
        reply = _message(found, message) if found else None
        if not found or not reply or not reply.completion:
            raise Refusal("not_found", "This answer is not in this conversation.")
        _refuse_while_written(reply)
        if not reply.completion.can_continue:
            raise Refusal("complete", "This answer is complete; there is nothing to continue.")
        models = _apply(found, user, Options(model=reply.completion.model))
        return _continue(found, user, reply, models)


def continue_interrupted() -> list[Turn]:
    """Go on with the answers that a stop of the site interrupted a short while ago, those that one run has begun."""
    turns = []
    for completion in Completion.objects.interrupted_once().select_related("message__conversation__owner"):
        conversation = completion.message.conversation
        try:
            turn = continue_reply(conversation.owner, conversation.uuid, completion.message.uuid)
        except (Refusal, IntegrityError):  # another process, or the person, was faster; or no model is there
            continue
        turns.append(replace(turn, patience=PATIENCE))
    return turns


def _continue(conversation: Conversation, user: User, reply: Message, models: list[Model]) -> Turn:
    # With the version that it began with, unless the prompt was taken away since.
    version, dropped = reply.completion.prompt_version, ""
    if version and not SystemPrompt.objects.usable_by(user).filter(pk=version.prompt_id).exists():
        dropped, version = version.prompt.name, None
    asked = conversation.history(reply)
    if reply.text:
        asked.append(Said(Role.USER, CONTINUE_INSTRUCTION))
    request, omitted = request_for(asked, version.text if version else "", models[0].window)
    before = conversation.newest_completion_id
    made_of = MadeOf(version, dropped, request, omitted)
    completion = Completion.objects.create(
        message=reply, text_before=len(reply.text), **made_of.columns(conversation)
    )
    conversation.keep()
    assert reply.parent, "an answer has a question"
    return Turn(reply.parent, completion, request=request, models=models, before=before)


def _own(user: User, conversation_uuid: UUID) -> Conversation | None:
    """The person's conversation; None when nobody has this uuid. A stranger's is not there."""
    locked = Conversation.objects.select_for_update(of=("self",)).with_prompt_for(user)
    conversation: Conversation | None = locked.select_related("head").filter(uuid=conversation_uuid).first()
    if conversation and conversation.owner_id != user.pk:
        raise Refusal("not_found", NOT_THERE)
    return conversation


def _new(user: User, conversation_uuid: UUID, options: Options) -> Conversation:
    prompt = SystemPrompt.objects.default_for(user) if options.prompt is None else None
    return Conversation(uuid=conversation_uuid, owner=user, system_prompt=prompt)


def _behind(conversation: Conversation, parent: Parent) -> Message | None:
    """The answer that a new message goes behind; None at the beginning."""
    if parent is None:
        return None
    message = conversation.head if parent == "head" else _message(conversation, parent)
    if message and message.role != Role.ASSISTANT:
        raise Refusal("bad_parent", "A message goes behind an answer, not behind another message.")
    _refuse_while_written(message)
    return message


def _message(conversation: Conversation, message: UUID) -> Message:
    found: Message | None = conversation.messages.filter(uuid=message).first() if conversation.pk else None
    if not found:
        raise Refusal("bad_parent", "The message that this one follows is not in this conversation.")
    return found


def _refuse_while_written(message: Message | None) -> None:
    if message and message.completion and message.completion.status == Status.STREAMING:
        raise Refusal("busy", "An answer is still being written here. Wait for its end, or stop it.")


def _apply(conversation: Conversation, user: User, options: Options) -> list[Model]:
    """Let the conversation keep what was chosen, and give the models that can answer."""
    refuse_busy_person(user)
    if options.prompt is not None:
        conversation.choose_prompt(_prompt(user, options.prompt))
    if options.params is not None:
        conversation.params = options.params
    name = options.model or conversation.model
    models = Model.objects.serving(name)
    if not models:
        raise _no_model(name)
    conversation.model = models[0].name
    if not conversation.pk:
        conversation.save()
    return models


def _no_model(name: str) -> Refusal:
    """Why nothing can answer. A conversation goes to another model, and so to another server, only by a choice."""
    if not Model.objects.offered().exists():
        return Refusal("no_model", "No model is connected, so nothing can answer yet.")
    if not name:
        return Refusal("unknown_model", "Choose a model first.")
    return Refusal("unknown_model", f"The model “{name}” is not offered any more. Choose another one.")


def _prompt(user: User, name: str) -> SystemPrompt | None:
    if not name:
        return None
    prompt: SystemPrompt | None = SystemPrompt.objects.usable_by(user).filter(name=name).first()
    if not prompt:
        raise Refusal(
            "unknown_prompt", f"The system prompt “{name}” is not offered any more. Choose another one."
        )
    return prompt


def _answer(conversation: Conversation, message: Message, models: list[Model], before: int) -> Turn:
    dropped = conversation.drop_unusable_prompt()
    version = conversation.system_prompt.live if conversation.system_prompt else None
    history = conversation.history(message)
    request, omitted = request_for(history, version.text if version else "", models[0].window)
    made_of = MadeOf(version, dropped, request, omitted)
    completion = conversation.reply_to(message, **made_of.columns(conversation))
    conversation.keep()
    return Turn(message, completion, request=request, models=models, before=before)
