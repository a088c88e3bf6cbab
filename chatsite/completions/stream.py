"""CompletionStream: the answer as it is made, chunk by chunk."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from types import TracebackType
from typing import Self

from chatsite.completions.thinking import told_apart
from chatsite.completions.types import ChatCompletionChunk, Usage


class Accumulated:
    """What has been delivered of one answer."""

    __slots__ = ("_reasoning", "_text", "done", "endpoint", "finish_reason", "id", "model", "usage")

    def __init__(self) -> None:
        # UTF-8, growing: many short strings, which a StringIO keeps, take fifteen times their text.
        self._text = bytearray()
        self._reasoning = bytearray()
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.done = False
        self.id = ""
        self.model = ""
        self.endpoint: str | None = None

    @property
    def text(self) -> str:
        return self._told_apart[0]

    @property
    def reasoning(self) -> str:
        return self._told_apart[1]

    @property
    def _told_apart(self) -> tuple[str, str]:
        return told_apart(self._text.decode(), self._reasoning.decode())

    def take(self, chunk: ChatCompletionChunk) -> None:
        """Adds a chunk that is about to be delivered."""
        if chunk.choices:
            choice = chunk.choices[0]
            delta = choice.delta
            if delta.content:
                self._text += delta.content.encode()
            if delta.reasoning:
                self._reasoning += delta.reasoning.encode()
            if choice.finish_reason:
                self.finish_reason = choice.finish_reason
        if chunk.usage is not None:
            self.usage = chunk.usage
        self.id = chunk.id
        self.model = chunk.model


class CompletionStream:
    """An answer that is being received: `async for chunk in stream`. Nothing is sent before the first step.

    Awaiting it returns it. `async with stream` and `aclose()` close the connection, and so do its end, an error,
    and cancelling the task that reads. After `break` close it, or the server continues until the object is
    collected. `batch()` is for readers that poll.
    """

    __slots__ = ("__weakref__", "_batches", "_record", "_waiting")

    def __init__(self, batches: AsyncGenerator[list[ChatCompletionChunk], None], record: Accumulated) -> None:
        # The generator knows the record and not this object: no cycle, so dropping the stream closes it at
        # once.
        self._batches = batches
        self._record = record
        self._waiting: deque[ChatCompletionChunk] = deque()

    def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        return self

    async def __anext__(self) -> ChatCompletionChunk:
        while not self._waiting:
            self._waiting.extend(await anext(self._batches))
        chunk = self._waiting.popleft()
        self._record.take(chunk)
        return chunk

    async def batch(self) -> list[ChatCompletionChunk]:
        """All the chunks that have come, as soon as there is one; an empty list at the end."""
        if self._waiting:
            chunks = list(self._waiting)
            self._waiting.clear()
        else:
            chunks = await anext(self._batches, [])
        for chunk in chunks:
            self._record.take(chunk)
        return chunks

    def __await__(self) -> Generator[None, None, Self]:
        return self
        yield

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection and end the stream. May be called at any time, and more than once."""
        self._waiting.clear()
        await self._batches.aclose()

    @property
    def text(self) -> str:
        """The text delivered so far. What was delivered before a closing tag that nothing opened was reasoning."""
        return self._record.text

    @property
    def reasoning(self) -> str:
        """The reasoning delivered so far."""
        return self._record.reasoning

    @property
    def finish_reason(self) -> str | None:
        """Why the answer ended ("stop", "length", "tool_calls" ...), or None when the server did not say."""
        return self._record.finish_reason

    @property
    def usage(self) -> Usage | None:
        """The last token counts that came."""
        return self._record.usage

    @property
    def done(self) -> bool:
        """True once the answer has come to an end that the server marked."""
        return self._record.done

    @property
    def possibly_cut(self) -> bool:
        """True when [DONE] came without a reason: some servers never send one, others were interrupted."""
        return self._record.done and self._record.finish_reason is None

    @property
    def id(self) -> str:
        return self._record.id

    @property
    def model(self) -> str:
        """The model that the server says answered."""
        return self._record.model

    @property
    def endpoint(self) -> str | None:
        """The name of the endpoint that answered, when a Router chose one."""
        return self._record.endpoint


def says_something(chunk: ChatCompletionChunk) -> bool:
    """Whether a chunk has text, reasoning or tool calls."""
    if not chunk.choices:
        return False
    delta = chunk.choices[0].delta
    return bool(delta.content or delta.reasoning or delta.tool_calls)
