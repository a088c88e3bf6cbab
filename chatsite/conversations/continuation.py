"""Continuing an answer that ended early: a second completion of the same message."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError

from chatsite.conversations.answer_prompt import NO_PROMPT, RenderedPrompt
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion, Conversation, HistoryItem, Message, Role, Status
from chatsite.conversations.options import Options, apply
from chatsite.conversations.requests import CONTINUE_INSTRUCTION, PreparedRequest, request_for
from chatsite.conversations.situation import read_situation
from chatsite.conversations.turns import BUSY, Turn, existing, in_transaction, message_in
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.providers.models import Model

# Seconds to wait for a model server when the site itself continues an interrupted answer.
PATIENCE_SECONDS = 600


def continue_reply(user: User, conversation_uuid: UUID, message_uuid: UUID) -> Turn:
    """Continue an answer that ended early: add a second completion to the same message. Raises Refusal."""
    return in_transaction(partial(_continue_reply, user, conversation_uuid, message_uuid))


def _continue_reply(user: User, conversation_uuid: UUID, message_uuid: UUID) -> Turn:
    situation = read_situation(user, conversation_uuid, message_uuid)
    conversation = existing(situation)
    reply = message_in(conversation, message_uuid)
    if not reply.completion:
        raise Refusal("not_found", "This answer is not in this conversation.")
    if not reply.parent_id:
        raise Refusal("bad_parent", "This answer has no question, so it cannot be continued.")
    if reply.completion.status == Status.STREAMING:
        raise Refusal("busy", BUSY)
    if not reply.completion.can_continue:
        raise Refusal("complete", "This answer is complete; there is nothing to continue.")
    models = apply(Options(model=reply.completion.model), conversation, user, situation)
    return _continue(conversation, user, reply, models, situation.newest_completion)


def continue_interrupted() -> list[Turn]:
    """Continue the answers that were interrupted a short while ago, each once."""
    turns = []
    for completion in Completion.objects.interrupted_once().select_related("message__conversation__owner"):
        conversation = completion.message.conversation
        try:
            turn = continue_reply(conversation.owner, conversation.uuid, completion.message.uuid)
        except (Refusal, IntegrityError):  # another process or the person was faster, or no model is offered
            continue
        turns.append(replace(turn, patience=PATIENCE_SECONDS))
    return turns


def _continue(
    conversation: Conversation, user: User, reply: Message, models: list[Model], before: int
) -> Turn:
    # With the prompt version that it began with, unless the person may not use that prompt any more.
    version, dropped = reply.completion.prompt_version, ""
    if version and not SystemPrompt.objects.usable_by(user).filter(pk=version.prompt_id).exists():
        dropped, version = version.prompt.name, None
    history = conversation.history(reply)
    if reply.text:
        history.append(HistoryItem(Role.USER, CONTINUE_INSTRUCTION))
    prompt = _as_before(reply.completion, version)
    request, omitted = request_for(history, prompt.text, models)
    prepared = PreparedRequest(prompt, dropped, request, omitted, models)
    completion = Completion.objects.create(
        message=reply, text_before=len(reply.text), **prepared.columns(conversation)
    )
    completion.asked = prepared.asked
    conversation.keep()
    # Pages are sent both where nothing may query the database.
    _ = reply.feedback
    assert reply.siblings and reply.parent, "an answer has a question"
    return Turn(reply.parent, completion, before=before)


def _as_before(completion: Completion, version: SystemPromptVersion | None) -> RenderedPrompt:
    """Return the prompt with the values that a completion has."""
    if version is None:
        return NO_PROMPT
    return RenderedPrompt(version, completion.prompt_values or {}, released=completion.prompt_released)
