"""What a command chose to answer with."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """The model, the system prompt (both by name) and the parameters. None keeps what the conversation has."""

    model: str | None = None
    prompt: str | None = None
    params: dict[str, Any] | None = None
