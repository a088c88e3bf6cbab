"""The chunks that come back from one request."""

import asyncio
import contextlib
import math

from chatsite.completions.errors import (
    APIConnectionError,
    APITimeoutError,
    CompletionError,
    IncompleteStreamError,
    ProtocolError,
)
from chatsite.completions.parsing import ChunkReader
from chatsite.completions.sending import Call
from chatsite.completions.sse import DONE, Event, SSEDecoder
from chatsite.completions.transport import Response
from chatsite.completions.types import ChatCompletionChunk

LINGER = 0.1  # seconds to read on after [DONE], so that the connection can be used again
AFTER_FINISH = 5.0  # seconds to wait for usage and [DONE] once the answer is whole


class Exchange:
    """The chunks of one response, a batch for each read."""

    __slots__ = (
        "_call",
        "_decoder",
        "_ended",
        "_extended",
        "_failure",
        "_finish_by",
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
        self._finish_by = math.inf
        self._loop = asyncio.get_running_loop()
        self._decoder = SSEDecoder()
        self._reader = ChunkReader(call.secret, call.model)
        self._failure: CompletionError | None = None
        self._ended = False
        self._extended = 0.0  # the deadline that was passed with something to read
        self.done = False  # [DONE] came

    async def batch(self) -> list[ChatCompletionChunk]:
        """The next chunks, at least one; an empty list when the answer is whole. Raises the tree's errors."""
        while self._failure is None and not self._ended and not self.done:
            data = await self._read()
            chunks = self._chunks(self._decoder.feed(data) if data else self._decoder.close())
            if not data and not self.done:
                self._end(chunks)
            elif self._decoder.stray.startswith("<") and not self._reader.spoken:
                self._failure = self._failure or self._no_completion()
            if chunks:
                return chunks
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
            # What has come is given without waiting, so that a timeout alone would never end it.
            if by <= self._loop.time():
                raise TimeoutError
            # A timeout for each read costs more than most reads.
            if data := self._response.arrived():
                return data
            async with asyncio.timeout_at(by):
                return await self._response.read()
        except APIConnectionError as error:
            failure = error
        except TimeoutError as error:
            if data := await self._overdue(by):
                return data
            failure = APITimeoutError(sentence)
            failure.__cause__ = error
        # Once the answer is whole, how the connection ends is no matter.
        if not self._reader.finish_reason:
            self._failure = failure
        return b""

    async def _overdue(self, by: float) -> bytes:
        """What has come all the same: when this process stood still, its timer is no witness. Once for each
        deadline, and not for the total time, so that a server which sends without end is ended, too."""
        if by in (self._extended, self._last_by):
            return b""
        self._extended = by
        with contextlib.suppress(APIConnectionError):
            return await self._response.read_now()
        return b""

    def _patience(self) -> tuple[float, str]:
        """Until when (loop time) to wait for bytes, and the sentence for when none come."""
        now = self._loop.time()
        if self._reader.finish_reason:
            # From the finish on, not from each comment that a server sends after it.
            self._finish_by = min(self._finish_by, now + min(AFTER_FINISH, self._call.limits.idle))
            return self._finish_by, "The model server did not end its answer."
        if self._reader.spoken:
            by, sentence = now + self._call.limits.idle, "The model server stopped in mid-answer."
        else:
            by, sentence = self._first_by, self._call.limits.first_token_sentence
        return (by, sentence) if by < self._last_by else (self._last_by, "The answer took too long.")

    async def _linger(self) -> None:
        with contextlib.suppress(CompletionError, TimeoutError):
            async with asyncio.timeout(LINGER):
                while await self._response.read():
                    pass
