"""What belongs to people, counted: what is deleted with them, and what stays under their name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count

from chatsite.conversations.models import Conversation
from chatsite.history.models import Import, Share
from chatsite.prompts.models import SystemPromptVersion
from chatsite.wording import counted


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is a person's. `prompts`: system prompts of which they wrote a version; these stay."""

    person: User
    conversations: int
    shares: int
    imports: int
    prompts: int

    @property
    def deleted(self) -> str:
        """Return what is deleted, in words."""
        counts = (
            counted(self.conversations, "conversation"),
            counted(self.shares, "shared link"),
            counted(self.imports, "import"),
        )
        return ", ".join(counts)

    @property
    def kept(self) -> str:
        """Return what stays besides the figures of use and the events, as a sentence; empty for nothing."""
        verb = "stays" if self.prompts == 1 else "stay"
        prompts = counted(self.prompts, "system prompt")
        return f"{prompts} they wrote {verb} under their name." if self.prompts else ""


def belongings(people: Iterable[User]) -> list[Belongings]:
    """Count what is theirs, by four queries. Nothing of it is read."""
    found = list(people)
    pks = [person.pk for person in found]
    conversations = _by(Conversation.objects.filter(owner__in=pks), "owner")
    shares = _by(Share.objects.filter(conversation__owner__in=pks), "conversation__owner")
    imports = _by(Import.objects.filter(owner__in=pks), "owner")
    prompts = _by(SystemPromptVersion.objects.filter(author__in=pks), "author", "prompt")
    return [
        Belongings(
            person, *(counts.get(person.pk, 0) for counts in (conversations, shares, imports, prompts))
        )
        for person in found
    ]


def _by(rows: Any, person: str, column: str = "pk") -> dict[int, int]:
    return dict(rows.order_by().values_list(person).annotate(Count(column, distinct=True)))
