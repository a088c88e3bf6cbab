"""A run: reads one answer from its upstream into a transcript, and returns how it ended."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from chatsite.completions import (
    APIConnectionError,
    ChatCompletionChunk,
    CompletionError,
    CompletionStream,
)
from chatsite.conversations.models import Completion, Outcome, Status
from chatsite.conversations.thoughts import Kind
from chatsite.conversations.turns import Turn
from chatsite.providers.clients import Clients
from chatsite.runs.answer_task import MAX_ANSWER_CHARACTERS, TOO_LONG, AnswerTask, AnswerTooLong, reported
from chatsite.runs.lease import Lease
from chatsite.runs.log import Batch
from chatsite.runs.pace import Pace, Ticker
from chatsite.runs.transcript import Transcript

# With this many chunks or characters in one poll, the upstream is far ahead, and the next poll follows at once.
MANY_CHUNKS = 50
MANY_CHARACTERS = 4096

# Seconds between two attempts to reach a model server that may still be starting.
RECONNECT_SECONDS = 3
GATEWAY_STATUSES = (502, 503, 504)


class Run:
    """Writes one answer. The process holds it, no socket does; it starts at once."""

    def __init__(self, turn: Turn, clients: Clients, pace: Pace, lease: Lease) -> None:
        self.completion: Completion = turn.completion
        before = turn.completion.base, turn.completion.message.reasoning
        self.transcript = Transcript(*before, lease)
        # Whether the log may hold more than is known: a write that failed may have been committed.
        self.is_uncertain = False
        self._room = MAX_ANSWER_CHARACTERS - sum(map(len, before))
        self.turn = turn
        self._clients = clients
        self._ticker = Ticker(pace)
        self._lease = lease
        self._stream: CompletionStream | None = None
        self._first_delta: datetime | None = None
        self._logged = 0
        self._reading = AnswerTask(self._read())

    def stop(self, status: str = Status.STOPPED) -> None:
        """End the run now, keep its text, and close the connection to the upstream. The first call sets the status."""
        self._reading.stop(status)

    def batch(self) -> Batch:
        """Return what was written since the last batch in the log."""
        return Batch(self.completion, self._logged, self.transcript.since(self._logged))

    def logged(self, end: int) -> None:
        """Note that the log up to this offset is in the database."""
        self._logged = end
        self.is_uncertain = False

    async def outcome(self) -> Outcome:
        """Wait for the end and return it. Never raises."""
        ended = await self._reading.outcome()
        return replace(
            ended,
            text=self.transcript.text,
            reasoning=self.transcript.reasoning,
            first_delta=self._first_delta,
            **reported(self._stream, self.turn.models),
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
                before = self.transcript.end
                for chunk in chunks:
                    self._append(chunk)
                is_ahead = len(chunks) >= MANY_CHUNKS or self.transcript.end - before >= MANY_CHARACTERS
                # After the finish only the end of the stream is left to read.
                if not is_ahead and not stream.finish_reason:
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


def _is_unreachable(error: CompletionError) -> bool:
    return error.kind == APIConnectionError.kind or error.status in GATEWAY_STATUSES
