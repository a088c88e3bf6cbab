"""What changes in answers while they are written, for a page or a program that follows several at once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from channels.db import database_sync_to_async

from chatsite.runs.slices import Slice
from chatsite.runs.tasks import Tasks
from chatsite.runs.transcript import Transcript
from chatsite.tryouts.answer_run import AnswerRun
from chatsite.tryouts.models import TryoutAnswer

# Seconds between two slices of one answer.
SLICE_SECONDS = 0.2
# Seconds between two queries for an answer that another process writes.
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """What is new in one answer: either a slice of its text and HTML, or `ended`, its row as it was stored at last.

    A slice with the offset 0 begins the answer, also where something was shown before.
    """

    answer: int
    slice: Slice | None = None
    ended: TryoutAnswer | None = None


async def follow_all(
    answers: Sequence[TryoutAnswer], run_of: Callable[[int], AnswerRun | None]
) -> AsyncGenerator[Change, None]:
    """Yield the changes of all of these. run_of: returns the run of an answer that this process writes."""
    changes: asyncio.Queue[Change | None] = asyncio.Queue()
    tasks = Tasks()
    for answer in answers:
        tasks.start(_queue(answer.pk, run_of(answer.pk), changes))
    try:
        running = len(answers)
        while running:
            change = await changes.get()
            if change:
                yield change
            else:
                running -= 1
            changes.task_done()
    finally:
        tasks.cancel()


async def _queue(pk: int, run: AnswerRun | None, changes: asyncio.Queue[Change | None]) -> None:
    """Put the changes of one answer into the queue, and None at its end."""
    try:
        async for change in _written(pk, run) if run else _polled(pk):
            await changes.put(change)
            # A slow reader gets fewer and larger changes.
            await changes.join()
        if stored := await _stored(pk):
            await changes.put(Change(pk, ended=stored))
    finally:
        changes.put_nowait(None)


async def _written(pk: int, run: AnswerRun) -> AsyncIterator[Change]:
    async for new in run.transcript.follow():
        if isinstance(new, Slice):
            yield Change(pk, slice=new)
        await run.transcript.rest(SLICE_SECONDS)


async def _polled(pk: int) -> AsyncIterator[Change]:
    """Yield the slices of an answer that another process writes, as far as its row has them."""
    copy = _Copy()
    while (answer := await _stored(pk)) and answer.is_running:
        copy = copy.grown(answer)
        if copy.transcript.end > copy.offset:
            yield Change(pk, slice=copy.slice())
        await asyncio.sleep(POLL_SECONDS)


class _Copy:
    """What a row had of an answer when it was last read."""

    def __init__(self) -> None:
        self.transcript = Transcript()
        self.offset = self.blocks = 0
        self._text = self._reasoning = ""

    def grown(self, answer: TryoutAnswer) -> "_Copy":
        """Return a copy that has all of the answer; another one where what was text has become reasoning."""
        if not (answer.text.startswith(self._text) and answer.reasoning.startswith(self._reasoning)):
            return _Copy().grown(answer)
        self.transcript.append("reasoning", answer.reasoning[len(self._reasoning) :])
        self.transcript.append("text", answer.text[len(self._text) :])
        self._text, self._reasoning = answer.text, answer.reasoning
        return self

    def slice(self) -> Slice:
        new = self.transcript.slice(self.offset, self.blocks)
        self.offset, self.blocks = new.end, new.blocks + len(new.settled)
        return new


@database_sync_to_async
def _stored(pk: int) -> TryoutAnswer | None:
    """Return the row of an answer."""
    return TryoutAnswer.objects.select_related("version", "provider", "tryout").filter(pk=pk).first()
