"""A follower: it forwards one run's transcript to one socket, no faster than the page shows it."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from chatsite.chat import events
from chatsite.chat.cursors import Cursor
from chatsite.conversations.models import Completion
from chatsite.limits import MAX_EVENT_CHARACTERS
from chatsite.runs.ends import Failed
from chatsite.runs.process import PROCESS
from chatsite.runs.transcript import Transcript

logger = logging.getLogger(__name__)

# Bytes sent and not yet acknowledged as shown: past the first number a follower sends less often, past the second
# it waits for as long as it takes.
WINDOW = 64 * 1024
MOST = 512 * 1024
# Seconds that a follower waits past the window. A client that acknowledges only when it receives, or never does, is
# then given the next frame all the same.
PATIENCE = 1.0
PATIENCE_WITH_THE_SILENT = 0.25
# The longest pace of a page that is kept, in milliseconds.
SLOWEST = 1000

Send = Callable[[str], Awaitable[None]]


class Window:
    """What was sent and not yet shown. Sending itself never waits, so this is what bounds a slow reader.

    pace: seconds between two frames, as the page asks; 0 sends each as soon as there is one.
    """

    def __init__(self) -> None:
        self.pace = 0.0
        self._sent: deque[tuple[int, int]] = deque()
        self._size = 0
        self._patience = PATIENCE_WITH_THE_SILENT
        self._acknowledged = asyncio.Event()

    def acknowledge(self, offset: int, pace: int = 0) -> None:
        """The page has shown the log up to `offset`, and shows more every `pace` milliseconds."""
        self._patience = PATIENCE
        self.pace = min(pace, SLOWEST) / 1000
        while self._sent and self._sent[0][0] <= offset:
            self._size -= self._sent.popleft()[1]
        self._acknowledged.set()

    def restart(self) -> None:
        """The answer is sent again from its beginning: whatever of that is shown takes the place of all before."""
        self._sent = deque((0, size) for _, size in self._sent)

    async def sent(self, end: int, size: int, transcript: Transcript) -> None:
        """A frame of `size` bytes, up to `end` of the log, was sent. Waits while too much is not shown; once the
        transcript is closed, only for what must be shown before more is sent."""
        self._sent.append((end, size))
        self._size += size
        if self._size <= WINDOW:
            return
        await transcript.wait_for(self._below(WINDOW), self._patience)
        await self._below(MOST)

    async def _below(self, limit: int) -> None:
        while self._size > limit:
            self._acknowledged.clear()
            await self._acknowledged.wait()


class Follower:
    """Starts at once, after `wait` seconds, from a cursor; `task` ends after the run's last event."""

    def __init__(self, send: Send, completion: Completion, cursor: Cursor, wait: float) -> None:
        self.window = Window()
        self.task = asyncio.create_task(_forward(send, self.window, completion, cursor, wait))
        self.task.add_done_callback(_log_failure)


# No method: a task that was cancelled keeps its slices, which would keep the follower, which keeps the task; with all
# that its reader had not taken yet, they would wait for the garbage collector, however long.
async def _forward(send: Send, window: Window, completion: Completion, cursor: Cursor, wait: float) -> None:
    message = str(completion.message.uuid)
    await asyncio.sleep(wait)
    transcript = await PROCESS.runs.transcript(completion)
    async with aclosing(transcript.follow(cursor.offset, cursor.blocks)) as slices:
        async for new in slices:
            if isinstance(new, Failed):
                await send(events.ending(new, message))
                continue
            event = events.reply_delta(message, completion.pk, new)
            if len(event) > MAX_EVENT_CHARACTERS:
                # One block that no frame holds any more: the page fetches it at the end.
                await transcript.rest(math.inf)
                break
            if new.offset == 0:
                window.restart()
            await send(event)
            await window.sent(new.end, len(event), transcript)
            if window.pace:
                await transcript.rest(window.pace)
    assert transcript.closing, "a transcript is followed to its end"
    await send(events.ending(transcript.closing, message))


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("A follower failed.", exc_info=error)
