"""Recovery of answers whose process has ended, and not of those that only seem so by a clock."""

import asyncio
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from chatsite.conversations.claims import claim, heartbeats
from chatsite.conversations.models import Completion, Status
from chatsite.runs.observer import POLL_SECONDS
from chatsite.runs.process import PROCESS
from chatsite.runs.recovery import Recovery, claim_all
from tests.harness.recovery import Clock, abandoned, blocked_poll, new_recovery, recover, write_lock

pytestmark = pytest.mark.django_db(transaction=True)


async def beat(ago: float = 0) -> None:
    """Renew the heartbeats of all running answers, by a clock that is `ago` seconds late."""
    await Completion.objects.streaming().aupdate(heartbeat=timezone.now() - timedelta(seconds=ago))


async def status() -> str:
    return (await Completion.objects.aget()).status


async def test_an_abandoned_answer_is_interrupted_with_the_text_that_was_logged(alice, provider):
    message = await abandoned(alice)
    await recover()
    await message.arefresh_from_db()
    run = await Completion.objects.aget()
    assert (message.text, run.status) == ("Once upon a ", Status.INTERRUPTED)
    assert "10 seconds" in run.error and run.finished


async def test_it_takes_10_seconds(alice, provider):
    await abandoned(alice)
    await recover(polls=5)
    assert await status() == Status.STREAMING


@pytest.mark.parametrize("ago", [-3600, 3600])
async def test_no_clock_hides_an_abandoned_answer_or_takes_a_living_one_for_one(alice, provider, ago):
    await abandoned(alice)
    await beat(ago)
    await recover(between=lambda: beat(ago))
    assert await status() == Status.STREAMING
    await recover()
    assert await status() == Status.INTERRUPTED


async def test_a_process_that_was_stopped_itself_calls_nobody_gone(alice, provider):
    await abandoned(alice)
    clock = Clock()
    recovery = new_recovery(clock)
    for _ in range(3):
        await recovery.poll()
        clock.seconds += 60
    assert await status() == Status.STREAMING


async def test_a_run_that_lives_again_at_the_last_moment_is_left_alone(alice, provider):
    await abandoned(alice)
    (found,) = await database_sync_to_async(heartbeats)(())
    await beat()
    assert await database_sync_to_async(claim)(found, "Nobody heard of it.") is None
    assert await status() == Status.STREAMING


async def test_a_run_whose_writer_is_held_up_until_a_claim_is_let_through_is_left_alone(alice, provider):
    await abandoned(alice)
    clock = Clock()
    recovery = new_recovery(clock)
    with write_lock():
        poll = await blocked_poll(recovery, clock)
    await poll
    await beat()
    await recovery.poll()
    assert await status() == Status.STREAMING


async def test_a_run_that_this_process_writes_is_left_alone_however_long_the_database_was_busy(
    alice, provider, upstream, open_page
):
    hold = upstream.hold()
    page = await open_page(alice)
    await page.ask("Tell me a story.")
    await page.until("reply.started")
    await recover(between=lambda: beat(60))
    hold.send("Once upon a time.")
    hold.finish()
    assert (await page.until("reply.finished"))["status"] == "complete"


async def test_a_page_that_watches_is_told_of_the_interruption(alice, provider, open_page):
    message = await abandoned(alice)
    page = await open_page(alice, message.conversation.uuid)
    await page.until_shown("Once upon a ")
    await recover()
    finished = await page.until("reply.finished")
    assert finished["status"] == "interrupted"


async def test_an_abandoned_answer_can_be_read_while_nothing_can_be_written(alice, provider, site, open_page):
    message = await abandoned(alice)
    await beat(60)
    page = await open_page(alice, message.conversation.uuid)
    with write_lock():
        async with asyncio.timeout(10):
            assert (await site.get(message.conversation.get_absolute_url())).status_code == 200
            await page.send("conversation.check")
            assert (await page.until("conversation.checked"))["running"] == [str(message.uuid)]
            await page.send("events.resume", message=str(message.uuid))
            await page.until_shown("Once upon a ")
    assert await status() == Status.STREAMING


@pytest.mark.parametrize("wanted", [False, True])
async def test_an_abandoned_answer_that_was_stopped_is_stopped_for_good(
    alice, provider, upstream, open_page, settings, wanted
):
    settings.CONTINUE_INTERRUPTED = wanted
    message = await abandoned(alice)
    page = await open_page(alice, message.conversation.uuid)
    await page.send("reply.stop", message=str(message.uuid))
    await recover(polls=8)
    finished = await page.until("reply.finished")
    assert (finished["status"], finished["error"]) == ("stopped", None)
    assert "You stopped this answer." in finished["html"] and not upstream.requests


async def test_a_site_that_starts_alone_ends_what_the_one_before_it_left(alice, provider):
    message = await abandoned(alice)
    await database_sync_to_async(claim_all)()
    await message.arefresh_from_db()
    assert (message.text, await status()) == ("Once upon a ", Status.INTERRUPTED)


async def test_the_answers_of_a_person_who_is_deactivated_end(alice, bob, provider, upstream, open_page):
    upstream.hold(), upstream.hold()
    alices, bobs = await open_page(alice), await open_page(bob)
    await alices.ask("Go on for ever.")
    await bobs.ask("Go on for ever.")
    await upstream.requested(2)
    alice.is_active = False
    await alice.asave()
    await recover(polls=1)
    await upstream.closed(1, timeout=3)
    theirs = Completion.objects.filter(message__conversation__owner=alice)
    async with asyncio.timeout(3):
        while (run := await theirs.aget()).status == Status.STREAMING:
            pass
    assert run.status == Status.STOPPED and "deactivated" in run.error
    assert (await Completion.objects.exclude(pk=run.pk).aget()).status == Status.STREAMING


class FailingRecovery(Recovery):
    """Fails in a way that nobody expects, each time."""

    def __init__(self, polls: asyncio.Queue[None]) -> None:
        super().__init__(PROCESS.runs, PROCESS.hints)
        self._polls = polls

    async def poll(self) -> None:
        self._polls.put_nowait(None)
        raise ValueError("Nobody expects this.")


async def test_it_is_tried_again_after_any_failure():
    polls: asyncio.Queue[None] = asyncio.Queue()
    watching = asyncio.create_task(FailingRecovery(polls).watch())
    async with asyncio.timeout(10 * POLL_SECONDS):
        await polls.get()
        await polls.get()
    watching.cancel()
