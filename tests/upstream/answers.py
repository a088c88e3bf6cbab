"""What the upstream can answer: a row of steps under a status and headers."""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass, field
from enum import Enum
from http.client import responses
from typing import Any

from tests.upstream.journal import Request
from tests.upstream.sse import HEAD, delta, done, error, finish, pieces, role, tokens, usage

SSE = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}


class End(Enum):
    CUT = "close the connection without ending the body"
    RESET = "reset the connection (RST)"
    HANG = "send nothing more, for ever"


CUT, RESET, HANG = End.CUT, End.RESET, End.HANG
Step = (
    bytes | float | End
)  # bytes to write, seconds to pause, an end; after the last one the body ends properly
Steps = Iterable[Step] | AsyncIterable[Step]


@dataclass
class Answer:
    steps: Steps
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0  # seconds before the status line
    framing: str = "chunked"  # or "close": the body lasts as long as the connection

    @property
    def sized(self) -> bool:
        return "Content-Length" in self.headers

    @property
    def chunked(self) -> bool:
        return self.framing == "chunked" and not self.sized

    @property
    def head(self) -> bytes:
        framing = {"Transfer-Encoding": "chunked"} if self.chunked else {"Connection": "close"}
        headers = self.headers if self.sized else self.headers | framing
        lines = [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(
            [f"HTTP/1.1 {self.status} {responses.get(self.status, '')}", *lines, "", ""]
        ).encode()

    async def each(self) -> AsyncIterator[Step]:
        if isinstance(self.steps, AsyncIterable):
            async for step in self.steps:
                yield step
        else:
            for step in self.steps:
                yield step


class Hold:
    """A stream that a test drives step by step, from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[Step | None] = asyncio.Queue()

    def send(self, text: str) -> None:
        self.write(delta(text))

    def finish(self, reason: str = "stop") -> None:
        self.write(finish(reason), done(), None)

    def error(self, message: str = "The model crashed.") -> None:
        self.write(error(message), None)

    def write(self, *steps: Step | None) -> None:
        """Any steps; None ends the body."""
        for step in steps:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, step)

    async def steps(self) -> AsyncIterator[Step]:
        yield role()
        while (step := await self._queue.get()) is not None:
            yield step


def whole(body: Any, status: int = 200) -> Answer:
    """A body of known length: str as HTML, bytes as they are, anything else as JSON."""
    if not isinstance(body, str | bytes):
        return _sized(json.dumps(body).encode(), "application/json", status)
    return _sized(body.encode() if isinstance(body, str) else body, "text/html; charset=utf-8", status)


def _sized(body: bytes, content_type: str, status: int) -> Answer:
    return Answer([body], status, {"Content-Type": content_type, "Content-Length": str(len(body))})


def failure(status: int) -> Answer:
    """An error object in OpenAI's shape."""
    message = f"{responses.get(status, status)} (scripted)"
    return whole({"error": {"message": message, "type": "scripted", "code": None}}, status)


def say(request: Request, text: str | Iterable[str], pace: float = 0, reason: str | None = "stop") -> Answer:
    """A completion as the request asks for it: streamed every `pace` seconds, or one JSON object."""
    texts = pieces(text) if isinstance(text, str) else text
    if (request.json or {}).get("stream"):
        options = request.json.get("stream_options") or {}
        return Answer(_stream(texts, pace, reason, bool(options.get("include_usage"))), headers=SSE)
    message = {"role": "assistant", "content": "".join(texts)}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    return whole(HEAD | {"object": "chat.completion", "choices": [choice], "usage": tokens()})


def _stream(texts: Iterable[str], pace: float, reason: str | None, with_usage: bool) -> Iterable[Step]:
    yield role()
    for text in texts:
        yield delta(text)
        yield pace
    if reason:
        yield finish(reason)
    if with_usage:
        yield usage()
    yield done()


def begin(text: str) -> list[Step]:
    """The first steps of a stream that says `text` and does not end."""
    return [role(), *(delta(piece) for piece in pieces(text))]
