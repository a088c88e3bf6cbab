"""The small answers that the doctor's page measures with: spaced, stopped, one at a time, and for superusers alone."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser, User
from django.test import AsyncClient
from django.utils import timezone

from chatsite.operations.doctor.answers import DELTA_SECONDS, DELTAS, answer
from chatsite.operations.doctor.urls import websocket_urlpatterns
from chatsite.operations.models import Chore
from chatsite.protocol import CLOSE_NOT_FOUND, CLOSE_SIGNED_OUT, CLOSE_TOO_MUCH

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = "/admin/doctor/events/"
STOP = "/admin/doctor/stop/"


@pytest.fixture
async def root() -> User:
    return await User.objects.acreate_superuser("root")


@pytest.fixture
async def connect():
    """Opens a person's socket; all are closed after the test."""
    opened: list[WebsocketCommunicator] = []

    async def connect(user) -> WebsocketCommunicator:
        socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), "/ws/doctor/")
        socket.scope["user"] = user
        await socket.connect()
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        with contextlib.suppress(asyncio.CancelledError):
            await socket.disconnect()


async def event(socket: WebsocketCommunicator) -> dict:
    return json.loads(await socket.receive_from(timeout=10))


async def events_of(socket: WebsocketCommunicator) -> list[dict]:
    """The events of one answer."""
    found = [await event(socket)]
    while found[-1]["type"] == "answer.delta":
        found.append(await event(socket))
    return found


async def client_of(user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user)
    return client


async def streamed(client: AsyncClient, answer: UUID) -> AsyncIterator[dict]:
    response = await client.get(EVENTS, {"answer": answer})
    assert response["Content-Type"] == "text/event-stream" and response["X-Accel-Buffering"] == "no"
    async for part in response.streaming_content:
        yield json.loads(part.decode().removeprefix("data: "))


def assert_spaced(found: list[dict]) -> None:
    *deltas, last = found
    assert last == {"type": "answer.finished", "deltas": DELTAS}
    assert [each["number"] for each in deltas] == list(range(DELTAS))
    for number, delta in enumerate(deltas):
        assert delta["sent"] >= number * DELTA_SECONDS * 1000 - 1


async def test_a_socket_is_sent_an_answer_at_even_times_and_then_another(root, connect):
    socket = await connect(root)
    await socket.send_to(text_data="answer.create")
    assert_spaced(await events_of(socket))
    await socket.send_to(text_data="answer.create")
    assert (await event(socket))["number"] == 0


async def test_a_stop_over_the_socket_ends_the_answer_and_says_so(root, connect):
    socket = await connect(root)
    await socket.send_to(text_data="answer.create")
    await event(socket)
    await socket.send_to(text_data="answer.stop")
    last = (await events_of(socket))[-1]
    assert last["type"] == "answer.stopped" and last["deltas"] < DELTAS


async def test_a_stream_is_sent_an_answer_at_even_times(root):
    assert_spaced([each async for each in streamed(await client_of(root), uuid4())])


async def test_a_stop_by_a_request_ends_its_stream_and_no_other_one(root):
    client, answer = await client_of(root), uuid4()
    events = streamed(client, answer)
    assert (await anext(events))["type"] == "answer.delta"
    for stopped in (uuid4(), answer):
        assert (await client.post(STOP, {"answer": stopped})).status_code == 204
    last = [each async for each in events][-1]
    assert last["type"] == "answer.stopped" and last["deltas"] < DELTAS
    again = streamed(client, uuid4())
    assert (await anext(again))["type"] == (await anext(again))["type"] == "answer.delta"
    await again.aclose()


async def test_rows_of_old_stops_do_not_stay(root):
    client = await client_of(root)
    await client.post(STOP, {"answer": uuid4()})
    await Chore.objects.aupdate(due=timezone.now() - timedelta(hours=1))
    await client.post(STOP, {"answer": uuid4()})
    assert await Chore.objects.acount() == 1


@pytest.mark.parametrize("answer", ["", "x", "1"])
async def test_a_page_that_names_no_answer_is_refused(root, answer):
    client = await client_of(root)
    assert (await client.get(EVENTS, {"answer": answer})).status_code == 400
    assert (await client.post(STOP, {"answer": answer})).status_code == 400


async def test_a_stop_is_no_matter_of_reading(root):
    assert (await (await client_of(root)).get(STOP)).status_code == 405


async def test_a_person_is_sent_one_answer_at_a_time(root, connect):
    first, second = await connect(root), await connect(root)
    await first.send_to(text_data="answer.create")
    await event(first)
    await second.send_to(text_data="answer.create")
    assert await second.receive_nothing(timeout=0.3)
    await first.send_to(text_data="answer.stop")
    assert (await event(second))["number"] == 0


async def test_an_answer_that_waits_for_too_long_is_refused():
    async def goes_on() -> bool:
        return False

    async with contextlib.aclosing(answer(1, goes_on)) as running:
        await anext(running)
        assert [each async for each in answer(1, goes_on, wait_seconds=0.01)] == [
            '{"type": "answer.refused"}'
        ]


async def test_an_answer_ends_when_its_page_goes(root, connect):
    first, second = await connect(root), await connect(root)
    await first.send_to(text_data="answer.create")
    await event(first)
    await first.disconnect()
    await second.send_to(text_data="answer.create")
    assert (await events_of(second))[0]["number"] == 0


@pytest.mark.parametrize("text", ["answer.creat", "x" * 1000, "{}"])
async def test_a_socket_that_says_anything_else_is_closed(root, connect, text):
    socket = await connect(root)
    await socket.send_to(text_data=text)
    assert await socket.receive_output() == {"type": "websocket.close", "code": CLOSE_TOO_MUCH}


async def test_a_socket_that_asks_for_many_answers_is_closed(root, connect):
    socket = await connect(root)
    for _ in range(4):
        await socket.send_to(text_data="answer.create")
    outputs = [await socket.receive_output(timeout=5)]
    while outputs[-1]["type"] != "websocket.close":
        outputs.append(await socket.receive_output(timeout=5))
    assert outputs[-1]["code"] == CLOSE_TOO_MUCH and len(outputs) < DELTAS


@pytest.mark.parametrize("flags", [{}, {"is_staff": True}, {"is_superuser": True}])
async def test_a_socket_is_for_superusers_alone(connect, flags):
    sam = await User.objects.acreate(username="sam", **flags)
    socket = await connect(sam)
    assert await socket.receive_output() == {"type": "websocket.close", "code": CLOSE_NOT_FOUND}


async def test_a_socket_of_nobody_is_closed(connect):
    socket = await connect(AnonymousUser())
    assert await socket.receive_output() == {"type": "websocket.close", "code": CLOSE_SIGNED_OUT}


async def test_a_socket_waits_for_no_query_of_another_one(root, connect):
    is_done = threading.Event()
    query = asyncio.create_task(database_sync_to_async(is_done.wait)(30))
    try:
        socket = await connect(root)
        await socket.send_to(text_data="answer.create")
        assert len(await events_of(socket)) == DELTAS + 1
        assert not query.done()
    finally:
        is_done.set()
        await query
