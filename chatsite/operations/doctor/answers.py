"""Small answers with which the doctor's page measures the connection: numbers at even intervals, over a socket or as
server-sent events, until their end or a Stop."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from autobahn.exception import Disconnected
from channels.db import database_sync_to_async
from django.db.models.functions import Now

from chatsite.operations.models import Chore
from chatsite.protocol import CLOSE_NOT_FOUND, CLOSE_SIGNED_OUT, CLOSE_TOO_MUCH
from chatsite.socket_consumer import SocketConsumer

DELTAS = 20
DELTA_SECONDS = 0.1
# How long an answer waits for the end of another one of the same person, such as in another tab.
WAIT_SECONDS = 8
# A page needs a few seconds for two answers.
MAX_SOCKET_SECONDS = 30

# How rows begin that say which answers are stopped, and how long they are kept at least.
STOPPED = "doctor: stop "
KEPT = timedelta(minutes=1)

# Held while a person's answer is sent.
_locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


def may_ask(user: Any) -> bool:
    """Return whether a person may see the doctor's page."""
    return bool(user.is_active and user.is_staff and user.is_superuser)


async def answer(
    user_id: int, is_stopped: Callable[[], Awaitable[bool]], wait_seconds: float = WAIT_SECONDS
) -> AsyncGenerator[str, None]:
    """Yield the events of one answer as JSON. This process sends a person one at a time; the next one waits, or is
    refused after a while. `sent`: milliseconds since the first delta."""
    lock = _locks.setdefault(user_id, asyncio.Lock())
    try:
        async with asyncio.timeout(wait_seconds):
            await lock.acquire()
    except TimeoutError:
        yield _event("answer.refused")
        return
    try:
        async for event in _deltas(is_stopped):
            yield event
    finally:
        lock.release()


async def _deltas(is_stopped: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
    begin = time.monotonic()
    for number in range(DELTAS):
        await asyncio.sleep(begin + number * DELTA_SECONDS - time.monotonic())
        if await is_stopped():
            yield _event("answer.stopped", deltas=number)
            return
        yield _event("answer.delta", number=number, sent=round((time.monotonic() - begin) * 1000))
    yield _event("answer.finished", deltas=DELTAS)


def _event(kind: str, **fields: int) -> str:
    return json.dumps({"type": kind, **fields})


async def events(user_id: int, uuid: UUID) -> AsyncIterator[str]:
    """Yield one answer as server-sent events. `stop` ends it."""
    pressed = Chore.objects.filter(name=_name(uuid))
    async with aclosing(answer(user_id, database_sync_to_async(pressed.exists))) as made:
        async for event in made:
            yield f"data: {event}\n\n"


def stop(uuid: UUID) -> None:
    """End an answer that is sent as server-sent events, by whichever worker: a row says so that nothing else uses."""
    Chore.objects.filter(name__startswith=STOPPED, due__lt=Now() - KEPT).delete()
    Chore.objects.update_or_create(name=_name(uuid), defaults={"due": Now()})


def _name(uuid: UUID) -> str:
    return f"{STOPPED}{uuid}"


class AnswerConsumer(SocketConsumer):
    """Sends an answer for each `answer.create`, and ends it at `answer.stop`."""

    working: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        # A socket that is refused before it is accepted shows the browser no code.
        await self.accept()
        user: Any = self.scope["user"]
        if not may_ask(user):
            await self.close(CLOSE_NOT_FOUND if user.is_authenticated else CLOSE_SIGNED_OUT)
            return
        self.asked = asyncio.Event()
        self.is_stopped = False
        self.working = asyncio.create_task(self._work(user.pk))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.working is None:
            return
        match text_data:
            case "answer.create" if not self.asked.is_set():
                self.asked.set()
            case "answer.stop":
                self.is_stopped = True
            case _:
                await self.close(CLOSE_TOO_MUCH)

    async def disconnect(self, code: int) -> None:
        if self.working:
            self.working.cancel()

    async def _work(self, user_id: int) -> None:
        with contextlib.suppress(Disconnected):
            await self._send_answers(user_id)
            await self.close()

    async def _send_answers(self, user_id: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MAX_SOCKET_SECONDS):
                while True:
                    await self._send_answer(user_id)

    async def _send_answer(self, user_id: int) -> None:
        await self.asked.wait()
        self.asked.clear()
        self.is_stopped = False
        async with aclosing(answer(user_id, self._has_stopped)) as made:
            async for event in made:
                await self.send(event)

    async def _has_stopped(self) -> bool:
        return self.is_stopped
