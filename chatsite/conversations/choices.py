"""The models and system prompts that a page offers, and what it says about them."""

from typing import Any

from django.contrib.auth.models import User

from chatsite.conversations.answer_prompt import why_unfit
from chatsite.conversations.models import Conversation
from chatsite.conversations.options import NO_MODEL_FOR_YOU
from chatsite.prompts.in_force import number_for
from chatsite.prompts.models import USABLE, SystemPrompt
from chatsite.providers.discovery import demo_sentence
from chatsite.providers.models import Model, Origin, Provider
from chatsite.providers.serving import choices_for, default_for, serving, why_unusable

AGAIN = "It is tried again every minute."
NO_PROVIDER = "No model is connected yet, so nothing can answer. An admin can add a provider."
NO_MODEL = "No model is offered yet, so nothing can answer. An admin can offer one."


def choices(conversation: Conversation, user: User) -> dict[str, Any]:
    """Return, for a template, the `models` and `prompts` to choose from, the chosen `model` and `prompt`, what a person
    should know of the `connection`, and a `notice` if the conversation lost its model or prompt."""
    models = choices_for(user.pk)
    model = _model(conversation, models, user)
    prompts: list[SystemPrompt] = USABLE.all(user=user.pk)
    prompt = _prompt(conversation, prompts, model)
    for each in prompts:
        since = conversation.uses_prompt_since if each is prompt and conversation.pk else None
        each.version = number_for(each, since, conversation.uuid)
    connection = _connection(model, models, user)
    notices = [
        _model_notice(conversation, model, connection),
        _prompt_notice(conversation, prompt, model, prompts),
    ]
    return {
        "models": models,
        "model": model.name if model else "",
        "prompts": prompts,
        "prompt": prompt,
        "connection": connection,
        "notice": " ".join(filter(None, notices)),
    }


def _model(conversation: Conversation, models: list[Model], user: User) -> Model | None:
    """Return the conversation's own model, or the default for a new one. Another model never takes its place: only a
    person sends a conversation to another server."""
    if not conversation.model:
        return default_for(user.pk, among=models)
    return next((model for model in models if model.name == conversation.model), None)


def _prompt(
    conversation: Conversation, prompts: list[SystemPrompt], model: Model | None
) -> SystemPrompt | None:
    """Return the conversation's own prompt; for a new one, only if it is for its model."""
    prompt = next((each for each in prompts if each.pk == conversation.system_prompt_id), None)
    is_unfit = prompt and model and not prompt.fits(model.name)
    return None if is_unfit and not conversation.pk else prompt


def _model_notice(conversation: Conversation, model: Model | None, connection: str) -> str:
    if conversation.pk and model and model.provider.is_unreachable:
        return connection
    if not conversation.model or model:
        return ""
    return connection or why_unusable(conversation.model)


def _prompt_notice(
    conversation: Conversation, prompt: SystemPrompt | None, model: Model | None, prompts: list[SystemPrompt]
) -> str:
    if prompt and model and not prompt.fits(model.name):
        return why_unfit(prompt, model.name, prompts)
    if not conversation.pk or not conversation.system_prompt or prompt:
        return ""
    name = conversation.system_prompt.name
    return f"The system prompt “{name}” is not offered any more. New answers are written without it."


def _connection(model: Model | None, models: list[Model], user: User) -> str:
    """Return what a person should know about the model server; empty when it works."""
    if model and model.provider.origin == Origin.DEMO:
        return demo_sentence()
    if model and model.provider.is_unreachable:
        return _unreachable(model, user)
    return "" if models else _nothing_offered()


def _unreachable(model: Model, user: User) -> str:
    """Return the error; empty where another provider serves the model, too."""
    all_serving = serving(model.name, user.pk)
    is_served = any(not each.provider.is_unreachable for each in all_serving)
    return "" if is_served else f"{model.provider.error} {AGAIN}"


def _nothing_offered() -> str:
    providers = list(Provider.objects.in_use())
    failed = next((provider for provider in providers if provider.error), None)
    if Model.objects.offered().exists():
        return NO_MODEL_FOR_YOU
    if failed:
        return f"{failed.error} {AGAIN}" if failed.is_unreachable else failed.error
    return NO_MODEL if providers else NO_PROVIDER
