"""A tail: the transcript of a run that another process writes, fed from the log."""

import asyncio
import contextlib
import logging

from django.db import Error

from chatsite.conversations.models import Completion
from chatsite.runs import log
from chatsite.runs.hints import Hints
from chatsite.runs.transcript import Transcript

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.15


class Tail:
    """Reads a log from its beginning until its run has ended."""

    def __init__(self, completion: Completion, hints: Hints) -> None:
        self.completion = completion
        self._hints = hints
        self.transcript = Transcript(completion.base)
        # Set once the transcript holds what the log held at first: a cursor means nothing before that.
        self.begun = asyncio.Event()

    async def read(self) -> None:
        """Follow the log to its end."""
        grown = self._hints.growth(self.completion.pk)
        try:
            while await self._read_more():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(grown.wait(), POLL_SECONDS)
                grown.clear()
        finally:
            self.begun.set()
            self._hints.forget(self.completion.pk, grown)

    async def _read_more(self) -> bool:
        """Append what is new in the log. Returns whether to continue, also when the database does not answer."""
        try:
            reading = await log.read(self.completion, self.transcript.end)
        except Error:
            logger.exception("The log of a running answer could not be read; it is tried again.")
            return True
        for kind, text in reading.pieces:
            self.transcript.append(kind, text)
        self.begun.set()
        return bool(reading.running)
