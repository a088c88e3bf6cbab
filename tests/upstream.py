"""The upstream of all tests: an OpenAI-compatible server on a loopback port that speaks real bytes and keeps a journal.

In the test's own loop:   async with Upstream() as upstream: ... upstream.base_url
From synchronous tests:   with UpstreamThread() as upstream: ... (the waiting methods block there)
"""

import asyncio
import json
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, Self

from tests.sse import (
    HEAD,
    chunk,
    delta,
    done,
    error,
    event,
    finish,
    joined,
    pieces,
    reasoning,
    role,
    tokens,
    usage,
)

__all__ = ["CUT", "HANG", "RESET", "Hold", "Request", "Upstream", "UpstreamThread"]
__all__ += ["chunk", "delta", "done", "error", "event", "finish", "pieces", "reasoning", "role", "usage"]

COMPLETIONS = "/v1/chat/completions"
DEFAULT_TEXT = "Hello from upstream."
SSE = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}


class End(Enum):
    CUT = "close the connection without ending the body"
    RESET = "reset the connection (RST)"
    HANG = "send nothing more, for ever"


CUT, RESET, HANG = End.CUT, End.RESET, End.HANG
Step = (
    bytes | float | End
)  # bytes to write, seconds to pause, an end; after the last step the body ends properly
Steps = Iterable[Step] | AsyncIterable[Step]


@dataclass(eq=False)
class Request:
    """One journalled request. Times are of time.monotonic()."""

    connection: int  # number of the connection, from 1
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    at: float = field(default_factory=time.monotonic)
    status: int | None = None  # of the reply, once it was begun
    sent: bytearray = field(default_factory=bytearray)  # of the reply's body, without its framing
    ended_at: float | None = None  # the reply was sent to its end (cut and reset are ends too)
    closed_at: float | None = None  # the client left before that

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def closed_early(self) -> bool:
        return self.closed_at is not None

    @property
    def text_sent(self) -> str:
        """The text of choice 0 in all that was sent."""
        return joined(bytes(self.sent))

    @property
    def reasoning_sent(self) -> str:
        return joined(bytes(self.sent), "reasoning_content")


