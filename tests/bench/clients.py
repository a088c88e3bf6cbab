"""Clients on WebSockets: tabs that do what the site's page does, and bare ones for the baseline."""

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

import aiohttp

from chatsite.protocol import ACK_CHARACTERS, ACK_SECONDS
from tests.bench.receipts import Piece
from tests.bench.workloads import microseconds
from tests.harness import protocol

# A frame of the screen: these clients show each event at once.
SCREEN = 1 / 60
# What the baseline says last.
DONE = "[DONE]"
# Seconds for a site to say that a socket is open.
OPENS_WITHIN = 60


class Client:
    """One WebSocket. Times are in µs of the stamps' clock.

    prompt: what it asked. pieces: the text that it was answered. over: done at the end, which is an error where the
    answer is not complete.
    """

    _path = "/"
    _headers: dict[str, str] = {}

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url
        self._begin()

    def _begin(self) -> None:
        self.prompt, self.asked = "", 0
        self.pieces: list[Piece] = []
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)

    async def open(self) -> None:
        """Connect. Raises aiohttp.ClientError."""
        headers = {"Origin": self._url} | self._headers
        self._socket = await self._session.ws_connect(self._url + self._path, headers=headers, max_msg_size=0)
        self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        await self._socket.close()
        await self._reading

    async def ask(self, model: str, base_url: str) -> None:
        """Send a message that no other is like. `base_url`: where a bare client wants it answered."""
        self._begin()
        self.prompt = f"What does gauge {uuid4()} say?"
        frame = self._frame(model, base_url)
        self.asked = microseconds()
        await self._socket.send_str(json.dumps(frame))

    def _frame(self, model: str, base_url: str) -> dict[str, Any]:
        raise NotImplementedError

    async def _read(self) -> None:
        async for message in self._socket:
            self._take(message.data)
        self._end(ConnectionError(f"The socket was closed with {self._socket.close_code}."))

    def _take(self, text: str) -> None:
        raise NotImplementedError

    def _end(self, error: Exception | None = None) -> None:
        if self.over.done():
            return
        if error:
            self.over.set_exception(error)
            # Not everyone waits for it.
            self.over.exception()
        else:
            self.over.set_result(None)


class Bare(Client):
    """A client of the baseline: each frame is the text of a delta, but for the last, which says that it is."""

    def _frame(self, model: str, base_url: str) -> dict[str, Any]:
        return {"text": self.prompt, "model": model, "base_url": base_url}

    def _take(self, text: str) -> None:
        if text == DONE:
            self._end()
        else:
            self.pieces.append((microseconds(), text))


class Tab(Client):
    """A page of the site on one conversation. It acknowledges as static/js/reply.js does.

    pace: milliseconds between two events that it asks for, as a page does; 0 takes each as soon as there is one.
    """

    pace = 0

    def __init__(
        self, session: aiohttp.ClientSession, url: str, cookie: str, conversation: str | None = None
    ) -> None:
        super().__init__(session, url)
        self.conversation = conversation or str(uuid4())
        self._path = f"/ws/conversations/{self.conversation}/"
        self._headers = {"Cookie": cookie}
        self._opened, self._grown = asyncio.Event(), asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    def twin(self) -> "Tab":
        """Another tab of the same person on the same conversation."""
        return Tab(self._session, self._url, self._headers["Cookie"], self.conversation)

    def _begin(self) -> None:
        super()._begin()
        self.started = 0
        self._message, self._at, self._acknowledged, self._acknowledged_at = "", 0, 0, 0.0
        self._painting: asyncio.TimerHandle | None = None
        self._telling: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        await super().open()
        async with asyncio.timeout(OPENS_WITHIN):
            await self._opened.wait()

    async def has(self, size: int) -> None:
        """Wait until `size` characters of the answer have arrived."""
        while self._at < size:
            self._grown.clear()
            await self._grown.wait()

    def _frame(self, model: str, base_url: str) -> dict[str, Any]:
        return protocol.create(self.prompt, model=model)

    def _take(self, text: str) -> None:
        received = microseconds()
        event = json.loads(text)
        match event["type"]:
            case "reply.delta":
                self._delta(protocol.slice_of(event), received)
            case "reply.started" if event["message"] != self._message:
                self._message, self._at, self.started = event["message"], 0, received
            case "reply.finished":
                self._finished(event)
            case "conversation.opened":
                self._opened.set()
            case "error":
                self._end(RuntimeError(event["detail"]))

    def _delta(self, piece: protocol.Slice, received: int) -> None:
        if piece.offset != self._at:
            self._end(RuntimeError(f"A slice begins at {piece.offset}, and not at {self._at}."))
            return
        self._at = piece.end
        self.pieces.append((received, piece.text))
        self._grown.set()
        if not self._painting:
            self._painting = asyncio.get_running_loop().call_later(SCREEN, self._paint)

    def _paint(self) -> None:
        self._painting = None
        wait = self._acknowledged_at + ACK_SECONDS - time.monotonic()
        if wait <= 0 or self._at - self._acknowledged >= ACK_CHARACTERS:
            self._acknowledge()
        elif not self._telling:
            self._telling = asyncio.get_running_loop().call_later(wait, self._acknowledge)

    def _acknowledge(self) -> None:
        if self._telling:
            self._telling.cancel()
        self._telling = None
        self._acknowledged, self._acknowledged_at = self._at, time.monotonic()
        command = json.dumps(protocol.acknowledge(self._message, self._at, pace=self.pace))
        sending = asyncio.create_task(self._socket.send_str(command))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    def _finished(self, event: dict[str, Any]) -> None:
        for timer in (self._painting, self._telling):
            if timer:
                timer.cancel()
        self._painting = self._telling = None
        self._acknowledge()
        wrong = event["status"] != "complete"
        self._end(RuntimeError(f"An answer ended as {event['status']}: {event['error']}") if wrong else None)
