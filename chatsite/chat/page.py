"""The interface of an open page, for what notifies it."""

from typing import Protocol
from uuid import UUID

from django.contrib.auth.models import User

from chatsite.accounts.credentials import Credential
from chatsite.conversations.turns import Turn
from chatsite.runs.ends import Ended


class Page(Protocol):
    """An open page: a tab, in production."""

    user: User
    credential: Credential

    @property
    def conversation(self) -> UUID | None: ...

    async def changed(self, conversation: UUID | None, event: str) -> None: ...

    async def began(self, turn: Turn, turn_events: list[str], event: str) -> None: ...

    async def ended(self, end: Ended, event: str) -> None: ...

    async def used(self, limits: str) -> None: ...

    def sees(self, conversation: UUID) -> bool: ...

    async def end(self, code: int) -> None: ...

    def close(self) -> None: ...
