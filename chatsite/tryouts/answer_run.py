"""The run that writes an answer of a tryout, in memory."""

import asyncio
import logging
import time
from contextlib import aclosing
from contextvars import Context
from dataclasses import replace
from typing import Any

from channels.db import database_sync_to_async

from chatsite.completions import CompletionError, CompletionStream, Usage
from chatsite.completions.types import ChatCompletionChunk
from chatsite.conversations.models import Asked, Outcome
from chatsite.conversations.thoughts import Kind
from chatsite.providers.clients import Clients
from chatsite.providers.models import Model
from chatsite.runs.run import MAX_ANSWER_CHARACTERS, TOO_LONG, UNEXPECTED, AnswerTooLong
from chatsite.runs.transcript import Transcript
from chatsite.tryouts.models import INTERRUPTED, Status, TryoutAnswer
from chatsite.tryouts.requests import prepared

logger = logging.getLogger(__name__)


class AnswerRun:
    """Reads one answer from its upstream into a transcript, from `begin` on."""

    def __init__(self, answer: TryoutAnswer, clients: Clients) -> None:
        self.answer = answer
        self.transcript = Transcript()
        self.stored_end = 0
        self.first_word_seconds: float | None = None
        self.seconds: float | None = None
        self._clients = clients
        self._cancelled_as = ""
        self._stream: CompletionStream | None = None
        self._models: list[Model] = []
        self._began = 0.0
        self._may_begin = asyncio.Event()
        # Not in the context of the request that starts it: it ends with the request's thread.
        self._reading = asyncio.create_task(self._read(), context=Context())

    @property
    def is_begun(self) -> bool:
        return self._may_begin.is_set()

    def begin(self) -> None:
        """Ask the model now. Until then the answer waits."""
        self._began = time.monotonic()
        self._may_begin.set()

    def stop(self, status: str = Status.STOPPED) -> None:
        """End it now, keep its text, and close the connection to the upstream. The first call sets the status."""
        if not self._reading.done():
            self._cancelled_as = self._cancelled_as or status
            self._reading.cancel()

    async def outcome(self) -> Outcome:
        """Wait for the end and return it. Never raises."""
        await asyncio.wait([self._reading])
        self.seconds = self._passed() if self.is_begun else None
        text, reasoning = self.transcript.text, self.transcript.reasoning
        return replace(self._ending(), text=text, reasoning=reasoning, **self._reported())

    async def _read(self) -> None:
        await self._may_begin.wait()
        wanted = await database_sync_to_async(prepared)(self.answer)
        self._models = wanted.models
        self.answer.asked = Asked(wanted.request, wanted.models)
        self._stream = self._clients.router(wanted.models).create(
            wanted.request, stream=True, **wanted.params
        )
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

    def _ending(self) -> Outcome:
        if self._reading.cancelled():
            if self._cancelled_as == Status.STOPPED:
                return Outcome(Status.STOPPED)
            return Outcome(Status.INTERRUPTED, error_kind="interrupted", error=INTERRUPTED)
        error = self._reading.exception()
        if error is None:
            return Outcome(Status.COMPLETE)
        if isinstance(error, CompletionError):
            return Outcome(Status.FAILED, error_kind=error.kind, error=str(error))
        logger.error("An answer of a tryout failed unexpectedly.", exc_info=error)
        return Outcome(Status.FAILED, error_kind="internal", error=UNEXPECTED)

    def _reported(self) -> dict[str, Any]:
        """Return who answered, why it ended and what it took, as far as the stream has reported it."""
        if self._stream is None:
            return {}
        usage = self._stream.usage or Usage()
        model = next((each for each in self._models if each.provider.name == self._stream.endpoint), None)
        return {
            "finish_reason": self._stream.finish_reason or "",
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
            "provider": model and model.provider,
            "cost": model and model.cost(usage.prompt_tokens, usage.completion_tokens),
        }
