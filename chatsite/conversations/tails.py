"""A tail: the transcript of a run that another process writes, fed from the log."""

import asyncio

from channels.db import database_sync_to_async

from chatsite.conversations import deltalog
from chatsite.conversations.models import Completion
from chatsite.conversations.transcript import Transcript

# Seconds between two looks into the log.
POLL_EVERY = 0.25


class Tail:
    """Reads a log from its beginning until its run has ended."""

    def __init__(self, completion: Completion) -> None:
        self.completion = completion
        self.transcript = Transcript(completion.base)

    async def read(self) -> None:
        """Follow the log to its end. The run is ended on the way when its process is gone."""
        running = True
        while running:
            reading = await database_sync_to_async(deltalog.read)(self.completion, self.transcript.end)
            for kind, text in reading.pieces:
                self.transcript.append(kind, text)
            running = reading.running
            if running:
                await asyncio.sleep(POLL_EVERY)
