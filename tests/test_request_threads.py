"""The threads that requests run in."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.urls import reverse

from chatsite.request_threads import MAX_IDLE_THREADS, RequestThreads
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = {"type": "http", "path": "/"}
EVENTS = {"type": "http", "path": reverse("conversations:person-events")}


class Application:
    """Queries the database, and keeps the thread of each request."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        self.queried: asyncio.Queue[None] = asyncio.Queue()

    async def __call__(self, scope, receive, send) -> None:
        await sync_to_async(self._query)()
        await self.queried.put(None)
        await receive()

    def _query(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        self.threads.append(threading.current_thread())


async def at_once() -> None:
    """What a request receives that ends at once."""


def alive(application: Application) -> int:
    return sum(thread.is_alive() for thread in application.threads)


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def threads(application):
    return RequestThreads(application)


async def test_requests_that_follow_each_other_share_a_thread(application, threads):
    for _ in range(3):
        await threads(REQUEST, at_once, None)
    assert len(set(application.threads)) == 1
    assert application.threads[0] is not threading.main_thread()


async def test_a_slow_request_does_not_delay_another(application, threads):
    released = asyncio.Event()
    slow = asyncio.create_task(threads(REQUEST, released.wait, None))
    await threads(REQUEST, at_once, None)
    released.set()
    await slow
    assert len(set(application.threads)) == 2


async def test_threads_that_are_not_needed_any_more_end(application, threads):
    released = asyncio.Event()
    many = [asyncio.create_task(threads(REQUEST, released.wait, None)) for _ in range(MAX_IDLE_THREADS + 2)]
    for _ in many:
        await application.queried.get()
    released.set()
    await asyncio.gather(*many)
    await asyncio.to_thread(wait_for, lambda: alive(application) == MAX_IDLE_THREADS, "threads are kept")


async def test_a_request_that_is_cancelled_takes_its_thread_along(application, threads):
    cancelled = asyncio.create_task(threads(REQUEST, asyncio.Event().wait, None))
    await application.queried.get()
    cancelled.cancel()
    await asyncio.wait([cancelled])
    await threads(REQUEST, at_once, None)
    assert len(set(application.threads)) == 2


async def test_an_event_stream_takes_no_thread_from_the_others(application, threads):
    await threads(REQUEST, at_once, None)
    await threads(EVENTS, at_once, None)
    await threads(REQUEST, at_once, None)
    first, stream, last = application.threads
    assert first is last and stream is not first
