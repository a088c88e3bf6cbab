"""A tab without a browser: a WebSocket that speaks the protocol as the page does, and keeps what it was shown."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

import aiohttp

from chatsite.protocol import CLOSE_NOT_FOUND, CLOSE_SIGNED_OUT, CLOSE_TOO_MUCH
from tests.harness import protocol
from tests.harness.answer import Answer

# Close codes after which the page does not come back.
FINAL = {CLOSE_SIGNED_OUT, CLOSE_NOT_FOUND, CLOSE_TOO_MUCH}
LONGEST_WAIT = 0.5


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a person sent from a tab."""

    uuid: str
    text: str
    conversation: str


class Tab:
    """One tab on a conversation. After a lost connection it comes back, resumes, and sends what was not confirmed.

    acks: whether it says what it has shown. returns: whether it comes back.
    """

    def __init__(
        self,
        url: str,
        cookie: str,
        conversation: str | None = None,
        *,
        acks: bool = True,
        returns: bool = True,
    ) -> None:
        self.conversation = conversation or str(uuid4())
        self.answers: dict[str, Answer] = {}
        self.events: list[dict[str, Any]] = []  # all but the deltas
        self.closes: list[int | None] = []
        self.tries = self.opened = self.resumes = 0
        self.cookie = cookie
        self._url, self._headers = url, {"Cookie": cookie, "Origin": url}
        self._acks, self._returns = acks, returns
        self._unsent: dict[str, dict[str, Any]] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._change, self._reads = asyncio.Event(), asyncio.Event()
        self._reads.set()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers)
        self._life = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._life.cancel()
        await asyncio.wait({self._life})
        await self._session.close()

    # What a person does

    async def ask(self, text: str, **fields: Any) -> Sent:
        """Send a message; it is sent again after each reconnect until it is confirmed or refused."""
        sent = self.draft(text)
        await self.say_again(sent, **fields)
        return sent

    def draft(self, text: str) -> Sent:
        """A message that is not sent yet."""
        return Sent(str(uuid4()), text, self.conversation)

    async def say_again(self, sent: Sent, **fields: Any) -> None:
        """Send this very message, which another tab may have sent."""
        command = protocol.create(sent.text, sent.uuid, **fields)
        self._unsent[sent.uuid] = command
        await self.send(**command)

    async def stop(self, answer: Answer) -> None:
        await self.send(**protocol.stop(answer.message))

    async def send(self, **command: Any) -> None:
        await self.write(json.dumps(command).encode())

    async def write(self, frame: bytes, opcode: aiohttp.WSMsgType = aiohttp.WSMsgType.TEXT) -> None:
        """Any bytes as a frame; nothing where there is no connection."""
        if self._socket is not None and not self._socket.closed:
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_frame(frame, opcode)

    def freeze(self) -> None:
        """Read nothing more, and stay connected."""
        self._reads.clear()

    def thaw(self) -> None:
        self._reads.set()

    # What a person waits for

    async def until(self, claim: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait until something is so; gives it."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := claim()):
                    self._change.clear()
                    await self._change.wait()
        except TimeoutError:
            raise AssertionError(f"After {seconds} s still not so. {self.story()}") from None
        return found

    async def answer_to(self, sent: Sent, seconds: float = 30) -> Answer:
        """The newest answer to a message, once it was begun."""
        return await self.until(lambda: self.reply(sent), seconds)

    async def finished(self, sent: Sent, seconds: float = 30) -> Answer:
        """The same, once it has ended."""
        return await self.until(lambda: (reply := self.reply(sent)) and reply.is_over and reply, seconds)

    async def refused(self, sent: Sent, seconds: float = 30) -> dict[str, Any]:
        """The error that answered a message."""
        return await self.until(lambda: self.refusal(sent), seconds)

    def reply(self, sent: Sent) -> Answer | None:
        return next((reply for reply in reversed(self.answers.values()) if reply.parent == sent.uuid), None)

    def refusal(self, sent: Sent) -> dict[str, Any] | None:
        return next((event for event in self.errors if event["ref"] == sent.uuid), None)

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == "error"]

    def story(self) -> str:
        """What has happened here, for the message of a failed test."""
        last = [{**event, "html": "…"} for event in self.events[-5:]]
        answers = [(each.end, each.status, each.text[-40:]) for each in self.answers.values()]
        return f"opened {self.opened} of {self.tries}, closed {self.closes}, answers {answers}, last {last}"

    # The connection

    async def _live(self) -> None:
        wait = 0.05
        while self._returns or not self.tries:
            opened = self.opened
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._connection()
            if FINAL & set(self.closes):
                return
            wait = 0.05 if self.opened > opened else min(LONGEST_WAIT, wait * 2)
            await asyncio.sleep(wait)

    async def _connection(self) -> None:
        self.tries += 1
        path = f"{self._url}/ws/conversations/{self.conversation}/"
        patience = aiohttp.ClientWSTimeout(ws_close=1)
        async with self._session.ws_connect(path, max_msg_size=0, timeout=patience) as self._socket:
            try:
                async for message in self._socket:
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        break
                    await self._take(json.loads(message.data))
                    await self._reads.wait()
            finally:
                self.closes.append(self._socket.close_code)
                self._change.set()

    async def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "reply.delta":
            await self._delta(event)
        else:
            self.events.append(event)
            await self._others[event["type"]](self, event)
        self._change.set()

    async def _opened(self, event: dict[str, Any]) -> None:
        self.opened += 1
        for command in list(self._unsent.values()):
            await self.send(**command)
        for answer in self.answers.values():
            if not answer.is_over:
                answer.is_behind = False
                await self._resume(answer)

    async def _created(self, event: dict[str, Any]) -> None:
        self._unsent.pop(event["id"], None)

    async def _started(self, event: dict[str, Any]) -> None:
        self._answer(event["message"]).parent = event["parent"]

    async def _delta(self, event: dict[str, Any]) -> None:
        answer = self._answer(event["message"])
        asked = answer.is_behind
        if not answer.take(event):
            # Asked once; what was on its way before the answer to that does not continue either.
            await (asyncio.sleep(0) if asked else self._resume(answer))
        elif self._acks:
            await self.send(**protocol.acknowledge(answer.message, answer.end))

    async def _finished(self, event: dict[str, Any]) -> None:
        self._answer(event["message"]).finish(event)

    async def _error(self, event: dict[str, Any]) -> None:
        self._unsent.pop(event["ref"], None)

    async def _ignored(self, event: dict[str, Any]) -> None:
        pass

    _others = {
        "conversation.opened": _opened,
        "conversation.changed": _ignored,
        "message.created": _created,
        "reply.started": _started,
        "reply.finished": _finished,
        "error": _error,
    }

    async def _resume(self, answer: Answer) -> None:
        self.resumes += 1
        await self.send(**answer.resume)

    def _answer(self, message: str) -> Answer:
        return self.answers.setdefault(message, Answer(message))
