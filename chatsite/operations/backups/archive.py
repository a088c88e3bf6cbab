"""The file of a backup: what it holds, and how it is read.

It holds what lies in the folder of the site, by the same names, so that it can be unpacked by hand, too.
"""

import gzip
import io
import os
import shutil
import tarfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO

from django.db import connection

from chatsite.operations.backups import postgresql, sqlite
from chatsite.operations.backups.errors import BackupError

PRIVATE_FILE = 0o600
CHUNK_BYTES = 1024 * 1024
# The files of keys, and the variables of the environment that may replace them.
KEYS = {"secret_key": "CHATSITE_SECRET_KEY", "field_key": "CHATSITE_FIELD_KEY"}
DATABASES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def database() -> ModuleType:
    """Return what copies the kind of database that the site has."""
    return DATABASES[connection.vendor]


def pack(path: Path, keys: dict[str, str], copied: Path) -> None:
    """Write a new private file with the texts of keys and the copy of a database."""
    with open(path, "xb", opener=_private) as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=database().GZIP_LEVEL) as archive:
            for name, text in keys.items():
                _add(archive, name, io.BytesIO(text.encode()), len(text))
            with copied.open("rb") as opened:
                _add(archive, copied.name, opened, copied.stat().st_size)
        file.flush()
        os.fsync(file.fileno())


def check(path: Path, work: Path) -> int:
    """Open a backup, and return how many conversations it holds. `work`: a folder with room for the database."""
    kind = kind_of(path)
    copied = work / kind.NAME
    try:
        unpack(path, kind.NAME, copied)
        return int(kind.conversations(copied))
    finally:
        copied.unlink(missing_ok=True)


def kind_of(path: Path) -> ModuleType:
    """Return what reads the database that is in a backup."""
    held = names(path)
    for kind in DATABASES.values():
        if kind.NAME in held:
            return kind
    raise _wrong(path, "it holds no database")


def names(path: Path) -> list[str]:
    with _opened(path) as archive:
        return [entry.name for entry in archive if entry.isfile()]


def unpack(path: Path, name: str, to: Path) -> None:
    """Write what a backup holds under this name into a new private file."""
    with _opened(path) as archive, open(to, "xb", opener=_private) as file:
        held = archive.extractfile(name)
        assert held
        shutil.copyfileobj(held, file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with gzip.open(path) as whole, tarfile.open(fileobj=whole, mode="r:") as archive:
            yield archive
            # The sum over all bytes is compared at the end.
            while whole.read(CHUNK_BYTES):
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _wrong(path, str(error).rstrip(".")) from error


def _wrong(path: Path, reason: str) -> BackupError:
    return BackupError(f"{path} is not a backup of this site, or it is damaged: {reason}.")


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, PRIVATE_FILE, int(time.time())
    archive.addfile(entry, file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)
