"""The flusher: writes the new text of this process's runs to the log, and renews their heartbeats."""

import asyncio
import logging
from collections.abc import Iterable, Mapping

from django.db import Error

from chatsite.conversations.models import Completion, Outcome, Status
from chatsite.runs.hints import Hints
from chatsite.runs.lease import Lease
from chatsite.runs.log import LogWriter, WriteResult
from chatsite.runs.pace import Pace
from chatsite.runs.run import Run

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.2
RENEW_SECONDS = 2.0


class Flusher:
    """Exists while this process has runs. `runs` are those, by completion id; they share its pace and its lease."""

    def __init__(self, runs: Mapping[int, Run], writer: LogWriter, hints: Hints) -> None:
        self.pace = Pace()
        self.lease = Lease()
        self._runs = runs
        self._writer = writer
        self._hints = hints
        self._lock = asyncio.Lock()
        self._renewed = asyncio.get_running_loop().time()
        self._is_failing = False

    async def flush_until_all_end(self) -> None:
        """Flush a few times a second, as long as there are runs."""
        try:
            while self._runs:
                await asyncio.sleep(FLUSH_SECONDS)
                self.pace.measure()
                if self._runs:
                    await self._flush()
        finally:
            self.lease.close()

    async def finish(self, run: Run, outcome: Outcome) -> Completion | None:
        """Write the rest of a run's text and its end, in one transaction. Returns the completion as it is stored then;
        None when the run had ended already. Raises DatabaseError."""
        async with self._lock:
            await self._find_log_ends([run])
            try:
                return await self._writer.finish(run.batch(), outcome)
            except Error:
                run.is_uncertain = True
                raise

    async def _flush(self) -> None:
        now = asyncio.get_running_loop().time()
        renew = now - self._renewed >= RENEW_SECONDS
        try:
            async with self._lock:
                await self._flush_once(renew)
        except Error:
            if not self._is_failing:
                logger.exception("The log of running answers could not be written; it is tried again.")
            self._is_failing = True
        else:
            self._renewed = now if renew else self._renewed
            self._is_failing = False

    async def _flush_once(self, renew: bool) -> None:
        runs, doubts = dict(self._runs), self.lease.doubts
        try:
            await self._find_log_ends(runs.values())
            result = await self._append(runs, renew)
            for pk in result.lost:
                runs[pk].stop(Status.INTERRUPTED)
                if not self.lease.is_certain():
                    runs[pk].transcript.withdraw()
            for pk in result.stop_requested:
                runs[pk].stop()
        finally:
            # While the database is away, no other process can have claimed a run.
            self.lease.confirm(doubts)

    async def _append(self, runs: dict[int, Run], renew: bool) -> WriteResult:
        batches = {pk: run.batch() for pk, run in runs.items()}
        try:
            result = await self._writer.write(list(batches.values()), renew)
        except Error:
            for run in runs.values():
                run.is_uncertain = True
            raise
        self._hints.send({"grown": [pk for pk, batch in batches.items() if batch.pieces]})
        for pk, batch in batches.items():
            if pk not in result.lost:
                runs[pk].logged(batch.end)
        return result

    async def _find_log_ends(self, runs: Iterable[Run]) -> None:
        """Query where the log of each uncertain run ends: a write that failed may have been committed."""
        uncertain = {run.completion.pk: run for run in runs if run.is_uncertain}
        if uncertain:
            ends = await self._writer.ends(uncertain)
            for pk, run in uncertain.items():
                run.logged(ends.get(pk, 0))
