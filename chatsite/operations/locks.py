"""A lock over all workers of a site."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

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
