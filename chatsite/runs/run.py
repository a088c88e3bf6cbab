"""One run: it writes an answer from its upstream into a transcript, and tells how that ended."""

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
from chatsite.runs.pace import Beat, Pace
from chatsite.runs.transcript import Transcript

logger = logging.getLogger(__name__)

# Characters of a message, its reasoning included. An endless answer must not fill the memory.
MAX_ANSWER = 500_000
# Deltas that came at once from an upstream that is far ahead: there is no waiting for more.
MANY = 50

# Seconds between two tries to reach a model server that may only be starting.
REACH_AGAIN_SECONDS = 3
GATEWAY_STATUSES = (502, 503, 504)

UNEXPECTED = "Something went wrong on this site while the answer was being written. It has been logged."
SITE_STOPPED = "The answer was interrupted: the site was stopped while it was being written."
TOO_LONG = f"The answer was stopped at {MAX_ANSWER:,} characters, the most that is kept."


class AnswerTooLong(CompletionError):
    """The upstream would not end."""

    kind = "limit"


class Run:
    """One answer being written. It is held by the process and by no socket, and starts at once."""

    def __init__(self, turn: Turn, clients: Clients, pace: Pace, lease: Lease) -> None:
        self.completion: Completion = turn.completion
        before = turn.completion.base, turn.completion.message.reasoning
        self.transcript = Transcript(*before)
        # Whether the log may hold more than is known: a write that failed may have come through.
        self.is_uncertain = False
        self._room = MAX_ANSWER - sum(map(len, before))
        self._turn = turn
        self._clients = clients
        self._beat = Beat(pace)
        self._lease = lease
        self._stream: CompletionStream | None = None
        self._cancelled_as = ""
        self._first_delta: datetime | None = None
        self._logged = 0
        self._reading = asyncio.create_task(self._read())

    def stop(self, status: str = Status.STOPPED) -> None:
        """End the run now, with the text so far; the upstream's connection is closed. The first call says why."""
        if not self._reading.done():
            self._cancelled_as = self._cancelled_as or status
            self._reading.cancel()

    def batch(self) -> Batch:
        """What was written since the last batch that was logged."""
        return Batch(self.completion, self._logged, self.transcript.since(self._logged))

    def logged(self, end: int) -> None:
        """The log up to this offset is in the database."""
        self._logged = end
        self.is_uncertain = False

    async def outcome(self) -> Outcome:
        """Wait for the end, whatever it is, and tell it. Never raises."""
        await asyncio.wait([self._reading])
        return replace(
            self._ending(),
            text=self.transcript.text,
            reasoning=self.transcript.reasoning,
            first_delta=self._first_delta,
            **self._made_by(),
        )

    async def _read(self) -> None:
        """Read the answer. A server that cannot be reached is tried again for as long as the turn has patience."""
        clock = asyncio.get_running_loop().time
        until = clock() + self._turn.patience
        while True:
            try:
                return await self._read_once()
            except CompletionError as error:
                if clock() >= until or self.transcript.end or not _is_unreachable(error):
                    raise
            await asyncio.sleep(REACH_AGAIN_SECONDS)

    async def _read_once(self) -> None:
        params: dict[str, Any] = self._turn.completion.params
        router = self._clients.router(self._turn.models)
        self._stream = router.create(self._turn.request, stream=True, **params)
        async with self._stream as stream:
            while chunks := await stream.batch():
                await self._lease.certain()
                for chunk in chunks:
                    self._append(chunk)
                if len(chunks) < MANY:
                    await self._beat.next()

    def _append(self, chunk: ChatCompletionChunk) -> None:
        for choice in chunk.choices:
            self._say("reasoning", choice.delta.reasoning)
            self._say("text", choice.delta.content)
        if self._first_delta is None and self.transcript.end:
            self._first_delta = timezone.now()

    def _say(self, kind: Kind, piece: str | None) -> None:
        if not piece:
            return
        self.transcript.append(kind, piece[: max(0, self._room)])
        self._room -= len(piece)
        if self._room < 0:
            raise AnswerTooLong(TOO_LONG)

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

    def _made_by(self) -> dict[str, Any]:
        """Who answered, why it ended and what it cost, as far as the stream has said."""
        stream = self._stream
        if stream is None:
            return {}
        usage = stream.usage or Usage()
        asked = {model.provider.name: model for model in self._turn.models}
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
