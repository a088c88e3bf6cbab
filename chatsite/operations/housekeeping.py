"""Housekeeping: what a site does by itself from time to time, in one of its workers."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connections

from chatsite.history.organising import trash
from chatsite.history.retention import deletion as retention
from chatsite.history.sharing import expiry
from chatsite.history.temporary import delete_over
from chatsite.operations.models import Chore
from chatsite.people import erasure
from chatsite.prompts import brake
from chatsite.runs.hints import Hint
from chatsite.runs.process import PROCESS
from chatsite.tryouts import housekeeping as tryouts

logger = logging.getLogger(__name__)

# Seconds between two queries for chores that are due.
POLL_SECONDS = 20
# After this time another worker takes over a chore, whose worker was killed. A chore that takes longer runs twice.
LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do from time to time. `work` is done in a thread, and returns hints for open pages.

    It may be done twice at the same time, after a pause of the machine: it must not harm.
    """

    name: str
    every: timedelta
    work: Callable[[], Iterable[Hint]]


JOBS: list[Job] = [
    Job("deleted conversations", timedelta(minutes=5), trash.housekeeping),
    Job("retention", timedelta(days=1), retention.housekeeping),
    Job("expired links", timedelta(hours=1), expiry.housekeeping),
    Job("temporary conversations", timedelta(minutes=1), delete_over),
    Job("erased people", timedelta(minutes=15), erasure.housekeeping),
    Job("trials of prompts", timedelta(minutes=1), brake.housekeeping),
    Job("tryouts of prompts", timedelta(hours=1), tryouts.housekeeping),
]


class Housekeeping:
    """The thread that does the jobs. It is a daemon: the end of the process does not wait for it."""

    def __init__(self, jobs: Sequence[Job], poll_seconds: float = POLL_SECONDS) -> None:
        self._jobs = jobs
        self._poll_seconds = poll_seconds
        self._ended = threading.Event()

    def begin(self) -> None:
        """Start the thread; hints go out by the event loop that runs here."""
        loop = asyncio.get_event_loop()
        threading.Thread(target=self._run, args=(loop,), name="housekeeping", daemon=True).start()

    def end(self) -> None:
        """Let the thread end after what it does now."""
        self._ended.set()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        is_away = False
        while not self._ended.wait(self._poll_seconds):
            try:
                self._do_what_is_due(loop)
                is_away = False
            except DatabaseError:
                if not is_away:
                    logger.exception("The database does not answer; chores are done when it does.")
                is_away = True
            connections.close_all()

    def _do_what_is_due(self, loop: asyncio.AbstractEventLoop) -> None:
        for job in self._jobs:
            if not self._ended.is_set():
                publish(do_if_due(job), loop)


def do_if_due(job: Job) -> list[Hint]:
    """Do a job unless it is not due, or another worker does it. Returns hints for open pages.

    One that fails is logged, and due again when its lease is over. Raises DatabaseError where no job can be claimed, or
    its failure cannot be stored.
    """
    if not Chore.objects.claim(job.name, LEASE):
        return []
    try:
        hints = list(job.work())
        Chore.objects.done(job.name, job.every)
    except DatabaseError as error:
        logger.exception("The chore “%s” could not be done; it is tried again.", job.name)
        Chore.objects.failed(job.name, f"The database refused it: {error}")
    except Exception as error:  # the next one may do better, and nothing else would restart the thread
        logger.exception("The chore “%s” failed unexpectedly.", job.name)
        Chore.objects.failed(job.name, f"{type(error).__name__}; the log says more.")
    else:
        return hints
    return []


def publish(hints: list[Hint], loop: asyncio.AbstractEventLoop) -> None:
    """Notify the open pages of this process and of others."""
    for hint in hints:
        if not loop.is_closed():
            asyncio.run_coroutine_threadsafe(PROCESS.hints.publish(hint), loop)


HOUSEKEEPING = Housekeeping(JOBS)
