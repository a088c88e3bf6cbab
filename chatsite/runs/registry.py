"""The runs of this process: started, followed, logged, stopped and ended here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from itertools import chain, repeat
from typing import TypeVar

from channels.db import database_sync_to_async
from django.db import DataError, Error, IntegrityError

from chatsite.conversations.models import Completion, Outcome, Status
from chatsite.conversations.turns import Turn
from chatsite.runs import log
from chatsite.runs.ends import End, Ended, Failed, read_end
from chatsite.runs.hints import HINTS
from chatsite.runs.lease import Lease
from chatsite.runs.pace import Pace
from chatsite.runs.run import UNEXPECTED, Run
from chatsite.runs.tails import Tail
from chatsite.runs.tasks import Tasks
from chatsite.runs.transcript import Transcript

logger = logging.getLogger(__name__)

# Seconds between two batches of the log, and between two renewals of the heartbeats.
LOG_EVERY = 0.2
RENEW_EVERY = 2.0
# Seconds between tries to save an answer's end while the database is away; the last one again and again.
SAVE_AGAIN_AFTER = (0.5, 1, 2)
# Seconds from an answer's end until its readers are notified that it is not saved yet.
NOT_SAVED_YET_AFTER = 10

DELETED = "The conversation was deleted while this answer was being written."
NOT_SAVED_YET = (
    "The answer has ended but is not saved yet, because the site's database refuses. "
    "It is kept in memory and saved as soon as possible."
)
NOT_SAVED = (
    "The answer could not be saved as it is: the site's database does not accept it. It has been logged."
)

T = TypeVar("T")


class Runs:
    """The runs that this process writes, and the tails of those that others write. By completion id."""

    def __init__(self) -> None:
        self._runs: dict[int, Run] = {}
        self._tails: dict[int, Tail] = {}
        self._tasks = Tasks()
        self._writing = Tasks()
        self._logging: asyncio.Task[None] | None = None
        self._is_log_failing = False
        self.pace = Pace()
        self.draining = False
        # Called when a run of this process has ended and its followers know.
        self.on_end: Callable[[Completion, Ended], None] = lambda completion, end: None

    @property
    def ours(self) -> frozenset[int]:
        """The runs that this process writes now."""
        return frozenset(self._runs)

    def start(self, turn: Turn) -> None:
        """Start writing an answer; gives at once."""
        # The loop of an earlier run may still be about to end; a second one beside it would write the same twice.
        if self._logging is None:
            self._log_lock = asyncio.Lock()
            self._lease = Lease()
            self._logging = self._tasks.start(self._log())
            self.pace = Pace()
        run = self._runs[turn.completion.pk] = Run(turn, self.pace, self._lease)
        self._writing.start(self._write(run))
        if self.draining:
            run.stop(Status.INTERRUPTED)

    async def transcript(self, completion: Completion) -> Transcript:
        """The transcript of a run: ours, or one fed from the log of another process."""
        if run := self._runs.get(completion.pk):
            return run.transcript
        if completion.pk not in self._tails:
            tail = self._tails[completion.pk] = Tail(completion)
            self._tasks.start(self._read(tail))
        tail = self._tails[completion.pk]
        await tail.begun.wait()
        return tail.transcript

    def stop(self, completion: Completion) -> None:
        """Stop a run of this process at once. Other processes read the flag in the database."""
        if run := self._runs.get(completion.pk):
            run.stop()

    async def drain(self) -> None:
        """Interrupt all runs, and any that would still start, and wait until each has saved its text."""
        self.draining = True
        for run in self._runs.values():
            run.stop(Status.INTERRUPTED)
        await self._writing.ended()
        if self._logging:
            await asyncio.wait([self._logging])

    async def _write(self, run: Run) -> None:
        """The one end of a run: its outcome is saved, then its followers are told."""
        end: End = Failed("not_saved", NOT_SAVED)
        try:
            await self._save(run, await run.outcome())
            await run.transcript.finish()
            end = await _end(run.completion)
        finally:
            run.transcript.close(end)
            del self._runs[run.completion.pk]
        if isinstance(end, Ended):
            self.on_end(run.completion, end)

    async def _save(self, run: Run, outcome: Outcome) -> None:
        """Save how a run ended, if need be for as long as the process lives: an answer is bounded, and while the
        database is away none begins. What it refuses for good is left out. Raises what it raises at last."""
        notice = Failed("not_saved_yet", NOT_SAVED_YET)
        notifying = asyncio.get_running_loop().call_later(NOT_SAVED_YET_AFTER, run.transcript.notify, notice)
        try:
            for attempt in (
                lambda: self._finish(run, outcome),
                lambda: self._finish(run, outcome.bare()),
                lambda: log.give_up(run.completion, NOT_SAVED),
            ):
                try:
                    await _once_it_answers(attempt)
                    return
                except Exception as error:
                    logger.exception("The end of an answer was refused.")
                    refused = error
            raise refused
        finally:
            notifying.cancel()

    async def _finish(self, run: Run, outcome: Outcome) -> None:
        async with self._log_lock:
            await _find_ends([run])
            try:
                await log.finish(run.batch(), outcome)
            except Error:
                run.is_uncertain = True
                raise

    async def _read(self, tail: Tail) -> None:
        end: End = Failed("internal", UNEXPECTED)
        try:
            await tail.read()
            await tail.transcript.finish()
            end = await _end(tail.completion)
        finally:
            tail.transcript.close(end)
            del self._tails[tail.completion.pk]

    async def _log(self) -> None:
        """Write all runs' new text a few times a second, as long as there are runs."""
        try:
            await self._log_while_there_are_runs()
        finally:
            self._logging = None
            self._lease.close()

    async def _log_while_there_are_runs(self) -> None:
        renewed = asyncio.get_running_loop().time()
        while self._runs:
            await asyncio.sleep(LOG_EVERY)
            self.pace.measure()
            now = asyncio.get_running_loop().time()
            renew = now - renewed >= RENEW_EVERY
            try:
                async with self._log_lock:
                    await self._log_once(renew)
            except Error:
                if not self._is_log_failing:
                    logger.exception("The log of running answers could not be written; it is tried again.")
                self._is_log_failing = True
            else:
                renewed = now if renew else renewed
                self._is_log_failing = False

    async def _log_once(self, renew: bool) -> None:
        runs, doubts = dict(self._runs), self._lease.doubts
        try:
            await _find_ends(runs.values())
            orders = await self._append(runs, renew)
            for pk in orders.lost:
                runs[pk].stop(Status.INTERRUPTED)
            for pk in orders.stop:
                runs[pk].stop()
        finally:
            # While the database is away, nobody has claimed anything either.
            self._lease.confirm(doubts)

    async def _append(self, runs: dict[int, Run], renew: bool) -> log.Orders:
        batches = {pk: run.batch() for pk, run in runs.items()}
        try:
            orders = await log.write(list(batches.values()), renew)
        except Error:
            for run in runs.values():
                run.is_uncertain = True
            raise
        HINTS.send({"grown": [pk for pk, batch in batches.items() if batch.pieces]})
        for pk, batch in batches.items():
            if pk not in orders.lost:
                runs[pk].logged(batch.end)
        return orders


async def _find_ends(runs: Iterable[Run]) -> None:
    """Ask where the logs end that may hold more than is known, since a try that failed may have come through."""
    uncertain = {run.completion.pk: run for run in runs if run.is_uncertain}
    if uncertain:
        ends = await log.ends(uncertain)
        for pk, run in uncertain.items():
            run.logged(ends.get(pk, 0))


async def _once_it_answers(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, and again until the database answers. Raises at once what fails alike every time."""
    pauses = chain(SAVE_AGAIN_AFTER, repeat(SAVE_AGAIN_AFTER[-1]))
    is_first = True
    while True:
        try:
            return await work()
        except (IntegrityError, DataError):
            raise
        except Error:
            if is_first:
                logger.exception("The database does not answer; it is tried again until it does.")
            is_first = False
        await asyncio.sleep(next(pauses))


async def _end(completion: Completion) -> End:
    found = await _once_it_answers(lambda: database_sync_to_async(read_end)(completion.pk))
    return found or Failed("not_found", DELETED)


RUNS = Runs()
