"""Restoring a backup into an empty folder, and an empty database where that is on a server."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection

from chatsite import environment
from chatsite.operations.backups import archive
from chatsite.operations.backups.errors import BackupError, in_words
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
    with in_words(home), tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=home) as name:
        work = Path(name)
        for each in (*(key for key in archive.KEYS if key in held), kind.NAME):
            archive.unpack(path, each, work / each)
        count = int(kind.conversations(work / kind.NAME))
        kind.restore(work / kind.NAME)
        for key in archive.KEYS:
            if key in held:
                (work / key).replace(home / key)
    return count


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
