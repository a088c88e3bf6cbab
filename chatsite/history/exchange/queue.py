"""The queue of uploaded files: a thread that starts a process for one import after another."""

import logging
import os
import subprocess
import sys
import threading
import time

from django.db import DatabaseError, connections

from chatsite.history.exchange.models import Import, remove_orphans

logger = logging.getLogger(__name__)

# Seconds between two queries for waiting files; an upload to this process wakes the thread at once.
POLL_SECONDS = 5
# Seconds between two polls of the process, between two heartbeats, and for it to end when the site stops.
WATCH_SECONDS = 0.2
HEARTBEAT_SECONDS = 10
END_SECONDS = 4


class ImportQueue:
    """Begins and ends with the site."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._ended = threading.Event()

    def begin(self) -> None:
        threading.Thread(target=self._run, name="imports", daemon=True).start()

    def wake(self) -> None:
        """Import what waits now, without waiting for the next poll."""
        self._wake.set()

    def end(self) -> None:
        """End the running process. What it has written stays, and its import can be continued."""
        self._ended.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._import_waiting()
            except DatabaseError:
                logger.exception("The imports that wait could not be read; it is tried again.")
            except Exception:  # the thread must continue with the next one
                logger.exception("An import failed unexpectedly.")
            finally:
                connections.close_all()
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()

    def _import_waiting(self) -> None:
        Import.objects.interrupt_stale()
        for work in Import.objects.abandoned():
            work.discard()
        remove_orphans()
        while not self._ended.is_set() and (work := Import.objects.claim_next()):
            connections.close_all()
            self._work(work)

    def _work(self, work: Import) -> None:
        command = [sys.executable, "-m", "chatsite", "run_import", str(work.uuid), str(os.getpid())]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        seen = time.monotonic()
        while process.poll() is None and not self._ended.wait(WATCH_SECONDS):
            if time.monotonic() - seen > HEARTBEAT_SECONDS:
                seen = time.monotonic()
                work.renew_heartbeat()
        if process.poll() is None:
            process.terminate()
            _wait(process)
        if process.returncode:
            logger.error("The process of the import %s ended with %s.", work.uuid, process.returncode)
            ended = Import.State.INTERRUPTED if process.returncode < 0 else Import.State.FAILED
            work.end(ended, problems=[["", "unexpected"]] if process.returncode > 0 else [])


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


IMPORTS = ImportQueue()
