"""The SQLite database in a backup: copied, opened, put back."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from chatsite.conversations.models import Conversation
from chatsite.operations.backups.errors import BackupError

NAME = "chatsite.sqlite3"
GZIP_LEVEL = 6
BUSY_SECONDS = 20


def copy(to: Path) -> None:
    """Copy the database as it is at one moment. Others can read and write meanwhile."""
    source = Path(connection.settings_dict["NAME"])
    with _in_words(), _opened(source) as here, closing(sqlite3.connect(to)) as there:
        here.backup(there)
        # All of it is in one file then.
        there.execute("PRAGMA journal_mode=DELETE")


def size() -> int:
    """Return how many bytes a copy may have."""
    source = Path(connection.settings_dict["NAME"])
    return source.stat().st_size if source.exists() else 0


def conversations(file: Path) -> int:
    """Check a copy for damage, and return how many conversations it holds. Raises BackupError."""
    with _in_words(), _opened(file) as copied:
        (found,) = copied.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise BackupError(f"The copy of the database is damaged: {found}.")
        (count,) = copied.execute(f"SELECT count(*) FROM {Conversation._meta.db_table}").fetchone()
        return int(count)


def check_is_empty() -> None:
    """The file is one of those that must not be there."""


def restore(file: Path) -> None:
    file.replace(settings.HOME / NAME)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that is there: SQLite would make a new one."""
    address = f"{file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, timeout=BUSY_SECONDS, uri=True)) as opened:
        yield opened


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, str(error)) from error
        raise BackupError(f"The database cannot be copied: {error}.") from error
