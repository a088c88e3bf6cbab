"""What is sent for an answer of a tryout: the prompt as the person who tries would get it, and the messages."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from chatsite.completions import ConfigurationError
from chatsite.conversations.models import Asked
from chatsite.conversations.requests import request_for
from chatsite.prompts.models import SystemPromptVersion
from chatsite.prompts.values import values_for
from chatsite.prompts.variables import render, uses_variables
from chatsite.providers.serving import serving, why_unusable
from chatsite.tryouts.models import TryoutAnswer


@dataclass(frozen=True, slots=True)
class Prepared:
    """What to send, and the models to ask, in this order. params: those of the first one."""

    asked: Asked
    params: dict[str, Any]


def prepared(answer: TryoutAnswer) -> Prepared:
    """Return what an answer needs. Raises ConfigurationError where nothing serves its model any more."""
    models = serving(answer.model, answer.tryout.owner_id)
    if not models:
        raise ConfigurationError(why_unusable(answer.model))
    request, _ = request_for(answer.tryout.history, prompt_text(answer), models)
    return Prepared(Asked(request, models), models[0].default_params)


def prompt_text(answer: TryoutAnswer) -> str:
    """Return the prompt with its variables filled in for the owner of the tryout."""
    version = answer.version or _unsaved(answer)
    if not version.has_variables:
        return version.text
    return render(version.text, values_for(version, answer.tryout.owner, answer.model, timezone.now()))


def _unsaved(answer: TryoutAnswer) -> SystemPromptVersion:
    text = answer.typed
    return SystemPromptVersion(prompt=answer.tryout.prompt, text=text, has_variables=uses_variables(text))
