"""Zip files: the members that hold conversations, read as streams within bounds. Nothing is unpacked to a disk."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO

from chatsite.history.exchange.errors import FileError

MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
MEMBER = re.compile(r"conversations(-\d+)?\.json", re.IGNORECASE)

# Text shrinks to a tenth. What shrinks to less than a hundredth, and is not small, was made to fill memory.
MAX_RATIO = 100
SMALL = 10 * 1024 * 1024
MAX_UNPACKED = 8 * 1024 * 1024 * 1024
# The list of members is held in memory: this is room for some hundred thousand.
MAX_DIRECTORY = 16 * 1024 * 1024

END_RECORD = b"PK\x05\x06"
END_LENGTH = 22
MAX_COMMENT = 65_535
ZIP64_LOCATOR = b"PK\x06\x07"
ZIP64_LOCATOR_LENGTH = 20
ZIP64_RECORD_LENGTH = 56
IN_ZIP64 = 0xFFFFFFFF
ENCRYPTED = 1


class Member:
    """One file in the zip. `read` raises FileError where it is damaged, encrypted or a bomb."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self.name = info.filename
        self._archive = archive
        self._info = info
        self._file: IO[bytes] | None = None
        self._size = 0

    def read(self, size: int) -> bytes:
        try:
            self._file = self._file or self._open()
            data = self._file.read(size)
        except NotImplementedError:
            raise FileError("bad_zip") from None
        except RuntimeError:
            raise FileError("encrypted") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error):
            raise FileError("bad_zip") from None
        self._size += len(data)
        self._check(self._size)
        return data

    def _open(self) -> IO[bytes]:
        if self._info.flag_bits & ENCRYPTED:
            raise FileError("encrypted")
        self._check(self._info.file_size)
        return self._archive.open(self._info)

    def _check(self, size: int) -> None:
        is_bomb = size > SMALL and size > MAX_RATIO * self._info.compress_size
        if is_bomb or size > MAX_UNPACKED:
            raise FileError("too_large")


def is_zip(beginning: bytes) -> bool:
    return beginning.startswith(MAGIC)


def members(file: BinaryIO) -> Iterator[Member]:
    """The members that may hold conversations, by name. Raises FileError."""
    _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError):
        raise FileError("bad_zip") from None
    found = [info for info in archive.infolist() if _holds_conversations(info)]
    if not found:
        raise FileError("no_conversations_in_zip")
    yield from (Member(archive, info) for info in sorted(found, key=lambda info: info.filename))


def _holds_conversations(info: zipfile.ZipInfo) -> bool:
    folders, _, name = info.filename.replace("\\", "/").rpartition("/")
    return "__MACOSX" not in folders.split("/") and MEMBER.fullmatch(name) is not None


def _check_directory(file: BinaryIO) -> None:
    """Refuse a zip whose list of members alone would fill memory: before it is read, its size is in the last record."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_LENGTH - MAX_COMMENT))
    tail = file.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_LENGTH:
        raise FileError("bad_zip")
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    if directory == IN_ZIP64:
        directory = _zip64_directory(file, tail[:at])
    if directory > MAX_DIRECTORY:
        raise FileError("too_large")
    file.seek(0)


def _zip64_directory(file: BinaryIO, before: bytes) -> int:
    """The size from the ZIP64 record, which any zip file may have. A locator before the last record points to it."""
    locator = before[-ZIP64_LOCATOR_LENGTH:]
    if len(locator) < ZIP64_LOCATOR_LENGTH or not locator.startswith(ZIP64_LOCATOR):
        raise FileError("bad_zip")
    (offset,) = struct.unpack_from("<Q", locator, 8)
    try:
        file.seek(offset)
        (size,) = struct.unpack_from("<Q", file.read(ZIP64_RECORD_LENGTH), 40)
    except (OSError, OverflowError, ValueError, struct.error):
        raise FileError("bad_zip") from None
    return int(size)
