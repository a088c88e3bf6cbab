"""The system prompt of an answer: which version the conversation gets, and its text with values put in."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from chatsite.conversations.models import Conversation
from chatsite.prompts.in_force import release_of, version_of
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.prompts.values import values_for
from chatsite.prompts.variables import render


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


def _before(conversation: Conversation, version: SystemPromptVersion) -> int | None:
    """Return the number of the version at the last turn, where a release that is followed changed it since."""
    prompt, since, last = conversation.system_prompt, conversation.uses_prompt_since, conversation.last_turn
    if prompt is None or last is None or last < since:
        return None
    before = release_of(prompt, since, conversation.uuid, last)
    return before.number if before and before.version != version.pk else None
