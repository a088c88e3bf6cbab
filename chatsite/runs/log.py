"""The log of running answers: its writer, one a process, and its reader."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import close_old_connections, connection, transaction
from django.db.models import F
from django.db.models.functions import Length, Now

from chatsite.conversations.models import Completion, LogEntry, Outcome, Status
from chatsite.conversations.thoughts import Kind
from chatsite.runs.connections import keep_connection
from chatsite.statements import Select

P = ParamSpec("P")
T = TypeVar("T")

# A row of the log: completion, offset, kind, text. The database sets the time.
Row = tuple[int, int, str, str]
INSERT = (
    f'INSERT INTO {LogEntry._meta.db_table} (completion_id, "offset", kind, text) VALUES (%s, %s, %s, %s)'
)
RUNNING = Select(lambda: Completion.objects.streaming().values_list("pk", "attempt", "stop_requested"))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one run has written since its last batch: pieces of the log from `offset` (characters) on."""

    completion: Completion
    offset: int
    pieces: list[tuple[Kind, str]]

    @property
    def end(self) -> int:
        return self.offset + sum(len(text) for _, text in self.pieces)

    def rows(self) -> Iterator[Row]:
        offset = self.offset
        for kind, text in self.pieces:
            yield self.completion.pk, offset, kind, text
            offset += len(text)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What the writer found: runs that were asked to stop, and runs that are no longer ours. By completion id."""

    stop_requested: set[int]
    lost: set[int]


class LogWriter:
    """Writes to the log in a thread of its own. Each method raises DatabaseError.

    All other database calls of a process share one thread: a slow page must not delay the log, nor the log a page.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log writer", initializer=keep_connection)

    async def write(self, batches: list[Batch], renew: bool) -> WriteResult:
        """Append all batches in one transaction. `renew`: also renew the heartbeats, and delete expired logs."""
        return await self._do(_write, batches, renew)

    async def finish(self, batch: Batch, outcome: Outcome) -> Completion | None:
        """Append the last batch and end the run, in one transaction. Returns the completion as it is stored then; None
        when the run had ended already."""
        return await self._do(_finish, batch, outcome)

    async def give_up(self, completion: Completion, why: str) -> Completion | None:
        """End as failed, with the text that the log holds, a run whose end the database refused."""
        return await self._do(completion.finish_as_logged, Status.FAILED, "not_saved", why)

    async def ends(self, completions: Iterable[int]) -> dict[int, int]:
        """Return the offset where the log of each of these runs ends. A run without entries is left out."""
        return await self._do(_ends, list(completions))

    async def _do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def with_live_connection() -> T:
            close_old_connections()
            return work(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._thread, with_live_connection)


def _write(batches: list[Batch], renew: bool) -> WriteResult:
    runs = {batch.completion.pk: batch for batch in batches}
    with transaction.atomic():
        if renew:
            Completion.objects.streaming().filter(pk__in=runs).update(heartbeat=Now())
            LogEntry.objects.expired().delete()
        # All running ones, and not ours by their many ids: that is one short statement, the same each time.
        found = {pk: (attempt, stop) for pk, attempt, stop in RUNNING.rows() if pk in runs}
        ours = {pk for pk, (attempt, _) in found.items() if attempt == runs[pk].completion.attempt}
        _append(row for pk in ours for row in runs[pk].rows())
    return WriteResult(stop_requested={pk for pk in ours if found[pk][1]}, lost=set(runs) - ours)


def _finish(batch: Batch, outcome: Outcome) -> Completion | None:
    with transaction.atomic():
        ended = batch.completion.finish(outcome)
        if ended:
            _append(batch.rows())
    return ended


def _ends(completions: list[int]) -> dict[int, int]:
    rows = LogEntry.objects.filter(completion__in=completions)
    return dict(rows.order_by("offset").values_list("completion", F("offset") + Length("text")))


def _append(rows: Iterable[Row]) -> None:
    """Insert some hundred rows a second. As models they would cost a tenth of a busy process's time."""
    if found := list(rows):
        with connection.cursor() as cursor:
            cursor.executemany(INSERT, found)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is new in the log of a run, and whether the run is still running."""

    pieces: list[tuple[Kind, str]]
    running: bool


@database_sync_to_async
def read(completion: Completion, offset: int) -> Reading:
    """Return the log of a run from `offset` on."""
    running = Completion.objects.streaming().filter(pk=completion.pk).exists()
    rows = LogEntry.objects.filter(completion=completion, offset__gte=offset).order_by("offset")
    return Reading(list(rows.values_list("kind", "text")), running)


@database_sync_to_async
def request_stop(completion: Completion) -> None:
    """Ask the process that writes this run to stop it; that polls a few times a second. A run that was interrupted
    meanwhile is then not continued."""
    Completion.objects.unfinished().filter(pk=completion.pk).update(stop_requested=True)
