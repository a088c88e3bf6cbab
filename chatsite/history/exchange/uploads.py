"""Stores an uploaded file until it is imported."""

import logging
import shutil
from pathlib import Path

from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from chatsite.history.exchange.models import Import, upload_folder
from chatsite.history.exchange.texts import one_line
from chatsite.limits import MAX_UPLOAD_BYTES

logger = logging.getLogger(__name__)

MAX_WAITING_PER_USER = 3
# What an upload leaves free for the database.
MIN_FREE_BYTES = 512 * 1024 * 1024

PRIVATE = 0o600

NO_FILE = "Choose a file first."
EMPTY = "The file is empty."
TOO_LARGE = f"The file is too large: it may have at most {MAX_UPLOAD_BYTES // 1024 // 1024} MB."
TOO_MANY = (
    f"{MAX_WAITING_PER_USER} of your imports are not finished yet. Wait for one to end, or discard one."
)
DISK_FULL = "There is not enough room on this site’s disk for the file."
NOT_STORED = "The file could not be stored on this site. Its log says why."


class Refused(Exception):
    """The file is not stored. `str(refused)` says why."""


def has_room(user: User) -> bool:
    """Whether this person may upload one more."""
    return Import.objects.of(user).unfinished().count() < MAX_WAITING_PER_USER


def keep(user: User, file: UploadedFile | None) -> Import:
    """Store the file, and queue its import. Raises Refused."""
    if file is None:
        raise Refused(NO_FILE)
    size = file.size or 0
    if not size:
        raise Refused(EMPTY)
    if size > MAX_UPLOAD_BYTES:
        raise Refused(TOO_LARGE)
    if not has_room(user):
        raise Refused(TOO_MANY)
    if shutil.disk_usage(upload_folder()).free - size < MIN_FREE_BYTES:
        raise Refused(DISK_FULL)
    work = Import(owner=user, name=one_line(file.name or "")[:200], size=size)
    try:
        _store(file, work.path)
        work.save()
    except OSError as error:
        work.path.unlink(missing_ok=True)
        logger.exception("An uploaded file could not be stored.")
        raise Refused(NOT_STORED) from error
    except BaseException:
        work.path.unlink(missing_ok=True)
        raise
    return work


def _store(file: UploadedFile, path: Path) -> None:
    if isinstance(file, TemporaryUploadedFile):
        # A copy only where the temporary folder is on another disk.
        shutil.move(file.temporary_file_path(), path)
    else:
        path.write_bytes(file.read())
    path.chmod(PRIVATE)
