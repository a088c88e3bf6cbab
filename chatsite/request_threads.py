"""The threads that requests run in. Django starts one for each request, which then connects to the database."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.db import connection

# Threads that are kept while no request needs them. With SQLite, each has a connection and its cache, up to 2 MB.
MAX_IDLE_THREADS = 8
# How the paths of server-sent events end.
EVENT_STREAMS = "/events/"


class RequestThreads:
    """Wraps an application, and lends each request a thread of its own, which is kept for a later one."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"].endswith(EVENT_STREAMS):
            # It lasts for hours, and rarely needs a thread. Django starts it one.
            await self._application(scope, receive, send)
            return
        thread = self._idle.pop() if self._idle else _new_thread()
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, send)
        except BaseException:
            # A request that is cancelled does not wait for its thread, which may be busy for long.
            thread.shutdown(wait=False)
            raise
        self._keep(thread)

    def _keep(self, thread: ThreadPoolExecutor) -> None:
        if len(self._idle) < MAX_IDLE_THREADS:
            self._idle.append(thread)
        else:
            thread.shutdown(wait=False)


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="request", initializer=_keep_connection)


def _keep_connection() -> None:
    """A connection to a SQLite file never goes stale, and takes a millisecond to open. A server has a pool of them."""
    if connection.vendor == "sqlite":
        connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": None}
