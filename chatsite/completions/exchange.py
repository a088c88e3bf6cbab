"""One request to a server: opening it, and reading the chunks that come back."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chatsite.completions import retries
from chatsite.completions.errors import (
    APIConnectionError,
    APITimeoutError,
    CompletionError,
    IncompleteStreamError,
    ProtocolError,
)
from chatsite.completions.failures import status_error
from chatsite.completions.reading import ChunkReader
from chatsite.completions.sse import DONE, Event, SSEDecoder
from chatsite.completions.transport import Response, Wire
from chatsite.completions.types import ChatCompletionChunk

ERROR_BODY = 64 * 1024
LARGEST_BODY = 16 * 1024 * 1024
LINGER = 0.1  # seconds to read on after [DONE], so that the connection can be used again
AFTER_FINISH = 5.0  # seconds to wait for usage and [DONE] once the answer is whole
_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, to the first token, between bytes, and for all of it."""

    connect: float = 5.0
    first_token: float = 120.0
    idle: float = 60.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request that can be sent any number of times."""

    wire: Wire
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    limits: Limits
    secret: str = field(default="", repr=False)


async def opened(call: Call, deadline: float) -> Response:
    """A successful response, its body unread. deadline: loop time. Raises the tree's errors."""
    path = call.path
    for _ in range(_REDIRECTS):
        with timely(deadline, "The model server did not begin to answer in time."):
            async with asyncio.timeout_at(deadline):
                response = await call.wire.send(
                    call.method, path, call.headers, call.content, call.limits.connect
                )
        if response.status == 200:
            return response
        target = _redirect(call, path, response)
        if target is None:
            if 200 < response.status < 300 and response.status != 204:
                return response
            await _fail(call, response)
        else:
            await response.aclose()
            path = target
    raise ProtocolError("The model server redirects without end; check the base URL.")


async def whole_body(response: Response, deadline: float) -> bytes:
    """All of the body, at most LARGEST_BODY bytes; closes the response."""
    body = bytearray()
    try:
        with timely(deadline, "The model server did not end its answer in time."):
            async with asyncio.timeout_at(deadline):
                while data := await response.read():
                    body += data
                    if len(body) > LARGEST_BODY:
                        raise ProtocolError("The model server sent more than 16 MiB.")
    finally:
        await response.aclose()
    return bytes(body)


@contextlib.contextmanager
def timely(deadline: float, sentence: str) -> Iterator[None]:
    """A bare TimeoutError becomes an APITimeoutError with this sentence."""
    try:
        yield
    except TimeoutError as error:
        raise APITimeoutError(sentence) from error


