"""A run: reads one answer from its upstream into a transcript, and returns how it ended."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from chatsite.completions import (
    APIConnectionError,
    ChatCompletionChunk,
    CompletionError,
    CompletionStream,
    Usage,
)
from chatsite.conversations.models import Completion, Outcome, Status
from chatsite.conversations.thoughts import Kind
from chatsite.conversations.turns import Turn
from chatsite.providers.clients import Clients
from chatsite.runs.lease import Lease
from chatsite.runs.log import Batch
from chatsite.runs.pace import Pace, Ticker
from chatsite.runs.transcript import Transcript

logger = logging.getLogger(__name__)

# Characters of a message, its reasoning included. An endless answer must not fill the memory.
MAX_ANSWER_CHARACTERS = 500_000
# With this many chunks in one poll, the upstream is far ahead, and the next poll follows at once.
MANY_CHUNKS = 50

# Seconds between two attempts to reach a model server that may still be starting.
RECONNECT_SECONDS = 3
GATEWAY_STATUSES = (502, 503, 504)

UNEXPECTED = "Something went wrong on this site while the answer was being written. It has been logged."
SITE_STOPPED = "The answer was interrupted: the site was stopped while it was being written."
TOO_LONG = f"The answer was stopped at {MAX_ANSWER_CHARACTERS:,} characters, the most that is kept."


class AnswerTooLong(CompletionError):
    """The upstream did not end its answer."""

    kind = "limit"


class Run:
    """Writes one answer. The process holds it, no socket does; it starts at once."""

    def __init__(self, turn: Turn, clients: Clients, pace: Pace, lease: Lease) -> None:
        self.completion: Completion = turn.completion
        before = turn.completion.base, turn.completion.message.reasoning
        self.transcript = Transcript(*before)
        # Whether the log may hold more than is known: a write that failed may have been committed.
        self.is_uncertain = False
        self._room = MAX_ANSWER_CHARACTERS - sum(map(len, before))
        self.turn = turn
        self._clients = clients
        self._ticker = Ticker(pace)
        self._lease = lease
        self._stream: CompletionStream | None = None
        self._cancelled_as = ""
        self._first_delta: datetime | None = None
        self._logged = 0
        self._reading = asyncio.create_task(self._read())

    def stop(self, status: str = Status.STOPPED) -> None:
        """End the run now, keep its text, and close the connection to the upstream. The first call sets the status."""
        if not self._reading.done():
            self._cancelled_as = self._cancelled_as or status
            self._reading.cancel()

    def batch(self) -> Batch:
        """Return what was written since the last batch in the log."""
        return Batch(self.completion, self._logged, self.transcript.since(self._logged))

    def logged(self, end: int) -> None:
        """Note that the log up to this offset is in the database."""
        self._logged = end
        self.is_uncertain = False

    async def outcome(self) -> Outcome:
        """Wait for the end and return it. Never raises."""
        await asyncio.wait([self._reading])
        return replace(
            self._ending(),
            text=self.transcript.text,
            reasoning=self.transcript.reasoning,
            first_delta=self._first_delta,
            **self._reported(),
        )

    async def _read(self) -> None:
        """Read the answer. Retry a server that cannot be reached for as many seconds as the turn has patience."""
        clock = asyncio.get_running_loop().time
        until = clock() + self.turn.patience
        while True:
            try:
                return await self._read_once()
            except CompletionError as error:
                if clock() >= until or self.transcript.end or not _is_unreachable(error):
                    raise
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _read_once(self) -> None:
        params: dict[str, Any] = self.turn.completion.params
        router = self._clients.router(self.turn.models)
        self._stream = router.create(self.turn.request, stream=True, **params)
        async with self._stream as stream:
            while chunks := await stream.batch():
                if not self._lease.is_certain():
                    await self._lease.certain()
                for chunk in chunks:
                    self._append(chunk)
                if len(chunks) < MANY_CHUNKS:
                    await self._ticker.next(self.transcript.followers.seconds)

    def _append(self, chunk: ChatCompletionChunk) -> None:
        for choice in chunk.choices:
            if choice.delta.reasoning:
                self._say("reasoning", choice.delta.reasoning)
            if choice.delta.content:
                self._say("text", choice.delta.content)
        if self._first_delta is None and self.transcript.end:
            self._first_delta = timezone.now()

    def _say(self, kind: Kind, piece: str) -> None:
        if len(piece) > self._room:
            self.transcript.append(kind, piece[: max(0, self._room)])
            raise AnswerTooLong(TOO_LONG)
        self._room -= len(piece)
        self.transcript.append(kind, piece)

    def _ending(self) -> Outcome:
        if self._reading.cancelled():
            if self._cancelled_as == Status.STOPPED:
                return Outcome(Status.STOPPED)
            return Outcome(Status.INTERRUPTED, error_kind="interrupted", error=SITE_STOPPED)
        error = self._reading.exception()
        if error is None:
            return Outcome(Status.COMPLETE)
        if isinstance(error, CompletionError):
            return Outcome(Status.FAILED, error_kind=error.kind, error=str(error))
        logger.error("A run failed unexpectedly.", exc_info=error)
        return Outcome(Status.FAILED, error_kind="internal", error=UNEXPECTED)

    def _reported(self) -> dict[str, Any]:
        """Return who answered, why it ended and what it cost, as far as the stream has reported it."""
        stream = self._stream
        if stream is None:
            return {}
        usage = stream.usage or Usage()
        asked = {model.provider.name: model for model in self.turn.models}
        model = asked.get(stream.endpoint or "")
        return {
            "finish_reason": stream.finish_reason or "",
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
            "provider": model and model.provider,
            "cost": model and model.cost(usage.prompt_tokens, usage.completion_tokens),
        }


def _is_unreachable(error: CompletionError) -> bool:
    return error.kind == APIConnectionError.kind or error.status in GATEWAY_STATUSES