@dataclass
class Answer:
    steps: Steps
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: SSE)
    delay: float = 0  # seconds before the status line
    framing: str = "chunked"  # or "close": the body lasts as long as the connection

    @property
    def head(self) -> bytes:
        framing = {"Transfer-Encoding": "chunked"} if self.chunked else {"Connection": "close"}
        headers = self.headers if "Content-Length" in self.headers else self.headers | framing
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        return "\r\n".join(
            [*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        ).encode()

    @property
    def chunked(self) -> bool:
        return self.framing == "chunked" and "Content-Length" not in self.headers


def whole(body: Any, status: int = 200, headers: dict[str, str] | None = None, delay: float = 0) -> Answer:
    """A body of known length: str as HTML, bytes as they are, anything else as JSON."""
    kind = "text/html; charset=utf-8" if isinstance(body, str | bytes) else "application/json"
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    raw = text.encode() if isinstance(text, str) else text
    return Answer(
        [raw], status, {"Content-Type": kind, "Content-Length": str(len(raw))} | (headers or {}), delay
    )


def failure(status: int) -> dict[str, Any]:
    return {
        "error": {"message": f"{HTTPStatus(status).phrase} (scripted)", "type": "scripted", "code": status}
    }


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


class Upstream:
    """The server, its queues of replies, and its journal."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.models = ["test-model"]
        self.requests: list[Request] = []  # to the completions path
        self.other_requests: list[Request] = []  # to any other path
        self.connections = 0  # ever opened
        self.tasks: set[asyncio.Task] = set()  # of the open connections
        self._queues: dict[str, deque[Callable[[Request], Answer]]] = defaultdict(deque)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Self:
        self._loop, self._change = asyncio.get_running_loop(), asyncio.Event()
        self._server = await self._loop.create_server(lambda: Connection(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def reply(
        self,
        text: str | Iterable[str] | None = None,
        *,
        pace: float = 0,
        reason: str | None = "stop",
        chunks: Steps | None = None,
        body: Any = None,
        status: int = 200,
        headers: dict[str, str] | None = None,
        delay: float = 0,
        framing: str = "chunked",
        path: str = COMPLETIONS,
    ) -> None:
        """Queue one reply: a text, raw chunks, or a whole body.

        text: streamed in token-like deltas every `pace` seconds (an iterable of texts gives the very deltas), or
          one chat.completion when the request asks for no stream. chunks: the steps of a stream, as they are.
        body: str as HTML, bytes as they are, else JSON; without any of the three an error object for `status`.
        """
        more = headers or {}
        if chunks is not None:
            answer = Answer(chunks, status, SSE | more, delay, framing)
            self._queues[path].append(lambda request: answer)
        elif text is not None:
            self._queues[path].append(lambda request: _say(request, text, pace, reason, more, delay, framing))
        else:
            body = failure(status) if body is None else body
            self._queues[path].append(lambda request: whole(body, status, more, delay))

    def hang(self, after: str | None = None) -> None:
        """Never answer; or, with `after`, stream that text and fall silent."""
        if after is None:
            self.reply(chunks=[], delay=float("inf"))
        else:
            self.reply(chunks=[*_deltas(after), HANG])

    def cut(self, after: str = "", clean: bool = False) -> None:
        """Stream `after` and close in mid-body; `clean` ends the body as HTTP wants it, but with no finish."""
        self.reply(chunks=[*_deltas(after), *([] if clean else [CUT])])

    def reset(self, after: str = "") -> None:
        """Stream `after` and reset the connection."""
        self.reply(chunks=[*_deltas(after), RESET])

    def hold(self) -> Hold:
        """Queue a stream that opens at once and says what the test then tells the returned Hold to say."""
        hold = Hold(self._loop)
        self.reply(chunks=hold.steps())
        return hold

    async def requested(self, n: int = 1, timeout: float = 5) -> Request:
        """Wait until n completion requests have come; the n-th. TimeoutError after `timeout` seconds."""
        return await self._nth(n, timeout, "at")

    async def closed(self, n: int = 1, timeout: float = 5) -> Request:
        """Wait until the clients of n completion requests have left early; the n-th to leave."""
        return await self._nth(n, timeout, "closed_at")

    async def ended(self, n: int = 1, timeout: float = 5) -> Request:
        """Wait until n completion replies were sent to their end; the n-th to end."""
        return await self._nth(n, timeout, "ended_at")

    async def _nth(self, n: int, timeout: float, moment: str) -> Request:
        async with asyncio.timeout(timeout):
            while len(past := [each for each in self.requests if getattr(each, moment) is not None]) < n:
                await self._change.wait()
        return sorted(past, key=lambda each: getattr(each, moment))[n - 1]

    def journal(self, request: Request) -> None:
        (self.requests if request.path == COMPLETIONS else self.other_requests).append(request)
        self.changed()

    def changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    def answer_to(self, request: Request) -> Answer:
        if queue := self._queues[request.path]:
            return queue.popleft()(request)
        if request.path == COMPLETIONS:
            return _say(request, DEFAULT_TEXT)
        if request.path == "/v1/models":
            return whole(
                {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
            )
        return whole(failure(404), 404)


class UpstreamThread(Upstream):
    """The same in a thread of its own: requested(), closed() and ended() block instead of being awaited."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="upstream", daemon=True)
        self._thread.start()
        return self._wait(self.__aenter__())

    def __exit__(self, *_: object) -> None:
        self._wait(self.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def requested(self, n: int = 1, timeout: float = 5) -> Request:
        return self._wait(super().requested(n, timeout))

    def closed(self, n: int = 1, timeout: float = 5) -> Request:
        return self._wait(super().closed(n, timeout))

    def ended(self, n: int = 1, timeout: float = 5) -> Request:
        return self._wait(super().ended(n, timeout))

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


class Connection(asyncio.StreamReaderProtocol):
    """One client: reads its requests, writes the answers, and sees at once when it leaves."""

    def __init__(self, upstream: Upstream) -> None:
        super().__init__(asyncio.StreamReader(), self._serve)
        self.upstream, self.left = upstream, asyncio.Event()

    def eof_received(self) -> bool | None:
        self.left.set()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.left.set()
        super().connection_lost(exc)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, task = reader, writer, asyncio.current_task()
        self.upstream.connections += 1
        self.number = self.upstream.connections
        self.upstream.tasks.add(task)
        try:
            while await self._exchange(await self._read()):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client wants nothing more
        finally:
            self.upstream.tasks.discard(task)
            writer.close()

    async def _read(self) -> Request:
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await self._body(headers)
        return Request(self.number, method, path, headers, body)

    async def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(headers.get("content-length", 0)))
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readline()
        return body

    async def _exchange(self, request: Request) -> bool:
        """Answer one request; whether the connection may be used again."""
        self.upstream.journal(request)
        answering = asyncio.create_task(self._answer(request, self.upstream.answer_to(request)))
        leaving = asyncio.create_task(self.left.wait())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return answering.done() and await answering
        finally:
            answering.cancel()
            leaving.cancel()
            if request.ended_at is None and self.left.is_set():
                request.closed_at = time.monotonic()
            self.upstream.changed()

    async def _answer(self, request: Request, answer: Answer) -> bool:
        await asyncio.sleep(answer.delay)
        request.status = answer.status
        self.writer.write(answer.head)
        async for step in _each(answer.steps):
            if isinstance(step, End):
                return await self._end(request, step)
            await self._step(request, step, answer.chunked)
        if answer.chunked:
            self.writer.write(b"0\r\n\r\n")
        request.ended_at = time.monotonic()
        return answer.chunked or "Content-Length" in answer.headers

    async def _step(self, request: Request, step: bytes | float, chunked: bool) -> None:
        if not isinstance(step, bytes):
            return await asyncio.sleep(step)
        self.writer.write(b"%x\r\n%s\r\n" % (len(step), step) if chunked else step)
        request.sent += step
        await self.writer.drain()
        return await asyncio.sleep(0)  # lets a client in the same loop read

    async def _end(self, request: Request, end: End) -> bool:
        if end is HANG:
            await asyncio.sleep(float("inf"))
        if end is RESET:
            linger = struct.pack("ii", 1, 0)
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.writer.transport.abort()
        request.ended_at = time.monotonic()
        return False


async def _each(steps: Steps) -> AsyncIterator[Step]:
    if isinstance(steps, AsyncIterable):
        async for step in steps:
            yield step
    else:
        for step in steps:
            yield step


def _deltas(text: str) -> list[bytes]:
    return [role(), *(delta(piece) for piece in pieces(text))]


def _say(
    request: Request,
    text: str | Iterable[str],
    pace: float = 0,
    reason: str | None = "stop",
    headers: dict[str, str] | None = None,
    delay: float = 0,
    framing: str = "chunked",
) -> Answer:
    texts = pieces(text) if isinstance(text, str) else text
    if (request.json or {}).get("stream"):
        return Answer(
            _stream(request, texts, pace, reason), headers=SSE | (headers or {}), delay=delay, framing=framing
        )
    message = {"role": "assistant", "content": "".join(texts)}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    body = HEAD | {"object": "chat.completion", "choices": [choice], "usage": tokens()}
    return whole(body, headers=headers, delay=delay)


def _stream(request: Request, texts: Iterable[str], pace: float, reason: str | None) -> Iterable[Step]:
    yield role()
    for text in texts:
        yield delta(text)
        yield pace
    if reason:
        yield finish(reason)
    if (request.json.get("stream_options") or {}).get("include_usage"):
        yield usage()
    yield done()
