"""The folder of everything that a site stores, private to the user who runs it, and the keys in it."""

import base64
import binascii
import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PRIVATE_FOLDER = 0o700
# The mode bits that give access to others.
OTHERS = 0o077
# A folder of ours holds one of these.
OURS = ("secret_key", "chatsite.sqlite3", "static/.collected")
# The files that this process must be able to read and write.
NEEDED = (
    "secret_key",
    "field_key",
    "chatsite.sqlite3",
    "chatsite.sqlite3-wal",
    "chatsite.sqlite3-shm",
    "preparing.lock",
    "serving.lock",
)
MIN_KEY_LENGTH = 40


def prepare(folder: Path) -> None:
    """Make the folder, private from the start. An existing one that others can read is made private, with its files.

    Raises ImproperlyConfigured with a sentence when that is not possible.
    """
    # Other users cannot read what this process writes from here on.
    os.umask(OTHERS)
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {folder} cannot be made: {error.strerror}. CHATSITE_HOME can name another one."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK | os.R_OK):
        raise ImproperlyConfigured(f"The folder {folder} cannot be written to.")
    _check_files(folder)
    _make_private(folder)


def secret_key(folder: Path) -> str:
    """Return the key kept in `folder`, made on the first use and only readable by its owner."""
    path = folder / "secret_key"
    if not path.exists():
        _make(path, secrets.token_urlsafe(50))
    key = _read(path).strip()
    if len(key) < MIN_KEY_LENGTH:
        raise ImproperlyConfigured(f"The file {path} holds no usable key. Delete it, and a new one is made.")
    return key


def field_keys(folder: Path) -> list[str]:
    """Return the keys that secrets in the database are encrypted with, made on the first use. The first encrypts."""
    path = folder / "field_key"
    if not path.exists():
        _make(path, new_field_key())
    keys = _read(path).split()
    if not keys or not all(map(is_field_key, keys)):
        raise ImproperlyConfigured(
            f"The file {path} holds no usable key. Restore it from a backup. Without one, delete it and type the "
            "keys of the providers again."
        )
    return keys


def keep_field_keys(folder: Path, keys: list[str]) -> None:
    """Replace the keys. A process that reads them meanwhile reads the old ones or the new ones."""
    path = folder / "field_key"
    try:
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
            file.write("\n".join(keys))
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    except OSError as error:
        raise ImproperlyConfigured(f"The file {path} cannot be written: {error.strerror}.") from error


def new_field_key() -> str:
    """Return a new random key, in the form that Fernet specifies."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def is_field_key(text: str) -> bool:
    """Return whether a text is 32 bytes in URL-safe base64."""
    try:
        return len(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)) == 32
    except (binascii.Error, UnicodeEncodeError):
        return False


def _read(path: Path) -> str:
    """Return what the file holds; empty when it is not an ASCII text."""
    try:
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise ImproperlyConfigured(f"The file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        return ""


def _make_private(folder: Path) -> None:
    if _is_open(folder) and not _is_ours(folder):
        raise ImproperlyConfigured(
            f"Other users can read the folder {folder}, and it holds other things. "
            "Name a folder for this site alone in CHATSITE_HOME."
        )
    for path in [folder, *folder.iterdir()]:
        # The database creates and deletes files beside its own.
        with contextlib.suppress(FileNotFoundError):
            if not path.is_symlink() and _is_open(path):
                _close(path)


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)


def _is_ours(folder: Path) -> bool:
    """Return whether the folder is empty, or a site's."""
    return not any(folder.iterdir()) or any((folder / name).exists() for name in OURS)


def _close(path: Path) -> None:
    try:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"Other users can read {path}, and it belongs to another user. Run as its owner: chmod go= '{path}'"
        ) from error
    except OSError as error:
        raise ImproperlyConfigured(
            f"Other users can read {path}, and this cannot be changed: {error.strerror}."
        ) from error


def _check_files(folder: Path) -> None:
    """Check for files that this user cannot use: a command that ran as another user, such as root, leaves them."""
    for path in [folder / name for name in NEEDED]:
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            raise ImproperlyConfigured(f"The file {path} {_why_unusable(path)}")


def _why_unusable(path: Path) -> str:
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return "is on a file system that is read-only."
    return (
        "cannot be read and written by this user. "
        f"Give the files in {path.parent} to the user who runs the site."
    )


def _make(path: Path, key: str) -> None:
    """Write a new key, whole and private from the start. Of two processes at the same time, the first one's stays."""
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file, contextlib.suppress(FileExistsError):
            file.write(key)
            file.flush()
            os.link(file.name, path)
    except OSError as error:
        raise ImproperlyConfigured(f"The file {path} cannot be written: {error.strerror}.") from error
