"""Imports one uploaded file in a process of its own, so that no page is slowed down."""

import gc
import os
import signal
from typing import Any, BinaryIO

from chatsite.history.exchange.import_file import import_file
from chatsite.history.exchange.models import Import, ImportItem
from chatsite.history.exchange.writer import Written

# Pages come first.
NICENESS = 10


class Interrupted(Exception):
    """The site stops or has stopped, or the owner was deactivated or deleted."""


class Worker:
    """One import. `parent`: the process id of the site, without which the import stops; 0 for none."""

    def __init__(self, work: Import, parent: int = 0) -> None:
        self._work = work
        self._parent = parent
        self._is_ending = False

    def run(self) -> None:
        """Import the file, or continue it. Problems of the file are recorded; other errors are raised."""
        last = self._work.last_number
        try:
            with self._work.path.open("rb") as file:
                reader, _ = import_file(
                    file, self._work.owner, lambda written: self._record(written, file), last
                )
        except Interrupted:
            self._work.end(Import.State.INTERRUPTED)
        except FileNotFoundError:
            self._work.end(Import.State.FAILED, problems=[["", "file_lost"]])
        else:
            problems = [[name[:200], reason] for name, reason in reader.problems]
            self._work.end(Import.State.DONE, reader.source or "", problems)

    def end_soon(self, *_: Any) -> None:
        """Stop at the current batch, which is rolled back."""
        self._is_ending = True

    def _record(self, written: list[Written], file: BinaryIO) -> None:
        if self._is_ending or (self._parent and os.getppid() != self._parent):
            raise Interrupted
        if not self._work.add([_item(self._work, each) for each in written], file.tell()):
            raise Interrupted


def _item(work: Import, written: Written) -> ImportItem:
    item = written.item
    return ImportItem(
        of=work,
        number=item.number,
        title=item.title[:200],
        outcome=written.outcome,
        reason=written.reason,
        conversation=written.uuid,
        messages=written.messages,
        is_newer=item.is_newer,
        skipped=dict(+item.tally.skipped),
        notes=dict(+item.tally.notes),
        remarks=item.tally.remarks,
    )


def run_as_process(work: Import, parent: int) -> None:
    """What the process of an import does."""
    os.nice(NICENESS)
    # What was loaded until now stays; the garbage collector need not scan it.
    gc.freeze()
    worker = Worker(work, parent)
    signal.signal(signal.SIGTERM, worker.end_soon)
    # Ctrl+C reaches the site as well, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.run()
