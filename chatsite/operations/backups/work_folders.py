"""Temporary folders of backups. Each holds a lock, so a folder with a free lock was left by a killed process."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# A process that has made its folder locks it within this time.
LOCKING_SECONDS = 60
# On a file system without locks, an older folder was left: no backup takes this long.
LEFTOVER_SECONDS = 24 * 3600


@contextmanager
def work_folder(where: Path, prefix: str) -> Iterator[Path]:
    """Make a folder and hold its lock. It is deleted at the end, with all that is in it."""
    with tempfile.TemporaryDirectory(prefix=prefix, dir=where) as name:
        held = os.open(name, os.O_RDONLY)
        try:
            with suppress(OSError):
                fcntl.flock(held, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(held)


def delete_left(where: Path, prefix: str) -> None:
    """Delete the folders that killed processes have left: each may be as large as two databases."""
    for each in where.glob(f"{prefix}*"):
        with suppress(FileNotFoundError):
            if _is_left(each):
                shutil.rmtree(each, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    age = time.time() - folder.stat().st_mtime
    return age > LEFTOVER_SECONDS or (age > LOCKING_SECONDS and _is_unlocked(folder))


def _is_unlocked(folder: Path) -> bool:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(held)
    return True
