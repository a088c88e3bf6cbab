"""Database connections: those of threads that live as long as the process, and the pool of all others."""

import asyncio
from typing import Any

from django.db import connection

# Seconds for a database that does not answer. The next use tries again.
CONNECTS_WITHIN = 4
# Seconds between two looks at the pool.
LOOK_EVERY = 1.0


def keep_connection() -> None:
    """Let this thread keep a connection of its own. To a SQLite file it never goes stale, and takes a millisecond to
    make. To a server it is seen to be alive before each use, and is none of the pool's: pages that hold all of those
    must not keep a run from its log and its lease, or another process would take it for dead."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.close_at = None
        return
    own = {**connection.settings_dict["OPTIONS"], "connect_timeout": CONNECTS_WITHIN}
    own.pop("pool", None)
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": own, "CONN_MAX_AGE": None}


async def watch_pool() -> None:
    """Replace the pool's connections that the database has ended, as when it was restarted. A page would throw them
    away one by one, waiting longer after each."""
    while connection.vendor == "postgresql":
        await asyncio.sleep(LOOK_EVERY)
        await asyncio.to_thread(_check_pool)


def _check_pool() -> None:
    postgresql: Any = connection
    # It opens with the first page.
    if not postgresql.pool.closed:
        postgresql.pool.check()
