"""Making a backup: one at a time, checked by opening it, and kept as an event."""

import fcntl
import logging
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat

from chatsite import environment, home
from chatsite.audit.models import Event
from chatsite.audit.recording import record
from chatsite.operations.backups import archive
from chatsite.operations.backups.errors import BackupError, in_words
from chatsite.operations.backups.work_folders import delete_left, work_folder
from chatsite.wording import counted

logger = logging.getLogger(__name__)

# The names that backups are given, by the time in UTC: sorted, they are in order.
NAME = "backup-%Y-%m-%d-%H%M%S.tar.gz"
OURS = re.compile(r"backup-\d{4}-\d\d-\d\d-\d{6}\.tar\.gz")
# The folders in which backups are made.
WORK_PREFIX = ".chatsite-backup-"
# For a while a backup takes the room of a copy of the database, and of the compressed file, which is seldom half of it.
ROOM_SHARE = 1.5
# Looking whether a backup is being made takes the lock for a moment.
LOCK_SECONDS = 1.0
MADE, FAILED = "made a backup", "failed to make a backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and opened."""

    path: Path
    size: int
    conversations: int

    def __str__(self) -> str:
        return summary(self.path.name, self.size, self.conversations)


def summary(name: str, size: int, conversations: int) -> str:
    """Return a backup in words."""
    count = counted(conversations, "conversation")
    return f"{name}, {filesizeformat(size)}, checked by opening it: {count}"


def folder() -> Path:
    """Return the folder for backups, which is private."""
    found: Path = settings.HOME / "backups"
    with in_words(found):
        found.mkdir(mode=home.PRIVATE_FOLDER, exist_ok=True)
    return found


def new_name() -> str:
    return datetime.now(UTC).strftime(NAME)


def make(path: Path, **who: Any) -> Backup:
    """Make a backup, whole or not at all. `who`: the event's person, as for `record`. Raises BackupError."""
    try:
        with _alone():
            made = _make(path)
    except (BackupError, ImproperlyConfigured, DatabaseError) as error:
        reason = " ".join(str(error).split())
        _keep_event(FAILED, name=path.name, reason=reason, **who)
        raise BackupError(reason) from error
    after = {"folder": str(path.parent), "bytes": made.size, "conversations": made.conversations}
    _keep_event(MADE, name=path.name, after=after, **who)
    return made


def check_place(path: Path) -> None:
    """Raises BackupError where a backup cannot be a new file in a folder that exists."""
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}.")
    with in_words(path.parent):
        if path.exists():
            raise BackupError(f"{path} exists. A backup replaces nothing.")


def check_room(where: Path, free: int, size: int) -> None:
    """Raises BackupError where a backup would fill the disk, on which the site may store its answers.

    free: bytes of room. size: bytes of the database; 0 where that is unknown.
    """
    needed = int(size * ROOM_SHARE)
    if needed > free:
        raise BackupError(
            f"There is not enough room in {where}: a backup takes up to {filesizeformat(needed)} for a while, and "
            f"{filesizeformat(free)} are free. --output names another folder."
        )


def last() -> Event | None:
    """Return the event of the last backup that was made or failed."""
    event: Event | None = _events(MADE, FAILED).order_by("-at", "-pk").first()
    return event


def has_any() -> bool:
    """Return whether a backup was ever made."""
    return bool(_events(MADE).exists())


def is_being_made() -> bool:
    with _lock_file() as file:
        return not _takes(file)


def kept(where: Path) -> list[Path]:
    """Return the backups in a folder, the newest first. Files of other names are none."""
    return sorted(
        (each for each in where.iterdir() if OURS.fullmatch(each.name) and each.is_file()), reverse=True
    )


def delete_old(where: Path, keep: int) -> list[Path]:
    """Delete all backups in a folder but the newest ones; returns those that are deleted."""
    old = kept(where)[keep:]
    with in_words(where):
        for each in old:
            each.unlink(missing_ok=True)
    return old


def missing_keys() -> list[str]:
    """Return the variables of the environment whose keys are in no backup."""
    return [name for name in archive.KEYS.values() if environment.text(name)]


def _events(*verbs: str) -> Any:
    # By the index of the events of an object: these are of none.
    return Event.objects.filter(target_type="", target_id="", verb__in=verbs)


def _make(path: Path) -> Backup:
    where = path.parent
    check_place(path)
    with in_words(where):
        if not os.access(where, os.W_OK | os.X_OK):
            raise BackupError(f"The folder {where} cannot be written to, or its disk is read-only.")
        delete_left(where, WORK_PREFIX)
        check_room(where, shutil.disk_usage(where).free, archive.database().size())
        with work_folder(where, WORK_PREFIX) as work:
            part = work / "part.tar.gz"
            _write(part, work)
            count = archive.check(part, work)
            check_place(path)
            part.replace(path)
        return Backup(path, path.stat().st_size, count)


def _write(part: Path, work: Path) -> None:
    kind = archive.database()
    copied = work / kind.NAME
    keys = _keys()
    kind.copy(copied)
    archive.pack(part, _joined(keys, _keys()), copied)
    copied.unlink()


def _keys() -> dict[str, str]:
    """Return the keys that are in files of the folder, by their names."""
    read = {
        "secret_key": home.secret_key,
        "field_key": lambda folder: "\n".join(home.field_keys(folder)),
    }
    return {
        name: read[name](settings.HOME)
        for name, variable in archive.KEYS.items()
        if not environment.text(variable)
    }


def _joined(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Return the keys of the time before the copy and after it: they may be rotated meanwhile."""
    if "field_key" not in after:
        return after
    keys = [*after["field_key"].split(), *before["field_key"].split()]
    return after | {"field_key": "\n".join(dict.fromkeys(keys))}


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process of this machine make a backup. Raises BackupError where another one does."""
    until = time.monotonic() + LOCK_SECONDS
    with _lock_file() as file:
        while not _takes(file):
            if time.monotonic() > until:
                raise BackupError("Another backup is being made. Try again when it is done.")
            time.sleep(0.05)
        yield


@contextmanager
def _lock_file() -> Iterator[TextIO]:
    with in_words(settings.HOME):
        file = (settings.HOME / "backup.lock").open("w")
    with file:
        yield file


def _takes(file: TextIO) -> bool:
    """Take the lock, if it is free, until the file is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _keep_event(verb: str, **event: Any) -> None:
    """A database that cannot be written can be copied, and its reader still wants the file."""
    try:
        record(verb, **event)
    except DatabaseError as error:
        logger.warning("The event “%s” could not be stored: %s", verb, error)
