"""The WebSocket of one conversation: a session's frames in, its events out."""

import asyncio
import contextlib
from typing import Any

from autobahn.exception import Disconnected
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer

from chatsite.accounts.credentials import credential
from chatsite.chat import events
from chatsite.chat.changes import SIGN_IN
from chatsite.chat.tabs import Session
from chatsite.conversations.errors import Refusal

NOT_THERE = 4404
TOO_MUCH = 4429
# Frames, and characters in them, that may wait to be done. More come only from a page that has gone wrong.
WAITING = 200
WAITING_SIZE = 4_000_000


class KeepSend:
    """Keeps the socket's own way to send in the scope. The session's middleware, which wraps it, looks at the session
    before each event, though no event changes that."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        return await self.application({**scope, "send": send}, receive, send)


class ConversationConsumer(AsyncWebsocketConsumer):
    """Receives at once and does one frame after another, so that what waits is bounded."""

    # Hints come to the process, not to each socket.
    channel_layer_alias = "none"

    session: Session | None = None
    working: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        # A socket that is refused before it is accepted shows the browser no code.
        await self.accept()
        person: Any = self.scope["user"]
        if not person.is_authenticated:
            await self.close(SIGN_IN)
            return
        conversation = self.scope["url_route"]["kwargs"]["uuid"]
        session = Session(
            person, credential(person.pk, self.scope["session"]), conversation, self.send_event, self.close
        )
        try:
            await session.open()
        except Refusal as refusal:
            await self._refuse(refusal)
            return
        self.session = session
        self.waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self.size = 0
        self.working = asyncio.create_task(self._work(session))

    async def _refuse(self, refusal: Refusal) -> None:
        if refusal.code != "too_many_pages":
            await self.close(NOT_THERE)
            return
        await self.send_event(events.error(refusal.code, str(refusal)))
        await self.close(TOO_MUCH)

    async def dispatch(self, message: Any) -> None:
        # Channels sees to the database's connections before each frame, in the thread that all share; no handler here
        # touches the database.
        await getattr(self, get_handler_name(message))(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.working is None:
            return
        self.size += len(text_data or "")
        if self.waiting.qsize() >= WAITING or self.size > WAITING_SIZE:
            await self.close(TOO_MUCH)
            return
        self.waiting.put_nowait(text_data)

    async def disconnect(self, code: int) -> None:
        if self.working:
            self.working.cancel()
        if self.session:
            self.session.close()

    async def _work(self, session: Session) -> None:
        while True:
            text = await self.waiting.get()
            await session.receive(text)
            self.size -= len(text or "")

    async def send_event(self, event: str) -> None:
        """Send to the page. One that has just gone is no fault; it is told again when it comes back."""
        with contextlib.suppress(Disconnected):
            scope: Any = self.scope
            await scope["send"]({"type": "websocket.send", "text": event})
