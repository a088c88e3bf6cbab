"""A tail: the transcript of a run that another process writes, fed from the log."""

import asyncio
import contextlib

from channels.db import database_sync_to_async

from chatsite.conversations import deltalog
from chatsite.conversations.changes import CHANGES
from chatsite.conversations.models import Completion
from chatsite.conversations.transcript import Transcript

# Seconds between two looks into the log.
POLL_EVERY = 0.15


class Tail:
    """Reads a log from its beginning until its run has ended."""

    def __init__(self, completion: Completion) -> None:
        self.completion = completion
        self.transcript = Transcript(completion.base)
        # Set once the transcript holds what the log held at first: a cursor means nothing before that.
        self.begun = asyncio.Event()

    async def read(self) -> None:
        """Follow the log to its end. The run is ended on the way when its process is gone."""
        grown = CHANGES.growth(self.completion.pk)
        try:
            while await self._read_on():
                self.begun.set()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(grown.wait(), POLL_EVERY)
                grown.clear()
        finally:
            self.begun.set()
            CHANGES.forget(self.completion.pk, grown)

    async def _read_on(self) -> bool:
        """Append what is new in the log; whether the run goes on."""
        reading = await database_sync_to_async(deltalog.read)(self.completion, self.transcript.end)
        for kind, text in reading.pieces:
            self.transcript.append(kind, text)
        return bool(reading.running)
