"""The request that is sent upstream: the system prompt, and as much of the history as the model takes."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from chatsite.conversations.answer_prompt import RenderedPrompt
from chatsite.conversations.models import Asked, Conversation, HistoryItem, Role
from chatsite.providers.models import Model
from chatsite.providers.params import with_defaults

# Not every server continues by itself an answer that is the last message.
CONTINUE_INSTRUCTION = (
    "Go on with your last message from the exact character where it ends. "
    "Repeat nothing, and do not start over."
)


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """What an answer is written from, to be shown with it. `dropped`: the name of a prompt that its owner lost.
    models: those that may answer; the parameters of the first one are sent."""

    prompt: RenderedPrompt
    dropped: str
    request: list[dict[str, str]]
    omitted: int
    models: list[Model]

    @property
    def asked(self) -> Asked:
        return Asked(self.request, self.models)

    def columns(self, conversation: Conversation) -> dict[str, Any]:
        """Return the values to store in a completion."""
        params = with_defaults(self.models[0].default_params, conversation.params)
        sent = {"model": conversation.model, "messages": self.request, **params}
        return {
            "model": conversation.model,
            "prompt_version": self.prompt.version,
            "prompt_before": self.prompt.before,
            "prompt_released": self.prompt.released,
            "prompt_values": self.prompt.values or None,
            "dropped_prompt": self.dropped,
            "params": params,
            "omitted": self.omitted,
            "request_hash": hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest(),
        }


def request_for(
    history: list[HistoryItem], prompt: str, models: list[Model]
) -> tuple[list[dict[str, str]], int]:
    """Return the messages to send, the system prompt first, and how many of the oldest had to be left out.

    The whole history is sent, unless the context window (tokens) of the model that is asked first is known and too
    small for it. Where one of the models refuses system messages, the prompt is in a person's message.
    """
    context_window = models[0].window
    system = [{"role": "system", "content": prompt}] if prompt.strip() else []
    messages = [
        {"role": message.role, "content": message.text} for message in history if message.text.strip()
    ]
    if context_window:
        room = context_window - min(1024, context_window // 4) - sum(map(_tokens, system))
        kept = _newest_that_fit(messages, room)
    else:
        kept = messages
    if system and any(model.system_as_user for model in models):
        return _with_prompt_as_user(prompt, kept), len(messages) - len(kept)
    return system + kept, len(messages) - len(kept)


def _with_prompt_as_user(prompt: str, messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Put a prompt before a person's first message, in that message: such models refuse two of a person in a row."""
    if messages[0]["role"] != Role.USER:
        return [{"role": Role.USER.value, "content": prompt}, *messages]
    first = {"role": Role.USER.value, "content": f"{prompt}\n\n{messages[0]['content']}"}
    return [first, *messages[1:]]


def _newest_that_fit(messages: list[dict[str, str]], room: int) -> list[dict[str, str]]:
    """Return the newest messages within `room` tokens, from a person's message on; the last one always."""
    first = len(messages) - 1
    room -= _tokens(messages[first])
    for index in range(first - 1, -1, -1):
        room -= _tokens(messages[index])
        if room < 0:
            break
        if messages[index]["role"] == Role.USER:
            first = index
    return messages[first:]


def _tokens(message: dict[str, str]) -> int:
    """Estimate a message's tokens for several alphabets: one for four bytes, and four for the message itself."""
    return len(message["content"].encode()) // 4 + 4
