"""Locks over all workers of a site."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from django.conf import settings
from django.db import connection

# Any number that nothing else in the database uses.
PREPARING = 0x63686174


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Workers that start at once prepare the site one after another: each finds done what the one before has done."""
    with _in_database() if connection.vendor == "postgresql" else _in_folder():
        yield


@contextmanager
def _in_database() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])


@contextmanager
def _in_folder() -> Iterator[None]:
    """SQLite's own lock is held for one migration, and not from the look for what is to be done to its end."""
    with (settings.HOME / "preparing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# Held until the process ends: a file that is closed is unlocked.
_serving: list[TextIO] = []


def is_only_process() -> bool:
    """Whether this process is the only one that serves this folder's SQLite file. From now on it counts as one."""
    if connection.vendor != "sqlite":
        return False
    file = (settings.HOME / "serving.lock").open("w")
    _serving.append(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_only = True
    except BlockingIOError:
        is_only = False
    # Shared by all that serve, so that the last of them keeps it from those that come later.
    fcntl.flock(file, fcntl.LOCK_SH)
    return is_only
