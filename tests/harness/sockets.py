"""Pages without a browser: sockets that speak to the real consumer and keep what they are shown."""

import asyncio
import contextlib
import json
import uuid

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import AsyncClient

from chatsite.chat.urls import websocket_urlpatterns
from chatsite.runs.process import PROCESS
from tests.harness import protocol
from tests.harness.answer import Answer


class Page:
    """One tab: it applies what it is sent as the page's script does."""

    def __init__(self, communicator: WebsocketCommunicator, conversation: uuid.UUID) -> None:
        self.communicator = communicator
        self.conversation = conversation
        self.pace = 0
        self.answer = Answer("")
        self.events: list[dict] = []

    async def send(self, kind: str, **fields) -> None:
        await self.communicator.send_to(text_data=json.dumps({"type": kind, **fields}))

    async def ask(self, text: str, **fields) -> str:
        """Send a message; returns its uuid."""
        command = protocol.create(text, **fields)
        await self.send_command(command)
        return command["id"]

    async def send_command(self, command: protocol.Command) -> None:
        await self.communicator.send_to(text_data=json.dumps(command))

    async def next(self) -> dict:
        event = json.loads(await self.communicator.receive_from(timeout=5))
        self.events.append(event)
        if event["type"] == "reply.delta":
            await self._apply(event)
        return event

    async def _apply(self, delta: dict) -> None:
        if delta["message"] != self.message:
            self.answer = Answer(delta["message"])
        if self.answer.take(delta):
            await self.send_command(protocol.acknowledge(self.message, self.end, pace=self.pace))
        else:
            await self.send_command(self.answer.resume)

    async def resume(self, message: str) -> None:
        """Ask for what comes after what is here."""
        if message != self.message:
            self.answer = Answer(message)
        await self.send_command(self.answer.resume)

    @property
    def message(self) -> str:
        """The answer that has grown last."""
        return self.answer.message

    @property
    def text(self) -> str:
        return self.answer.text

    @property
    def reasoning(self) -> str:
        return self.answer.reasoning

    @property
    def end(self) -> int:
        return self.answer.end

    async def until(self, kind: str, **fields) -> dict:
        """The next event of this kind whose fields are these."""
        while True:
            event = await self.next()
            if event["type"] == kind and all(event[name] == value for name, value in fields.items()):
                return event

    async def until_shown(self, text: str) -> None:
        while text not in self.text:
            await self.until("reply.delta")

    @property
    def html(self) -> str:
        return "".join(self.answer.settled) + self.answer.tail


@database_sync_to_async
def session_of(user) -> SessionStore:
    """A session that this person is signed in with."""
    session = SessionStore()
    if user.is_authenticated:
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
    return session


@pytest.fixture
async def open_page(transactional_db):
    """Opens a person's tab, on a conversation or at `path`; all tabs are closed, and all runs ended, after the test."""
    opened: list[Page] = []

    async def open_page(
        user,
        conversation: uuid.UUID | None = None,
        refused: bool = False,
        session: SessionStore | None = None,
        path: str | None = None,
    ) -> Page:
        conversation = conversation or uuid.uuid4()
        path = path or f"/ws/conversations/{conversation}/"
        communicator = WebsocketCommunicator(URLRouter(websocket_urlpatterns), path)
        communicator.scope |= {"user": user, "session": session or await session_of(user)}
        await communicator.connect()
        page = Page(communicator, conversation)
        opened.append(page)
        if not refused:
            assert (await page.next())["type"] in ("conversation.opened", "person.opened")
        return page

    yield open_page
    for page in opened:
        # A test that failed has left its communicator cancelled.
        with contextlib.suppress(asyncio.CancelledError):
            await page.communicator.disconnect()
    await PROCESS.reset()


@pytest.fixture
async def site(alice):
    """Alice, signed in, without a socket."""
    site = AsyncClient()
    await site.aforce_login(alice)
    yield site
    await PROCESS.reset()
