"""Getting an answer under way, with retries, and handing it over chunk by chunk."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from itertools import count
from typing import Any, TypeVar

from chatsite.completions import retries
from chatsite.completions.errors import (
    BadRequestError,
    CompletionError,
    ProtocolError,
    UnprocessableEntityError,
)
from chatsite.completions.response_stream import Exchange
from chatsite.completions.retries import Repeats
from chatsite.completions.sending import Call, opened, whole_body
from chatsite.completions.stream import Accumulated, says_something
from chatsite.completions.types import ChatCompletionChunk

Begun = tuple[Exchange, list[ChatCompletionChunk]]
T = TypeVar("T")


async def repeated(attempt: Callable[[float], Awaitable[T]], total: float, repeats: Repeats) -> T:
    """Return the result of an attempt, called with its deadline (loop time); retry errors that may pass."""
    loop = asyncio.get_running_loop()
    last_by = loop.time() + total
    for number in count():
        try:
            return await attempt(last_by)
        except CompletionError as error:
            seconds = retries.delay(error, number)
            may_repeat = number < repeats.max_retries and retries.may_repeat(error, repeats.longest_wait)
            if not may_repeat or loop.time() + seconds >= last_by:
                raise
            reason = error
        await retries.pause(reason, seconds)
    raise AssertionError


async def fetched(call: Call, repeats: Repeats) -> Any:
    """Return the JSON of a plain request. Raises ProtocolError if the answer is not JSON."""

    async def attempt(last_by: float) -> bytes:
        by = min(last_by, asyncio.get_running_loop().time() + call.limits.first_token)
        return await whole_body(await opened(call, by), by)

    body = await repeated(attempt, call.limits.total, repeats)
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(_no_json(body)) from error


def _no_json(body: bytes) -> str:
    what = "a web page" if body.lstrip().startswith(b"<") else "something else"
    return f"The model server sent {what} instead of JSON; check the base URL."


class Plan:
    """How to get an answer under way: the call, its plainer form, and how often to try."""

    __slots__ = ("_call", "_plain", "_refused", "_repeats")

    def __init__(
        self,
        call: Call,
        repeats: Repeats,
        plain: Call | None = None,
        refused: Callable[[], None] | None = None,
    ) -> None:
        self._call = call
        self._plain = plain  # without stream_options, for servers that refuse them
        self._refused = refused  # called when that happens
        self._repeats = repeats

    async def begin(self) -> Begun:
        """The exchange and its first chunks, up to the first that says something."""
        return await repeated(self._attempt, self._call.limits.total, self._repeats)

    async def _attempt(self, last_by: float) -> Begun:
        try:
            return await self._ask(last_by)
        except CompletionError as error:
            if self._plain is None or not _names_stream_options(error):
                raise
        self._call, self._plain = self._plain, None
        if self._refused is not None:
            self._refused()
        return await self._ask(last_by)

    async def _ask(self, last_by: float) -> Begun:
        first_by = min(last_by, asyncio.get_running_loop().time() + self._call.limits.first_token)
        exchange = Exchange(self._call, await opened(self._call, first_by), first_by, last_by)
        try:
            chunks = await exchange.batch()
            while chunks and not any(map(says_something, chunks)):
                more = await exchange.batch()
                if not more:
                    return exchange, chunks
                chunks += more
        except BaseException:
            await exchange.aclose()
            raise
        return exchange, chunks


def _names_stream_options(error: CompletionError) -> bool:
    named = isinstance(error, (BadRequestError, UnprocessableEntityError)) and error.detail
    return bool(named) and ("stream_options" in str(named) or "include_usage" in str(named))


async def deliver(plan: Plan, record: Accumulated) -> AsyncGenerator[list[ChatCompletionChunk], None]:
    """Yield the chunks of one call in batches, as they arrive. Failures before the first chunk are retried. Later ones
    have `.partial`: the text that `record` has received."""
    exchange: Exchange | None = None
    try:
        exchange, batch = await plan.begin()
        while batch:
            yield batch
            batch = await exchange.batch()
        record.done = True
    except CompletionError as error:
        error.partial = record.text
        raise
    finally:
        if exchange is not None:
            await exchange.aclose()
