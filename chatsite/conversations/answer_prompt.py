"""The system prompt of an answer: which version the conversation gets, and its text with values put in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from chatsite.conversations.models import Conversation
from chatsite.prompts.in_force import release_of, version_of
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.prompts.values import values_for
from chatsite.prompts.variables import render

MAX_LISTED_NAMES = 4


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A version and the values of its variables. before: the number of another version that the conversation had.
    released: when this one came into force."""

    version: SystemPromptVersion | None = None
    values: dict[str, str] = field(default_factory=dict)
    before: int | None = None
    released: datetime | None = None

    @property
    def text(self) -> str:
        if self.version is None:
            return ""
        return render(self.version.text, self.values) if self.version.has_variables else self.version.text


NO_PROMPT = RenderedPrompt()


def prompt_for(conversation: Conversation, model: str) -> RenderedPrompt:
    """Return the prompt for an answer that begins now."""
    if conversation.system_prompt is None:
        return NO_PROMPT
    now = timezone.now()
    since, uuid = conversation.uses_prompt_since, conversation.uuid
    release = release_of(conversation.system_prompt, since, uuid, now)
    if release is None:
        return NO_PROMPT
    version = version_of(conversation.system_prompt, release)
    values = values_for(version, conversation.owner, model, now)
    return RenderedPrompt(version, values, _before(conversation, version), release.at)


def readable_prompt(conversation: Conversation) -> RenderedPrompt | None:
    """Return the prompt that an answer would get now, where its owner may read its text."""
    usable = SystemPrompt.objects.usable_by(conversation.owner).filter(shows_text=True)
    conversation.system_prompt = usable.filter(pk=conversation.system_prompt_id).first()
    prompt = prompt_for(conversation, conversation.model)
    return prompt if prompt.version else None


def why_unfit(prompt: SystemPrompt, model: str, usable: Iterable[SystemPrompt]) -> str:
    """Return why a prompt is not for a model, and which of the usable ones are."""
    sentence = f"The system prompt “{prompt.name}” is only for {_listed(prompt.for_models)}."
    fitting = [each.name for each in usable if each.fits(model)]
    if not fitting:
        return f"{sentence} None is for “{model}”: choose no prompt, or another model."
    return f"{sentence} For “{model}” choose {_listed(fitting, 'or')}, or no prompt."


def _listed(names: list[str], last: str = "and") -> str:
    """Return names as a part of a sentence; of many, the first ones."""
    quoted = [f"“{name}”" for name in names[:MAX_LISTED_NAMES]]
    if more := len(names) - len(quoted):
        quoted.append(f"{more} more" if last == "and" else f"one of {more} more")
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _before(conversation: Conversation, version: SystemPromptVersion) -> int | None:
    """Return the number of the version at the last turn, where a release that is followed changed it since."""
    prompt, since, last = conversation.system_prompt, conversation.uses_prompt_since, conversation.last_turn
    if prompt is None or last is None or last < since:
        return None
    before = release_of(prompt, since, conversation.uuid, last)
    return before.number if before and before.version != version.pk else None
