"""Pages and answers free large objects at once, without waiting for the garbage collector."""

import asyncio
import gc

import pytest
from channels.db import database_sync_to_async

from chatsite.chat import queries
from chatsite.chat.events import reply_finished, reply_started
from chatsite.chat.followers import Follower
from chatsite.conversations.models import Completion, Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive(kind: type) -> list:
    return [each for each in gc.get_objects() if type(each) is kind]


async def test_a_follower_is_gone_with_its_page(alice, provider, upstream, open_page):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Go on")
    hold.send("So far.")
    await page.until_shown("So far.")
    assert len(alive(Follower)) == 1
    await page.communicator.disconnect()
    await asyncio.sleep(0.05)
    assert alive(Follower) == []


@database_sync_to_async
def send_events(completion: int) -> None:
    run, _ = queries.turn_events.func(completion)
    reply_started(run)
    reply_finished(run)


async def test_an_answer_whose_events_were_sent_is_freed_with_its_text(alice, provider, upstream, open_page):
    # A thread that is kept holds the last result of its function.
    before = {id(each) for each in [*alive(Message), *alive(Completion)]}
    page = await open_page(alice)
    await page.ask("Say something")
    completion = (await page.until("reply.finished"))["completion"]
    await page.communicator.disconnect()
    await asyncio.sleep(0.05)
    gc.collect()
    await send_events(completion)
    assert [each for each in [*alive(Message), *alive(Completion)] if id(each) not in before] == []
