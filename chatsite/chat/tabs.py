"""A tab: one open page of a person, independent of how its commands and events are sent."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from uuid import UUID

from django.contrib.auth.models import User

from chatsite.accounts.credentials import Credential
from chatsite.chat import events, queries
from chatsite.chat.changes import CHANGES, MAX_CHANGES_AT_ONCE
from chatsite.chat.commands import Command, parse
from chatsite.chat.queries import Opening
from chatsite.chat.rate_limits import RateLimit
from chatsite.conversations.errors import Refusal
from chatsite.conversations.turns import Turn
from chatsite.protocol import CLOSE_SIGNED_OUT
from chatsite.runs.ends import Ended
from chatsite.runs.process import PROCESS

# Checks and refused commands that a page may have answered at once, and seconds for each further one. A person comes
# near neither.
CHECKS_AT_ONCE = 60
SECONDS_PER_CHECK = 0.5

Send = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class Tab(ABC):
    """Sends a page what changes in its person's conversations. `send` sends an event; `close` takes a close code."""

    def __init__(self, user: User, credential: Credential, send: Send, close: Close) -> None:
        self.user = user
        self.credential = credential
        self._send = send
        self._close = close
        self._is_closed = False
        # Events of one change are sent together, and changes in the order in which they are found.
        self._order = asyncio.Lock()
        self._checks = RateLimit(CHECKS_AT_ONCE, SECONDS_PER_CHECK)
        self._limits: str | None = None

    async def open(self, lately: bool = False) -> None:
        """Send the current state, and every later change. `lately`: also what has changed since the page was
        requested.

        Raises Refusal where too many pages are open, or for a stranger's conversation. Leaves nothing behind then.
        """
        try:
            async with self._order:
                await CHANGES.register(self)
                opening = await queries.opening(
                    self.user, self.conversation, MAX_CHANGES_AT_ONCE if lately else 0
                )
                await self._begin(opening)
                for event in opening.latest:
                    await self._send(event)
        except BaseException:
            self.close()
            raise

    @abstractmethod
    async def _begin(self, opening: Opening) -> None:
        """Send the first event."""

    @abstractmethod
    async def _do(self, command: Command) -> None:
        """Do a command. Any failure raises Refusal."""

    @abstractmethod
    async def _send_checked(self) -> None:
        """Send the current state."""

    async def end(self, code: int) -> None:
        """Close the page, with a code that says why."""
        await self._close(code)

    def close(self) -> None:
        """The page has disconnected."""
        self._is_closed = True
        CHANGES.unregister(self)

    async def receive(self, text: str | None) -> None:
        """Do the command in a text; send an error event where it cannot be done."""
        if PROCESS.runs.draining:
            return  # the page is about to be closed with 1012, and sends again what was not confirmed
        try:
            await self._do(parse(text))
        except Refusal as refusal:
            await self._refuse(refusal)

    async def _refuse(self, refusal: Refusal) -> None:
        await self._checks.take()
        await self._send(events.error(refusal.code, str(refusal), refusal.ref))
        if refusal.code == "signed_out":
            await self.end(CLOSE_SIGNED_OUT)

    @property
    def conversation(self) -> UUID | None:
        """The conversation that the page shows; None where it shows none."""
        return None

    def sees(self, conversation: UUID) -> bool:
        """Whether the page shows this conversation, and the person sees the page."""
        return False

    async def check(self) -> None:
        await self._checks.take()
        # A change that is found after this query is sent after it, too.
        async with self._order:
            await self._send_checked()

    async def changed(self, conversation: UUID | None, event: str) -> None:
        """One of this person's conversations has changed, or, with None, many: `event` says how."""
        async with self._order:
            await self._send(event)

    async def began(self, turn: Turn, turn_events: list[str], event: str) -> None:
        """This process has begun a turn: `event` says so, and `turn_events` put it on the conversation's page."""
        async with self._order:
            await self._send(event)

    async def ended(self, end: Ended, event: str) -> None:
        """A run of this process has ended: `event` says so."""
        async with self._order:
            await self._send(event)

    async def used(self, limits: str) -> None:
        """Send the sentence about how much of their limits the person has used, if it has changed."""
        if limits != self._limits:
            self._limits = limits
            await self._send(events.limits_changed(limits))
