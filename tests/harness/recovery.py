"""Recovery of interrupted answers within the process: abandoned answers, a clock of the test, a held write lock."""

import asyncio
import sqlite3
import uuid
from collections.abc import Awaitable, Iterator
from contextlib import closing, contextmanager
from typing import Protocol

from channels.db import database_sync_to_async
from django.db import connection

from chatsite.conversations.models import Message
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.runs.observer import POLL_SECONDS
from chatsite.runs.process import PROCESS
from chatsite.runs.recovery import Recovery


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Polls(Protocol):
    """The recovery of runs, or that of tryouts."""

    def poll(self) -> Awaitable[None]: ...


@database_sync_to_async
def abandoned(alice, logged: str = "Once upon a ") -> Message:
    """An answer whose process was killed: it is streaming, has a log, and nobody writes it."""
    turn = create_message(alice, uuid.uuid4(), NewMessage(uuid.uuid4(), "Tell me a story."))
    turn.completion.log.create(offset=0, text=logged)
    return Message.objects.select_related("conversation").get(pk=turn.completion.message_id)


def new_recovery(clock: Clock) -> Recovery:
    return Recovery(PROCESS.runs, PROCESS.hints, clock)


async def recover(polls: int = 6, between=None) -> None:
    """Recover interrupted answers as a process does that has just started: by default for 10 s. `between` is done
    between two polls."""
    clock = Clock()
    recovery = new_recovery(clock)
    for number in range(polls):
        if number and between:
            await between()
        await recovery.poll()
        clock.seconds += POLL_SECONDS


@contextmanager
def write_lock() -> Iterator[None]:
    """Hold the write lock of SQLite, as a backup or an admin's shell may."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def blocked_poll(recovery: Polls, clock: Clock) -> asyncio.Future[None]:
    """Poll until a poll waits for the write lock, and return it."""
    while True:
        poll = asyncio.ensure_future(recovery.poll())
        await asyncio.wait([poll], timeout=0.5)
        clock.seconds += POLL_SECONDS
        if not poll.done():
            return poll
