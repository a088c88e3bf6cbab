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
from chatsite.tryouts.answer_run import AnswerRun
from chatsite.tryouts.case_checks import check_result
from chatsite.tryouts.changes import Change, follow_all
from chatsite.tryouts.heartbeats import HeartbeatResult, heartbeat
from chatsite.tryouts.models import Status, TryoutAnswer
from chatsite.tryouts.recovery import Recovery

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 1
# A transcript needs an end to close with. That of a tryout's answer is in its row.
ENDED = Failed("ended", "")


class Tryouts:
    """The answers that this process writes, by id."""

    def __init__(self) -> None:
        self._runs: dict[int, AnswerRun] = {}
        self._tasks = Tasks()
        self._saving = Tasks()
        self._background = Tasks()
        self._heartbeat_task: asyncio.Task[None] | None = None
        self._due = asyncio.Event()

    async def begin(self) -> None:
        """End orphaned answers of other processes in the background, until `drain`."""
        self._background.start(Recovery(lambda: self.running_ids).watch())

    def start(self, answers: Iterable[TryoutAnswer]) -> None:
        """Write these answers. Returns at once."""
        for answer in answers:
            run = self._runs[answer.pk] = AnswerRun(answer, PROCESS.clients)
            self._saving.start(self._write(run))
        if self._runs and self._heartbeat_task is None:
            self._due = asyncio.Event()
            self._heartbeat_task = self._tasks.start(self._renew_heartbeats())
        self._due.set()

    def stop(self, pks: Iterable[int], status: str = Status.STOPPED) -> None:
        """Stop those of these answers that this process writes, at once."""
        for pk in pks:
            if run := self._runs.get(pk):
                run.stop(status)

    @property
    def running_ids(self) -> list[int]:
        """The ids of the answers that this process writes."""
        return list(self._runs)

    def run_of(self, pk: int) -> AnswerRun | None:
        """Return the run of an answer that this process writes."""
        return self._runs.get(pk)

    async def drain(self) -> None:
        """Interrupt all of them, and wait until each has stored its text."""
        self._background.cancel()
        self.stop(list(self._runs), Status.INTERRUPTED)
        await self._saving.ended()
        await self._tasks.ended()

    async def _write(self, run: AnswerRun) -> None:
        """The one end of an answer: store its outcome, then notify its followers."""
        try:
            outcome = await run.outcome()
            await self._save(run, outcome, await check_result(run.answer, outcome))
        finally:
            del self._runs[run.answer.pk]
            run.transcript.close(ENDED)
            self._due.set()

    async def _save(self, run: AnswerRun, outcome: Outcome, result: Result | None) -> None:
        """Store the end, for as long as the process lives if the database is away. What the database refuses for good
        is left out."""
        finish = database_sync_to_async(run.answer.finish)
        more = run.first_word_seconds, run.seconds, result
        try:
            await until_the_database_answers(lambda: finish(outcome, *more))
        except (IntegrityError, DataError):
            logger.exception("The end of an answer of a tryout was refused.")
            await until_the_database_answers(lambda: finish(outcome.bare(), *more))

    async def _renew_heartbeats(self) -> None:
        """Renew heartbeats, and let answers begin, until all have ended."""
        try:
            while self._runs:
                self._due.clear()
                try:
                    self._apply(await database_sync_to_async(heartbeat)(list(self._runs), self._grown()))
                except Error:
                    logger.exception("The heartbeats of tryouts could not be stored; it is tried again.")
                await self._wait()
        finally:
            self._heartbeat_task = None

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._due.wait()
        except TimeoutError:
            return

    def _apply(self, found: HeartbeatResult) -> None:
        for pk in found.begun:
            if run := self._runs.get(pk):
                run.begin()
        self.stop(found.stopped)
        self.stop(found.ended, Status.INTERRUPTED)

    def _grown(self) -> dict[int, tuple[str, str]]:
        """Return the texts that have grown since the last heartbeat."""
        grown = {}
        for pk, run in self._runs.items():
            transcript = run.transcript
            if transcript.end > run.stored_end:
                run.stored_end = transcript.end
                grown[pk] = transcript.text, transcript.reasoning
        return grown


TRYOUTS = Tryouts()


def follow(answers: Sequence[TryoutAnswer]) -> AsyncGenerator[Change, None]:
    """Yield what changes in answers that were started before, from their beginnings, until all have ended."""
    return follow_all(answers, TRYOUTS.run_of)


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
