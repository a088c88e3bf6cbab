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
    """Let workers that start at the same time prepare the site one after another."""
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
    """SQLite's own lock covers one migration, not the query for pending ones before it."""
    with (settings.HOME / "preparing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# Kept open until the process ends: closing a file unlocks it.
_serving: list[TextIO] = []


def is_only_process() -> bool:
    """Return whether no other process serves this folder's SQLite file, and register this one."""
    if connection.vendor != "sqlite":
        return False
    file = (settings.HOME / "serving.lock").open("w")
    _serving.append(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_only = True
    except BlockingIOError:
        is_only = False
    # All that serve share it, so that it is free only when the last of them has ended.
    fcntl.flock(file, fcntl.LOCK_SH)
    return is_only
