"""The runs of this process: each begins and ends here."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from chatsite.conversations.models import Completion, Conversation, Outcome, Status
from chatsite.conversations.turns import Turn
from chatsite.providers.clients import Clients
from chatsite.runs.answer_task import UNEXPECTED
from chatsite.runs.ends import End, Ended, Failed, ended, read_end
from chatsite.runs.flusher import Flusher
from chatsite.runs.hints import Hints
from chatsite.runs.log import LogWriter
from chatsite.runs.outages import until_the_database_answers
from chatsite.runs.run import Run
from chatsite.runs.tails import Tail
from chatsite.runs.tasks import Tasks
from chatsite.runs.transcript import Transcript

logger = logging.getLogger(__name__)

# Seconds from an answer's end until its readers are notified that it is not saved yet.
NOT_SAVED_NOTICE_SECONDS = 10

DELETED = "The conversation was deleted while this answer was being written."
NOT_SAVED_YET = (
    "The answer has ended but is not saved yet, because the database is unavailable. "
    "It is kept in memory and saved as soon as possible."
)
NOT_SAVED = "The answer could not be saved as it is: the database refuses it. It has been logged."


class Runs:
    """The runs that this process writes, and the tails of runs that other processes write. By completion id.

    is_seen: returns whether the owner of a conversation sees it now. on_end: called when a run of this process has
    ended and its followers have been notified.
    """

    def __init__(
        self,
        hints: Hints,
        writer: LogWriter,
        clients: Clients,
        is_seen: Callable[[Conversation], bool],
        on_end: Callable[[Turn, Ended], None],
    ) -> None:
        self.draining = False
        self._hints = hints
        self._writer = writer
        self._clients = clients
        self._is_seen = is_seen
        self._on_end = on_end
        self._runs: dict[int, Run] = {}
        self._tails: dict[int, Tail] = {}
        self._tasks = Tasks()
        self._writing = Tasks()
        self._flusher: Flusher | None = None
        self._flushing: asyncio.Task[None] | None = None

    @property
    def ours(self) -> frozenset[int]:
        """The completions that this process writes now."""
        return frozenset(self._runs)

    def start(self, turn: Turn) -> None:
        """Start writing an answer. Returns at once."""
        flusher = self._flusher or self._start_flusher()
        run = Run(turn, self._clients, flusher.pace, flusher.lease)
        self._runs[turn.completion.pk] = run
        self._writing.start(self._write(run, flusher))
        if self.draining:
            run.stop(Status.INTERRUPTED)

    async def transcript(self, completion: Completion) -> Transcript:
        """Return the transcript of a run: ours, or one that is fed from the log of another process."""
        if run := self._runs.get(completion.pk):
            return run.transcript
        if completion.pk not in self._tails:
            tail = self._tails[completion.pk] = Tail(completion, self._hints)
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
        if self._flushing:
            await asyncio.wait([self._flushing])

    def _start_flusher(self) -> Flusher:
        self._flusher = Flusher(self._runs, self._writer, self._hints)
        self._flushing = self._tasks.start(self._flush(self._flusher))
        return self._flusher

    async def _flush(self, flusher: Flusher) -> None:
        """Flush until all runs have ended. A run that starts before this returns is flushed by it, too: two flushers
        would write the same text twice."""
        try:
            await flusher.flush_until_all_end()
        finally:
            self._flusher = self._flushing = None

    async def _write(self, run: Run, flusher: Flusher) -> None:
        """The one end of a run: save its outcome, then notify its followers."""
        end: End = Failed("not_saved", NOT_SAVED)
        try:
            outcome = await run.outcome()
            outcome = replace(outcome, is_seen=self._is_seen(run.completion.message.conversation))
            saved = await self._save(run, outcome, flusher)
            if saved is None:
                run.transcript.withdraw()
            await run.transcript.finish()
            end = ended(saved) if saved else await _end(run.completion)
        finally:
            run.transcript.close(end)
            del self._runs[run.completion.pk]
        if isinstance(end, Ended):
            self._on_end(run.turn, end)

    async def _save(self, run: Run, outcome: Outcome, flusher: Flusher) -> Completion | None:
        """Save how a run ended, for as long as the process lives if the database is away: an answer is bounded, and
        meanwhile none begins. What the database refuses for good is left out. Returns the completion as it is stored
        then; None when the run had ended already. Raises the last error."""
        notice = Failed("not_saved_yet", NOT_SAVED_YET)
        loop = asyncio.get_running_loop()
        notifying = loop.call_later(NOT_SAVED_NOTICE_SECONDS, run.transcript.notify, notice)
        try:
            for attempt in (
                lambda: flusher.finish(run, outcome),
                lambda: flusher.finish(run, outcome.bare()),
                lambda: self._writer.give_up(run.completion, NOT_SAVED),
            ):
                try:
                    return await until_the_database_answers(attempt)
                except Exception as error:
                    logger.exception("The end of an answer was refused.")
                    refused = error
            raise refused
        finally:
            notifying.cancel()

    async def _read(self, tail: Tail) -> None:
        end: End = Failed("internal", UNEXPECTED)
        try:
            await tail.read()
            await tail.transcript.finish()
            end = await _end(tail.completion)
        finally:
            tail.transcript.close(end)
            del self._tails[tail.completion.pk]


async def _end(completion: Completion) -> End:
    found = await until_the_database_answers(lambda: read_end(completion.pk))
    return found or Failed("not_found", DELETED)
