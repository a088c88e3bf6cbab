"""Restoring a backup into an empty folder, and an empty database where that is on a server."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from chatsite import environment
from chatsite.operations.backups import archive
from chatsite.operations.backups.errors import BackupError, in_words
from chatsite.operations.backups.work_folders import delete_left, work_folder
from chatsite.wording import listed

# What an empty folder may hold: backups, what a file system makes, and what this leaves when it is killed.
BESIDE = {"backups", "backup.lock", "lost+found"}
WORK_PREFIX = ".restoring-"


def restore(path: Path) -> int:
    """Restore a backup, and return how many conversations it held. Nothing that is there is replaced.

    Raises BackupError with a sentence.
    """
    home = settings.HOME
    with in_words(path):
        held = archive.names(path)
    kind = archive.kind_of(path)
    if kind is not archive.database():
        raise BackupError(WRONG_KIND[connection.vendor])
    _check_is_empty(home, path)
    kind.check_is_empty()
    keys = [key for key in archive.KEYS if key in held]
    with in_words(home):
        delete_left(home, WORK_PREFIX)
        with work_folder(home, WORK_PREFIX) as work:
            for each in (*keys, kind.NAME):
                archive.unpack(path, each, work / each)
            count = int(kind.conversations(work / kind.NAME))
            with _keys_first(work, home, keys):
                kind.restore(work / kind.NAME)
    return count


@contextmanager
def _keys_first(work: Path, home: Path, keys: list[str]) -> Iterator[None]:
    """Put the keys into the folder before the database is restored, and delete them if that fails.

    A site that starts with the database and without its keys would make new ones, which cannot read it.
    """
    try:
        for key in keys:
            (work / key).replace(home / key)
        yield
    except BaseException:
        for key in keys:
            with suppress(OSError):
                (home / key).unlink(missing_ok=True)
        raise


WRONG_KIND = {
    "sqlite": "This backup is of a PostgreSQL database. Name an empty one in DATABASE_URL.",
    "postgresql": "This backup is of an SQLite database. Restore it without DATABASE_URL.",
}


def missing_keys(path: Path) -> list[str]:
    """Return the keys that are neither in the backup nor in the environment."""
    held = archive.names(path)
    return [
        key for key, variable in archive.KEYS.items() if key not in held and not environment.text(variable)
    ]


def _check_is_empty(folder: Path, path: Path) -> None:
    with in_words(folder):
        found = list(folder.iterdir())
    others = sorted(
        each.name
        for each in found
        if each.name not in BESIDE and not each.name.startswith(WORK_PREFIX) and each != path.absolute()
    )
    if others:
        raise BackupError(
            f"The folder {folder} is not empty: it holds {listed(others, 3)}. "
            "Name an empty one in CHATSITE_HOME."
        )
