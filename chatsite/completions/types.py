"""The shapes that a completion has: chunks, whole completions, usage, models."""

from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


@dataclass(slots=True)
class Usage:
    """Token counts as the server gave them; None where it gave none. cost is in the server's own currency."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: float | None = None
    raw: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Delta:
    """What one chunk adds. tool_calls is the server's own list, passed along."""

    content: str | None = None
    reasoning: str | None = None
    role: str | None = "assistant"
    tool_calls: list[dict[str, Any]] | None = None

    @property
    def reasoning_content(self) -> str | None:
        return self.reasoning


@dataclass(slots=True)
class ChunkChoice:
    """One choice of a chunk; delta is never None."""

    delta: Delta
    finish_reason: str | None = None
    index: int = 0


@dataclass(slots=True)
class ChatCompletionChunk:
    """One step of a streamed answer. choices may be empty; at most the choice with index 0 is in it."""

    id: str
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    object: str = "chat.completion.chunk"
    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(slots=True)
class AssistantMessage:
    """The whole answer. content is None only when the server sent none (tool calls alone)."""

    content: str | None = None
    reasoning: str | None = None
    role: str = "assistant"
    tool_calls: list[dict[str, Any]] | None = None

    @property
    def reasoning_content(self) -> str | None:
        return self.reasoning


@dataclass(slots=True)
class Choice:
    """The one choice of a whole completion."""

    message: AssistantMessage
    finish_reason: str | None = None
    index: int = 0


@dataclass(slots=True)
class ChatCompletion:
    """A whole answer. choices has exactly one item."""

    id: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage | None = None
    object: str = "chat.completion"
    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(slots=True)
class Model:
    """A model that a server lists. context_window is in tokens; raw keeps every field that came."""

    id: str
    owned_by: str = ""
    created: int = 0
    context_window: int | None = None
    object: str = "model"
    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
