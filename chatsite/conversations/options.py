"""The model, system prompt and parameters that a command chose for an answer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from chatsite.conversations.answer_prompt import why_unfit
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Conversation
from chatsite.conversations.params import allowed
from chatsite.conversations.quotas import SITE_LIMITS, refuse_busy_person, refuse_used_up
from chatsite.conversations.situation import Situation
from chatsite.prompts.models import USABLE, SystemPrompt
from chatsite.providers.models import Model
from chatsite.providers.serving import serving, why_unusable

NO_MODEL_FOR_YOU = "No model is offered to you, so nothing can answer. An admin can offer you one."


@dataclass(frozen=True, slots=True)
class Options:
    """The model, the system prompt (both by name) and the parameters. None keeps what the conversation has.

    folder: where a new conversation is put; that of another one stays.
    """

    model: str | None = None
    prompt: str | None = None
    params: dict[str, Any] | None = None
    folder: UUID | None = None


def apply(options: Options, conversation: Conversation, user: User, situation: Situation) -> list[Model]:
    """Set the options on the conversation, and return the models that can answer. Raises Refusal."""
    refuse_busy_person(situation.running)
    SITE_LIMITS.learned(situation.has_limits)
    if situation.has_limits:
        refuse_used_up(user)
    if options.prompt is not None:
        _choose_prompt(conversation, user, options.prompt)
    conversation.params = allowed(conversation.params if options.params is None else options.params)
    name = options.model or conversation.model
    models = serving(name, user.pk)
    if not models:
        raise _no_model(name, user)
    conversation.model = models[0].name
    return models


def refuse_unfit_prompt(options: Options, conversation: Conversation, user: User) -> None:
    """Refuse a system prompt that is not for the conversation's model. A new conversation for which none was chosen
    goes without."""
    prompt = conversation.system_prompt
    if prompt is None or not conversation.may_use_prompt or prompt.fits(conversation.model):
        return
    if options.prompt is None and not conversation.pk:
        conversation.choose_prompt(None)
        return
    raise Refusal("unknown_prompt", why_unfit(prompt, conversation.model, USABLE.all(user=user.pk)))


def _choose_prompt(conversation: Conversation, user: User, name: str) -> None:
    chosen = conversation.system_prompt
    if not (chosen and chosen.name == name and conversation.may_use_prompt):
        conversation.choose_prompt(_prompt(user, name))


def _prompt(user: User, name: str) -> SystemPrompt | None:
    if not name:
        return None
    prompt: SystemPrompt | None = SystemPrompt.objects.usable_by(user).filter(name=name).first()
    if not prompt:
        raise Refusal(
            "unknown_prompt", f"The system prompt “{name}” is not offered any more. Choose another one."
        )
    return prompt


def _no_model(name: str, user: User) -> Refusal:
    """Return why nothing can answer. Only a person moves a conversation to another model, and so to another server."""
    if not Model.objects.usable_by(user).exists():
        is_any = Model.objects.offered().exists()
        return Refusal(
            "no_model", NO_MODEL_FOR_YOU if is_any else "No model is connected, so nothing can answer yet."
        )
    if not name:
        return Refusal("unknown_model", "Choose a model first.")
    return Refusal("unknown_model", why_unusable(name))
