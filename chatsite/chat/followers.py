"""A follower: it forwards the transcript of one run to one page, no faster than the page shows it."""

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

# Characters sent and not acknowledged as shown: past the first number a follower sends less often, past the second it
# waits for an acknowledgement.
SLOWING_UNACKED_CHARACTERS = 64 * 1024
MAX_UNACKED_CHARACTERS = 512 * 1024
# Seconds to wait past the first number. A client that acknowledges only what it has received all of, or nothing, is
# then sent the next event all the same.
UNACKED_SECONDS = 1.0
NEVER_ACKED_SECONDS = 0.25
MAX_PACE_MS = 1000
# Of the pace, the time after an event in which none is sent. The run is polled at that pace, too: a rest as long as it
# would let events wait for the poll after the next.
REST_SHARE = 0.8

Send = Callable[[str], Awaitable[None]]


class Window:
    """What was sent and not yet shown. Sending itself never waits, so this bounds what a slow reader costs.

    pace: seconds between two events, as the page asks; 0 sends each as soon as there is something new.
    """

    def __init__(self) -> None:
        self.pace = 0.0
        self._sent: deque[tuple[int, int]] = deque()
        self._size = 0
        self._seconds = NEVER_ACKED_SECONDS
        self._acknowledged = asyncio.Event()

    def acknowledge(self, offset: int, pace: int = 0) -> None:
        """The page has shown the log up to `offset`, and wants `pace` milliseconds between two events."""
        self._seconds = UNACKED_SECONDS
        self.pace = min(pace, MAX_PACE_MS) / 1000
        while self._sent and self._sent[0][0] <= offset:
            self._size -= self._sent.popleft()[1]
        self._acknowledged.set()

    def restart(self) -> None:
        """The answer is sent again from its beginning: what is shown of that replaces everything before."""
        self._sent = deque((0, size) for _, size in self._sent)

    async def sent(self, end: int, size: int, transcript: Transcript) -> None:
        """An event of `size` characters, up to `end` of the log, was sent. Waits while too much is not shown. Once the
        transcript is closed, only the second limit holds."""
        self._sent.append((end, size))
        self._size += size
        if self._size <= SLOWING_UNACKED_CHARACTERS:
            return
        await transcript.wait_for(self._below(SLOWING_UNACKED_CHARACTERS), self._seconds)
        await self._below(MAX_UNACKED_CHARACTERS)

    async def _below(self, limit: int) -> None:
        while self._size > limit:
            self._acknowledged.clear()
            await self._acknowledged.wait()


class Follower:
    """Forwards a run from a cursor on, after `wait` seconds; `task` ends after the run's last event."""

    def __init__(self, send: Send, completion: Completion, cursor: Cursor, wait: float) -> None:
        self.window = Window()
        self.task = asyncio.create_task(_forward(send, self.window, completion, cursor, wait))
        self.task.add_done_callback(_log_failure)


# Not a method: a cancelled task refers to its frame, which would refer to the follower, which refers to the task. The
# cycle, with all that its page has not shown yet, would wait for the garbage collector.
async def _forward(send: Send, window: Window, completion: Completion, cursor: Cursor, wait: float) -> None:
    message = str(completion.message.uuid)
    await asyncio.sleep(wait)
    transcript = await PROCESS.runs.transcript(completion)
    with transcript.followers.joined(window):
        async with aclosing(transcript.follow(cursor.offset, cursor.blocks)) as slices:
            async for new in slices:
                if isinstance(new, Failed):
                    await send(events.ending(new, message))
                    continue
                event = events.reply_delta(message, completion.pk, new)
                if len(event) > MAX_EVENT_CHARACTERS:
                    # One block that is too large for an event: the page fetches it at the end.
                    await transcript.rest(math.inf)
                    break
                if new.offset == 0:
                    window.restart()
                await send(event)
                await window.sent(new.end, len(event), transcript)
                if window.pace:
                    await transcript.rest(REST_SHARE * window.pace)
    assert transcript.closing, "a transcript is followed to its end"
    await send(events.ending(transcript.closing, message))


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("A follower failed.", exc_info=error)
