"""A lock over all workers of a site."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Any number that nothing else in the database uses.
PREPARING = 0x63686174


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Workers that start at once prepare the database one after another. SQLite's own lock does for one machine."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])
