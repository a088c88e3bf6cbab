"""The run that writes an answer of a tryout, in memory."""

import asyncio
import time
from contextlib import aclosing
from contextvars import Context
from dataclasses import replace

from channels.db import database_sync_to_async

from chatsite.completions import CompletionStream
from chatsite.completions.types import ChatCompletionChunk
from chatsite.conversations.models import Outcome
from chatsite.conversations.thoughts import Kind
from chatsite.providers.clients import Clients
from chatsite.runs.answer_task import MAX_ANSWER_CHARACTERS, TOO_LONG, AnswerTask, AnswerTooLong, reported
from chatsite.runs.transcript import Transcript
from chatsite.tryouts.models import Status, TryoutAnswer
from chatsite.tryouts.requests import prepared


class AnswerRun:
    """Reads one answer from its upstream into a transcript, from `begin` on."""

    def __init__(self, answer: TryoutAnswer, clients: Clients) -> None:
        self.answer = answer
        self.transcript = Transcript()
        self.stored_end = 0
        self.first_word_seconds: float | None = None
        self.seconds: float | None = None
        self._clients = clients
        self._stream: CompletionStream | None = None
        self._began = 0.0
        self._may_begin = asyncio.Event()
        # Not in the context of the request that starts it: it ends with the request's thread.
        self._reading = AnswerTask(self._read(), context=Context())

    @property
    def is_begun(self) -> bool:
        return self._may_begin.is_set()

    def begin(self) -> None:
        """Ask the model now. Until then the answer waits."""
        self._began = time.monotonic()
        self._may_begin.set()

    def stop(self, status: str = Status.STOPPED) -> None:
        """End it now, keep its text, and close the connection to the upstream. The first call sets the status."""
        self._reading.stop(status)

    async def outcome(self) -> Outcome:
        """Wait for the end and return it. Never raises."""
        ended = await self._reading.outcome()
        self.seconds = self._passed() if self.is_begun else None
        text, reasoning = self.transcript.text, self.transcript.reasoning
        return replace(
            ended, text=text, reasoning=reasoning, **reported(self._stream, self.answer.asked.models)
        )

    async def _read(self) -> None:
        await self._may_begin.wait()
        wanted = await database_sync_to_async(prepared)(self.answer)
        asked = self.answer.asked = wanted.asked
        self._stream = self._clients.router(asked.models).create(asked.request, stream=True, **wanted.params)
        async with aclosing(self._stream) as stream:
            while chunks := await stream.batch():
                for chunk in chunks:
                    self._append(chunk)

    def _append(self, chunk: ChatCompletionChunk) -> None:
        for choice in chunk.choices:
            self._say("reasoning", choice.delta.reasoning or "")
            self._say("text", choice.delta.content or "")
        if self.first_word_seconds is None and self.transcript.end:
            self.first_word_seconds = self._passed()

    def _say(self, kind: Kind, piece: str) -> None:
        room = MAX_ANSWER_CHARACTERS - self.transcript.end
        self.transcript.append(kind, piece[:room])
        if len(piece) > room:
            raise AnswerTooLong(TOO_LONG)

    def _passed(self) -> float:
        return time.monotonic() - self._began
