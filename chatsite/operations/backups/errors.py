"""Why a backup cannot be made or restored."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BackupError(Exception):
    """`str` is a sentence."""


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Turn the system's errors about files in this folder into sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise BackupError(f"There is not enough room in {folder}.") from error
        raise BackupError(f"{error.filename or folder} cannot be used: {error.strerror or error}.") from error
