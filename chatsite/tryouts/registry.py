"""The answers of tryouts that this process writes: each begins and ends here.

How to use it:

1. Create a `Tryout`, and a `TryoutAnswer` for each column. Their `tryout` is read with its prompt and owner.
2. On the event loop, `TRYOUTS.start(answers)` returns at once; a synchronous view calls `start_from_thread(answers)`.
   Any number may be started: of one person, six are written at the same time on all workers, the others wait in order.
3. `follow(answers)` yields each `Change` of answers that this process or another one started, until all have ended. Who
   leaves it early stops nothing.
4. `TRYOUTS.stop(ids)` stops those that this process writes; `stop_requested` in their rows stops them on any worker
   within a second.

Every end is stored in the row, with its text, its usage and its error; the ledger has it under the source “tryout”.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Sequence

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.db import DataError, Error, IntegrityError

from chatsite.conversations.models import Outcome
from chatsite.prompts.checks import Result
from chatsite.runs.ends import Failed
from chatsite.runs.outages import until_the_database_answers
from chatsite.runs.process import PROCESS
from chatsite.runs.tasks import Tasks
from chatsite.tryouts.beats import Beat, beat
from chatsite.tryouts.checking import checked
from chatsite.tryouts.following import Change, follow_all
from chatsite.tryouts.models import Status, TryoutAnswer
from chatsite.tryouts.recovery import Recovery
from chatsite.tryouts.writing import Writing

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1
# A transcript needs an end to close with. That of a tryout's answer is in its row.
ENDED = Failed("ended", "")


class Tryouts:
    """The answers that this process writes, by id."""

    def __init__(self) -> None:
        self._writing: dict[int, Writing] = {}
        self._tasks = Tasks()
        self._saving = Tasks()
        self._background = Tasks()
        self._beating: asyncio.Task[None] | None = None
        self._due = asyncio.Event()

    async def begin(self) -> None:
        """End orphaned answers of other processes in the background, until `drain`."""
        self._background.start(Recovery(lambda: self.writing_ids).watch())

    def start(self, answers: Iterable[TryoutAnswer]) -> None:
        """Write these answers. Returns at once."""
        for answer in answers:
            writing = self._writing[answer.pk] = Writing(answer, PROCESS.clients)
            self._saving.start(self._write(writing))
        if self._writing and self._beating is None:
            self._due = asyncio.Event()
            self._beating = self._tasks.start(self._beat())
        self._due.set()

    def stop(self, pks: Iterable[int], status: str = Status.STOPPED) -> None:
        """Stop those of these answers that this process writes, at once."""
        for pk in pks:
            if writing := self._writing.get(pk):
                writing.stop(status)

    @property
    def writing_ids(self) -> list[int]:
        """The ids of the answers that this process writes."""
        return list(self._writing)

    def writing(self, pk: int) -> Writing | None:
        """Return an answer that this process writes."""
        return self._writing.get(pk)

    async def drain(self) -> None:
        """Interrupt all of them, and wait until each has stored its text."""
        self._background.cancel()
        self.stop(list(self._writing), Status.INTERRUPTED)
        await self._saving.ended()
        await self._tasks.ended()

    async def _write(self, writing: Writing) -> None:
        """The one end of an answer: store its outcome, then notify its followers."""
        try:
            outcome = await writing.outcome()
            await self._save(writing, outcome, await checked(writing.answer, outcome))
        finally:
            del self._writing[writing.answer.pk]
            writing.transcript.close(ENDED)
            self._due.set()

    async def _save(self, writing: Writing, outcome: Outcome, result: Result | None) -> None:
        """Store the end, for as long as the process lives if the database is away. What the database refuses for good
        is left out."""
        finish = database_sync_to_async(writing.answer.finish)
        more = writing.first_word_seconds, writing.seconds, result
        try:
            await until_the_database_answers(lambda: finish(outcome, *more))
        except (IntegrityError, DataError):
            logger.exception("The end of an answer of a tryout was refused.")
            await until_the_database_answers(lambda: finish(outcome.bare(), *more))

    async def _beat(self) -> None:
        """Renew heartbeats, and let answers begin, until all have ended."""
        try:
            while self._writing:
                self._due.clear()
                try:
                    self._take(await database_sync_to_async(beat)(list(self._writing), self._grown()))
                except Error:
                    logger.exception("The heartbeats of tryouts could not be stored; it is tried again.")
                await self._rest()
        finally:
            self._beating = None

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await self._due.wait()
        except TimeoutError:
            return

    def _take(self, found: Beat) -> None:
        for pk in found.begun:
            if writing := self._writing.get(pk):
                writing.begin()
        self.stop(found.stopped)
        self.stop(found.ended, Status.INTERRUPTED)

    def _grown(self) -> dict[int, tuple[str, str]]:
        """Return the texts that have grown since the last beat."""
        grown = {}
        for pk, writing in self._writing.items():
            transcript = writing.transcript
            if transcript.end > writing.stored_end:
                writing.stored_end = transcript.end
                grown[pk] = transcript.text, transcript.reasoning
        return grown


TRYOUTS = Tryouts()


def follow(answers: Sequence[TryoutAnswer]) -> AsyncGenerator[Change, None]:
    """Yield what changes in answers that were started before, from their beginnings, until all have ended."""
    return follow_all(answers, TRYOUTS.writing)


def start_from_thread(answers: Sequence[TryoutAnswer]) -> None:
    """Start these answers on the event loop, from a synchronous view."""
    async_to_sync(_start)(answers)


def stop_from_thread(pks: Iterable[int]) -> None:
    """Stop those of these answers that this process writes, from a synchronous view."""
    async_to_sync(_stop)(pks)


async def _start(answers: Sequence[TryoutAnswer]) -> None:
    TRYOUTS.start(answers)


async def _stop(pks: Iterable[int]) -> None:
    TRYOUTS.stop(pks)
