"""The runs of this process: started, followed, logged, stopped and ended here."""

import asyncio
import logging

from channels.db import database_sync_to_async
from django.db import DatabaseError

from chatsite.conversations import deltalog, events, lookups
from chatsite.conversations.changes import CHANGES
from chatsite.conversations.models import Completion, Outcome, Status
from chatsite.conversations.pace import Pace
from chatsite.conversations.run import UNEXPECTED, Run
from chatsite.conversations.tails import Tail
from chatsite.conversations.tasks import Tasks
from chatsite.conversations.transcript import Transcript
from chatsite.conversations.turns import Turn

logger = logging.getLogger(__name__)

# Seconds between two batches of the log, and between two renewals of the heartbeats.
LOG_EVERY = 0.2
RENEW_EVERY = 2.0
# Seconds between tries to save an answer's end while the database refuses.
SAVE_AGAIN_AFTER = (0.5, 1, 2, 4, 8, 15, 30)

DELETED = "The conversation was deleted while this answer was being written."
NOT_SAVED = "The answer could not be saved, because the site's database refuses. It has been logged."


class Runs:
    """The runs that this process writes, and the tails of those that others write. By completion id."""

    def __init__(self) -> None:
        self._runs: dict[int, Run] = {}
        self._tails: dict[int, Tail] = {}
        self._tasks = Tasks()
        self._writing = Tasks()
        self._logging: asyncio.Task[None] | None = None
        self.pace = Pace()
        self.draining = False

    @property
    def ours(self) -> frozenset[int]:
        """The runs that this process writes now."""
        return frozenset(self._runs)

    def start(self, turn: Turn) -> None:
        """Start writing an answer; gives at once."""
        # The loop of an earlier run may still be about to end; a second one beside it would write the same twice.
        if self._logging is None:
            self._log_lock = asyncio.Lock()
            self._logging = self._tasks.start(self._log())
            self.pace = Pace()
        run = self._runs[turn.completion.pk] = Run(turn, self.pace)
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
        closing = events.error("not_saved", NOT_SAVED, str(run.completion.message.uuid))
        changed = None
        try:
            if await self._save(run, await run.outcome()):
                await run.transcript.finish()
                closing, changed = await _end_events(run.completion)
        finally:
            run.transcript.close(closing)
            del self._runs[run.completion.pk]
        if changed:
            CHANGES.ended(run.completion, changed)

    async def _save(self, run: Run, outcome: Outcome) -> bool:
        for pause in (*SAVE_AGAIN_AFTER, None):
            try:
                async with self._log_lock:
                    await deltalog.finish(run.batch(), outcome)
                return True
            except DatabaseError:
                logger.exception("The end of an answer could not be saved.")
                if pause is not None:
                    await asyncio.sleep(pause)
        return False

    async def _read(self, tail: Tail) -> None:
        closing = events.error("internal", UNEXPECTED, str(tail.completion.message.uuid))
        try:
            await tail.read()
            await tail.transcript.finish()
            closing, _ = await _end_events(tail.completion)
        finally:
            tail.transcript.close(closing)
            del self._tails[tail.completion.pk]

    async def _log(self) -> None:
        """Write all runs' new text a few times a second, as long as there are runs."""
        try:
            await self._log_while_there_are_runs()
        finally:
            self._logging = None

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
            except DatabaseError:
                logger.exception("The log of running answers could not be written; it is tried again.")
            else:
                renewed = now if renew else renewed

    async def _log_once(self, renew: bool) -> None:
        runs = dict(self._runs)
        batches = {pk: run.batch() for pk, run in runs.items()}
        orders = await deltalog.write(list(batches.values()), renew)
        CHANGES.grown(pk for pk, batch in batches.items() if batch.pieces)
        for pk, run in runs.items():
            if pk in orders.lost:
                run.stop(Status.INTERRUPTED)
                continue
            run.logged(batches[pk])
            if pk in orders.stop:
                run.stop()


async def _end_events(completion: Completion) -> tuple[str, str | None]:
    """The last event of a run that has ended, and what lists are told of it: nothing when it is gone."""
    found = await database_sync_to_async(lookups.end_events)(completion.pk)
    if not found:
        return events.error("not_found", DELETED, str(completion.message.uuid)), None
    finished, changed = found
    return finished, changed


RUNS = Runs()
