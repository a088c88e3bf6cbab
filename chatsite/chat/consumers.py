"""The WebSockets of a person and of one conversation: a tab's commands come in, its events go out."""

import asyncio
import contextlib
from typing import Any

from autobahn.exception import Disconnected
from django.contrib.auth.models import User

from chatsite.accounts.credentials import Credential, credential
from chatsite.chat import events
from chatsite.chat.conversation_tabs import ConversationTab
from chatsite.chat.person_tabs import PersonTab
from chatsite.chat.tabs import Tab
from chatsite.conversations.errors import Refusal
from chatsite.protocol import CLOSE_NOT_FOUND, CLOSE_SIGNED_OUT, CLOSE_TOO_MUCH
from chatsite.socket_consumer import SocketConsumer

# Commands, and characters in them, that may wait to be done. More come only from a page that has gone wrong.
MAX_WAITING_COMMANDS = 200
MAX_WAITING_CHARACTERS = 4_000_000
# The query of a page that has just been loaded.
LATELY = b"lately"


class TabConsumer(SocketConsumer):
    """Receives at once and does one command after another, so that what waits is bounded."""

    tab: Tab | None = None
    working: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        # A socket that is refused before it is accepted shows the browser no code.
        await self.accept()
        user: Any = self.scope["user"]
        if not user.is_authenticated:
            await self.close(CLOSE_SIGNED_OUT)
            return
        tab = self.new_tab(user, credential(user.pk, self.scope["session"]))
        try:
            await tab.open(lately=self.scope.get("query_string") == LATELY)
        except Refusal as refusal:
            await self._refuse(refusal)
            return
        self.tab = tab
        self.waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self.waiting_characters = 0
        self.working = asyncio.create_task(self._work(tab))

    def new_tab(self, user: User, held: Credential) -> Tab:
        raise NotImplementedError

    async def _refuse(self, refusal: Refusal) -> None:
        if refusal.code != "too_many_pages":
            await self.close(CLOSE_NOT_FOUND)
            return
        await self.send_event(events.error(refusal.code, str(refusal)))
        await self.close(CLOSE_TOO_MUCH)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.working is None:
            return
        self.waiting_characters += len(text_data or "")
        if self.waiting.qsize() >= MAX_WAITING_COMMANDS or self.waiting_characters > MAX_WAITING_CHARACTERS:
            await self.close(CLOSE_TOO_MUCH)
            return
        self.waiting.put_nowait(text_data)

    async def disconnect(self, code: int) -> None:
        if self.working:
            self.working.cancel()
        if self.tab:
            self.tab.close()

    async def _work(self, tab: Tab) -> None:
        while True:
            text = await self.waiting.get()
            await tab.receive(text)
            self.waiting_characters -= len(text or "")

    async def send_event(self, event: str) -> None:
        """Send an event to the page. If it has just disconnected, do nothing: it asks again when it is back."""
        with contextlib.suppress(Disconnected):
            # Not `self.send`, which makes two more calls for each delta.
            send: Any = self.base_send
            await send({"type": "websocket.send", "text": event})


class PersonConsumer(TabConsumer):
    """For a page that shows no conversation."""

    def new_tab(self, user: User, held: Credential) -> Tab:
        return PersonTab(user, held, self.send_event, self.close)


class ConversationConsumer(TabConsumer):
    """For a page that shows one conversation."""

    def new_tab(self, user: User, held: Credential) -> Tab:
        conversation = self.scope["url_route"]["kwargs"]["uuid"]
        return ConversationTab(user, held, self.send_event, self.close, conversation)
