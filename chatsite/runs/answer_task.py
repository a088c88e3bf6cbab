"""The task that reads an answer from its upstream, and how it ended: the same for conversations and for tryouts."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from contextvars import Context
from typing import Any

from chatsite.completions import CompletionError, CompletionStream, Usage
from chatsite.conversations.models import Outcome, Status
from chatsite.providers.models import Model

logger = logging.getLogger(__name__)

# Characters of a message, its reasoning included. An endless answer must not fill the memory.
MAX_ANSWER_CHARACTERS = 500_000

UNEXPECTED = "Something went wrong on this site while the answer was being written. It has been logged."
SITE_STOPPED = "The answer was interrupted: the site was stopped while it was being written."
TOO_LONG = f"The answer was stopped at {MAX_ANSWER_CHARACTERS:,} characters, the most that is kept."


class AnswerTooLong(CompletionError):
    """The upstream did not end its answer."""

    kind = "limit"


class AnswerTask:
    """Reads an answer. `read` begins at once, in `context` if there is one."""

    def __init__(self, read: Coroutine[Any, Any, None], context: Context | None = None) -> None:
        self._task = asyncio.create_task(read, context=context)
        self._cancelled_as = ""

    def stop(self, status: str) -> None:
        """End it now, and close the connection to the upstream. The first call sets the status."""
        if not self._task.done():
            self._cancelled_as = self._cancelled_as or status
            self._task.cancel()

    async def outcome(self) -> Outcome:
        """Wait for the end and return its status and error. Never raises."""
        await asyncio.wait([self._task])
        if self._task.cancelled():
            if self._cancelled_as == Status.STOPPED:
                return Outcome(Status.STOPPED)
            return Outcome(Status.INTERRUPTED, error_kind="interrupted", error=SITE_STOPPED)
        error = self._task.exception()
        if error is None:
            return Outcome(Status.COMPLETE)
        if isinstance(error, CompletionError):
            return Outcome(Status.FAILED, error_kind=error.kind, error=str(error))
        logger.error("An answer failed unexpectedly.", exc_info=error)
        return Outcome(Status.FAILED, error_kind="internal", error=UNEXPECTED)


def answering_model(stream: CompletionStream, models: Iterable[Model]) -> Model | None:
    """Return the model that answers. models: those that were asked, at most one of each provider."""
    return next((each for each in models if each.provider.name == stream.endpoint), None)


def reported(stream: CompletionStream | None, models: Iterable[Model]) -> dict[str, Any]:
    """Return the fields of an outcome that a stream has reported so far: who answered, why it ended, what it cost."""
    if stream is None:
        return {}
    usage = stream.usage or Usage()
    model = answering_model(stream, models)
    return {
        "finish_reason": stream.finish_reason or "",
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cached_tokens": usage.cached_tokens,
        "provider": model and model.provider,
        "cost": model and model.cost(usage.prompt_tokens, usage.completion_tokens),
    }