class Exchange:
    """The chunks of one response, a batch for each read."""

    __slots__ = (
        "_call",
        "_decoder",
        "_ended",
        "_failure",
        "_first_by",
        "_last_by",
        "_loop",
        "_reader",
        "_response",
        "done",
    )

    def __init__(self, call: Call, response: Response, first_by: float, last_by: float) -> None:
        self._call = call
        self._response = response
        self._first_by = first_by
        self._last_by = last_by
        self._loop = asyncio.get_running_loop()
        self._decoder = SSEDecoder()
        self._reader = ChunkReader(call.secret)
        self._failure: CompletionError | None = None
        self._ended = False
        self.done = False  # [DONE] came

    async def batch(self) -> list[ChatCompletionChunk]:
        """The next chunks, at least one; an empty list when the answer is whole. Raises the tree's errors."""
        while self._failure is None and not self._ended:
            data = await self._read()
            chunks = self._chunks(self._decoder.feed(data) if data else self._decoder.close())
            if not data and not self.done:
                self._end(chunks)
            elif self._decoder.stray.startswith("<") and not self._reader.spoken:
                self._failure = self._failure or self._no_completion()
            if chunks:
                return chunks
            if self.done:
                break
        if self._failure is not None:
            self._failure.began = True
            raise self._failure
        if self.done and not self._ended:
            self._ended = True
            await self._linger()
        return []

    async def aclose(self) -> None:
        await self._response.aclose()

    def _chunks(self, events: list[Event]) -> list[ChatCompletionChunk]:
        chunks: list[ChatCompletionChunk] = []
        reader = self._reader
        for name, value in events:
            if isinstance(value, CompletionError):
                self._failure = value
                break
            if value is DONE:
                self.done = True
                self._finish(chunks)
                break
            chunk = reader.read(name, value)
            if chunk is not None:
                chunks.append(chunk)
            if reader.failure is not None:
                self._failure = reader.failure
                break
        return chunks

    def _end(self, chunks: list[ChatCompletionChunk]) -> None:
        """The body has ended without [DONE]."""
        if self._failure is not None:
            chunks += filter(None, [self._reader.rest()])
        else:
            self._ended = True
            self._finish(chunks)

    def _finish(self, chunks: list[ChatCompletionChunk]) -> None:
        """Whether what came is a whole answer; what was held back is delivered either way."""
        reader = self._reader
        rest = reader.rest()
        if rest is not None:
            chunks.append(rest)
        if reader.finish_reason or reader.whole or (self.done and reader.spoken):
            return
        self._failure = self._no_completion() or IncompleteStreamError(
            "The answer broke off before its end." if reader.spoken else "The model server sent no answer."
        )

    def _no_completion(self) -> ProtocolError | None:
        if self._decoder.seen or self._reader.spoken or not self._decoder.stray:
            return None
        kind = self._response.media_type or "an unnamed type"
        return ProtocolError(
            f"The model server answered with something else ({kind}) than a completion; "
            "check the base URL, it usually ends with /v1."
        )

    async def _read(self) -> bytes:
        by, sentence = self._patience()
        try:
            with timely(by, sentence):
                async with asyncio.timeout_at(by):
                    return await self._response.read()
        except APIConnectionError as error:
            if self._reader.finish_reason:
                return b""  # the answer is whole; how the connection ends is of no interest
            self._failure = error
            return b""

    def _patience(self) -> tuple[float, str]:
        """Until when (loop time) to wait for bytes, and the sentence for when none come."""
        now = self._loop.time()
        if self._reader.finish_reason:
            return now + min(AFTER_FINISH, self._call.limits.idle), "The model server did not end its answer."
        by, sentence = self._first_by, "The model server did not begin to answer in time."
        if self._reader.spoken:
            by, sentence = (
                now + self._call.limits.idle,
                "The model server stopped in the middle of its answer.",
            )
        return (by, sentence) if by < self._last_by else (self._last_by, "The answer took too long.")

    async def _linger(self) -> None:
        with contextlib.suppress(CompletionError, TimeoutError):
            async with asyncio.timeout(LINGER):
                while await self._response.read():
                    pass


async def _fail(call: Call, response: Response) -> None:
    """Raises the error for a response that is no success, after reading a bounded part of its body."""
    body = bytearray()
    try:
        with contextlib.suppress(CompletionError, TimeoutError):
            async with asyncio.timeout(min(5.0, call.limits.idle)):
                while len(body) < ERROR_BODY and (data := await response.read()):
                    body += data
    finally:
        await response.aclose()
    if response.status < 400:
        raise ProtocolError(_no_answer(response.status), status=response.status)
    raise status_error(
        response.status,
        bytes(body),
        retry_after=retries.retry_after(response.headers),
        should_retry=retries.should_retry(response.headers),
        secret=call.secret,
    )


def _redirect(call: Call, path: str, response: Response) -> str | None:
    location = response.headers.get("location")
    if response.status not in (307, 308) or not location:
        return None
    return call.wire.redirected(path, location)


def _no_answer(status: int) -> str:
    if 300 <= status < 400:
        return f"The model server points to another address ({status}); check the base URL."
    return f"The model server sent no answer ({status})."
