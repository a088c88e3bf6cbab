"""This process: all that it holds while it serves. Everything else is in the database."""

from typing import Protocol

from channels.db import database_sync_to_async

from chatsite.conversations.models import Conversation
from chatsite.conversations.turns import Turn
from chatsite.providers.clients import Clients
from chatsite.providers.schedule import Schedule
from chatsite.runs.connections import keep_connection, watch_pool
from chatsite.runs.ends import Ended
from chatsite.runs.hints import Hint, Hints
from chatsite.runs.log import LogWriter
from chatsite.runs.recovery import Recovery
from chatsite.runs.registry import Runs
from chatsite.runs.tasks import Tasks
from chatsite.runs.title_writer import TitleWriter


class Audience(Protocol):
    """The open pages of this process. `chat` knows them; what writes answers does not."""

    async def receive(self, hint: Hint) -> None:
        """Notify the pages that a hint concerns."""

    def is_seen(self, conversation: Conversation) -> bool:
        """Whether a page that its owner sees shows this conversation."""

    def ended(self, end: Ended) -> None:
        """A run of this process has ended, and its followers have been notified."""

    def close(self) -> None:
        """Close all pages."""


class Process:
    """`start` begins what runs in the background, `drain` saves and ends all runs, `close` ends the rest. `reset` makes
    it as new."""

    def __init__(self) -> None:
        self.audience: Audience | None = None
        self.hints = Hints(self._receive)
        self.clients = Clients()
        self.log_writer = LogWriter()
        self.runs = Runs(self.hints, self.log_writer, self.clients, self._is_seen, self._ended)
        self.titles = TitleWriter(self.clients, self.hints)
        self.schedule = Schedule()
        self._background = Tasks()

    async def start(self) -> None:
        """Recover orphaned answers, and keep model lists and database connections fresh, until `close`."""
        self.schedule.begin()
        recovery = Recovery(self.runs, self.hints)
        for work in (database_sync_to_async(keep_connection)(), watch_pool(), recovery.watch()):
            self._background.start(work)

    async def drain(self) -> None:
        """Interrupt all runs, save their text, and refuse new ones from now on."""
        self.schedule.end()
        self.titles.cancel()
        await self.runs.drain()

    async def close(self) -> None:
        """End what is left, once all runs have ended."""
        self._background.cancel()
        self.titles.cancel()
        await self.titles.ended_all()
        await self.clients.close()

    async def reset(self) -> None:
        """Close all pages, end all runs, and accept new ones again. For tests, which share a process."""
        if self.audience:
            self.audience.close()
        await self.drain()
        await self.close()
        self.runs.draining = False
        self.titles = TitleWriter(self.clients, self.hints)
        self.schedule = Schedule()

    async def _receive(self, hint: Hint) -> None:
        if self.audience:
            await self.audience.receive(hint)

    def _is_seen(self, conversation: Conversation) -> bool:
        return self.audience is not None and self.audience.is_seen(conversation)

    def _ended(self, turn: Turn, end: Ended) -> None:
        if self.audience:
            self.audience.ended(end)
        if not self.runs.draining:
            self.titles.ended(turn, end)


PROCESS = Process()
