"""Database connections: those of threads that live as long as the process, and the pool for all others."""

import asyncio
from typing import Any

from django.db import connection

# Seconds to wait for a database that does not answer. The next use tries again.
CONNECT_TIMEOUT_SECONDS = 4
CHECK_SECONDS = 1.0


def keep_connection() -> None:
    """Let this thread keep a connection of its own.

    A connection to a SQLite file never goes stale, and takes a millisecond to open. One to a server is checked before
    each use, and is not the pool's: pages that use all of the pool must not keep a run from its log and its heartbeat,
    or another process would claim it.
    """
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.close_at = None
        return
    own = {**connection.settings_dict["OPTIONS"], "connect_timeout": CONNECT_TIMEOUT_SECONDS}
    own.pop("pool", None)
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": own, "CONN_MAX_AGE": None}


async def watch_pool() -> None:
    """Replace the pool's connections that the database has closed, for example when it restarted. Pages would discard
    them one by one, and wait longer after each."""
    while connection.vendor == "postgresql":
        await asyncio.sleep(CHECK_SECONDS)
        await asyncio.to_thread(_check_pool)


def _check_pool() -> None:
    postgresql: Any = connection
    # It opens with the first request.
    if not postgresql.pool.closed:
        postgresql.pool.check()
