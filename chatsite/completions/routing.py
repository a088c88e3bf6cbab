"""Several endpoints for one answer: the next is asked when one fails before it has said anything."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Literal, overload

from chatsite.completions.accumulation import accumulated
from chatsite.completions.client import AsyncClient
from chatsite.completions.errors import (
    APIConnectionError,
    AuthenticationError,
    CompletionError,
    IncompleteStreamError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from chatsite.completions.finishes import TELLING, no_answer
from chatsite.completions.request import Messages
from chatsite.completions.retries import NO_REPEATS, Repeats
from chatsite.completions.stream import Accumulated, CompletionStream, says_something
from chatsite.completions.types import ChatCompletion, ChatCompletionChunk

log = logging.getLogger("chatsite.completions")

_ELSEWHERE = (APIConnectionError, AuthenticationError, PermissionDeniedError, NotFoundError, ProtocolError)

# Seconds that a server may ask to wait while another one could answer.
LONGEST_WAIT_BEFORE_NEXT = 2.0

# Receives why an endpoint failed before the first word, or None at its first word.
Report = Callable[[CompletionError | None], None]


def _unreported(error: CompletionError | None) -> None:
    """Nobody keeps count."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint that can answer: a client, the model to request ("" for the one the call names), a name.

    is_resting: it has kept failing, so it is asked once, after all others.
    """

    client: AsyncClient
    model: str = ""
    name: str = ""
    is_resting: bool = False
    report: Report = _unreported


class Router:
    """Asks its endpoints in order until one answers.

    It continues at a failure that is the endpoint's own (connection, timeout, 408, 409, 429, 5xx, key
    refused, unknown model, no completion) and at an answer with nothing in it, and only before the first
    chunk that says something. An empty answer whose end says why (a length limit, a content filter) is the
    answer. A request that the server does not accept (400, 413, 422) fails at once: the
    next would not accept it either. Endpoints that rest are asked after all others.
    """

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        if not endpoints:
            raise ValueError("A router needs at least one endpoint.")
        self.endpoints = tuple(sorted(endpoints, key=lambda endpoint: endpoint.is_resting))

    @overload
    def create(
        self, messages: Messages, model: str = "", *, stream: Literal[True] = True, **params: Any
    ) -> CompletionStream: ...

    @overload
    def create(
        self, messages: Messages, model: str = "", *, stream: Literal[False], **params: Any
    ) -> Coroutine[Any, Any, ChatCompletion]: ...

    def create(
        self, messages: Messages, model: str = "", *, stream: bool = True, **params: Any
    ) -> CompletionStream | Coroutine[Any, Any, ChatCompletion]:
        """The same as a client's create(); the stream's `.endpoint` names who answered.

        When all failed, one error is raised itself; of several the last one, with a sentence that says how
        many were tried and all of them in `.errors`.
        """
        record = Accumulated()
        answer = CompletionStream(self._batches(record, stream, messages, model, params), record)
        return answer if stream else _whole(answer)

    async def _batches(
        self, record: Accumulated, stream: bool, messages: Messages, model: str, params: dict[str, Any]
    ) -> AsyncGenerator[list[ChatCompletionChunk], None]:
        failures: list[CompletionError] = []
        for endpoint in self.endpoints:
            completions = endpoint.client.chat.completions
            asked = endpoint.model or model
            repeats = self._repeats(endpoint)
            batches = completions.batches(record, messages, asked, stream=stream, repeats=repeats, **params)
            async with aclosing(batches):
                try:
                    held = await _beginning(batches)
                except CompletionError as error:
                    failures.append(error)
                    endpoint.report(error)
                    record.done = False  # an answer with nothing in it may have been whole
                    if not may_move_on(error):
                        break
                    log.info("endpoint %s failed: %s %s", endpoint.name, error.kind, error.status or "")
                    continue
                record.endpoint = endpoint.name
                endpoint.report(None)
                yield held
                async for batch in batches:
                    yield batch
                return
        raise _all_failed(failures)

    def _repeats(self, endpoint: Endpoint) -> Repeats:
        """How long to insist: where one that does not rest comes next, a server that asks for a long wait is left."""
        if endpoint.is_resting:
            return NO_REPEATS
        awake = [each for each in self.endpoints if not each.is_resting]
        own = endpoint.client.repeats
        return own if endpoint is awake[-1] else replace(own, longest_wait=LONGEST_WAIT_BEFORE_NEXT)


def may_move_on(error: CompletionError) -> bool:
    """Whether another endpoint may do better."""
    return error.retryable or isinstance(error, _ELSEWHERE) or error.status in (401, 402, 403, 404)


async def _beginning(batches: AsyncIterator[list[ChatCompletionChunk]]) -> list[ChatCompletionChunk]:
    """The chunks up to the first that says something, or all of an answer whose end says why it is empty. Raises
    IncompleteStreamError for any other."""
    held: list[ChatCompletionChunk] = []
    async for batch in batches:
        held += batch
        if any(map(says_something, batch)):
            return held
    reasons = [choice.finish_reason for chunk in held for choice in chunk.choices if choice.finish_reason]
    if TELLING.intersection(reasons):
        return held
    raise IncompleteStreamError(no_answer(reasons[-1] if reasons else None))


async def _whole(answer: CompletionStream) -> ChatCompletion:
    async with answer:
        return accumulated([chunk async for chunk in answer])


def _all_failed(failures: list[CompletionError]) -> CompletionError:
    last = failures[-1]
    last.errors = tuple(failures)
    if len(failures) > 1:
        last.args = (f"None of {len(failures)} model servers could answer. The last one: {last}",)
    return last
