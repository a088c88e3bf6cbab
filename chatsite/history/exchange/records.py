"""Conversations as they are read from a file, alike for all programs."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Role = Literal["user", "assistant"]


@dataclass(slots=True)
class Tally:
    """What of a conversation was not imported as it was. `skipped`: messages that were left out, by reason. `notes`:
    what was imported differently, by reason. `remarks`: sentences about what cannot be counted."""

    skipped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ReadMessage:
    """One message. `parent` is an earlier message's id. `pieces`: of how many it was joined. `completions`: those
    that wrote it, as our own format has them."""

    id: str
    parent: str | None
    role: Role
    text: str
    reasoning: str
    created: datetime
    model: str = ""
    is_unfinished: bool = False
    pieces: int = 1
    completions: list[dict[str, Any]] | None = None


@dataclass(slots=True)
class ReadConversation:
    """One conversation, parents before their replies. `key` identifies it among those of its source. `id`: the source's
    own; None where it has none. `head`: the id of the last message of the shown branch. `version`: when the source
    changed it last; of two in a file, the newer one counts."""

    source: str
    id: str | None
    key: str
    title: str
    created: datetime
    updated: datetime
    messages: list[ReadMessage]
    head: str
    version: datetime | None = None
    model: str = ""
    archived: bool = False
    pinned: bool = False
    folder: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    prompt: str = ""
    tally: Tally = field(default_factory=Tally)

    @property
    def branches(self) -> int:
        """How many messages have no reply."""
        return len({message.id for message in self.messages} - {message.parent for message in self.messages})

    def main(self) -> list[ReadMessage]:
        """The shown branch, from its first message to the head."""
        messages = {message.id: message for message in self.messages}
        branch = []
        id: str | None = self.head
        while id is not None:
            branch.append(messages[id])
            id = messages[id].parent
        return branch[::-1]


class Skipped(Exception):
    """A conversation that is not imported, and the reason why."""

    def __init__(self, reason: str, tally: Tally | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tally = tally or Tally()
