"""Recovery of answers of tryouts whose process has ended, and not of those that only seem so by a clock."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from chatsite.conversations.claims import ORPHANED
from chatsite.runs.observer import POLL_SECONDS
from chatsite.tryouts.models import Status, TryoutAnswer
from chatsite.tryouts.recovery import Recovery, claim, claim_all, heartbeats
from chatsite.tryouts.registry import TRYOUTS, follow
from chatsite.usage.models import UsageDay
from tests.harness.recovery import Clock, blocked_poll, write_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def lost(tried) -> TryoutAnswer:
    """An answer that another process was writing."""
    (answer,) = await tried()
    await TryoutAnswer.objects.filter(pk=answer.pk).aupdate(status=Status.STREAMING, text="Once")
    return answer


async def beat(ago: float = 0) -> None:
    """Renew the heartbeats of all answers, by a clock that is `ago` seconds late."""
    await TryoutAnswer.objects.running().aupdate(heartbeat=timezone.now() - timedelta(seconds=ago))


async def recover(polls: int = 6, between=None, seconds: float = POLL_SECONDS) -> None:
    """Look for lost answers as a process does that has just started: by default for 10 s."""
    clock = Clock()
    recovery = Recovery(lambda: TRYOUTS.running_ids, clock)
    for number in range(polls):
        if number and between:
            await between()
        await recovery.poll()
        clock.seconds += seconds


async def test_an_answer_of_a_process_that_was_killed_is_interrupted_after_10_seconds(lost, tryouts):
    await recover(polls=5)
    await lost.arefresh_from_db()
    assert lost.status == Status.STREAMING
    await recover()
    await lost.arefresh_from_db()
    assert (lost.status, lost.text, lost.error) == (Status.INTERRUPTED, "Once", ORPHANED)
    assert (await UsageDay.objects.aget()).failed == 1


async def test_one_that_was_asked_to_stop_has_stopped(lost, tryouts):
    await TryoutAnswer.objects.aupdate(stop_requested=True)
    await recover()
    await lost.arefresh_from_db()
    assert (lost.status, lost.error) == (Status.STOPPED, "")


async def test_one_that_waits_is_interrupted_too(tried, tryouts):
    (answer,) = await tried()
    await recover()
    await answer.arefresh_from_db()
    assert answer.status == Status.INTERRUPTED


@pytest.mark.parametrize("ago", [-3600, 3600])
async def test_no_clock_takes_a_living_answer_for_a_lost_one(lost, tryouts, ago):
    await beat(ago)
    await recover(between=lambda: beat(ago))
    await lost.arefresh_from_db()
    assert lost.status == Status.STREAMING


async def test_a_page_takes_no_living_answer_for_a_lost_one_after_a_pause_of_all(lost, trier):
    await beat(3600)
    tryout = lost.tryout_id
    await trier.get(f"{tryout}/")
    changes = follow([lost])
    assert (await anext(changes)).slice.text == "Once"
    await changes.aclose()
    await lost.arefresh_from_db()
    assert lost.status == Status.STREAMING


async def test_a_process_that_was_paused_itself_calls_no_answer_lost(lost, tryouts):
    await recover(polls=3, seconds=60)
    await lost.arefresh_from_db()
    assert lost.status == Status.STREAMING


async def test_an_answer_that_lives_again_at_the_last_moment_is_left_alone(lost, tryouts):
    (found,) = await database_sync_to_async(heartbeats)(())
    await beat()
    assert not await database_sync_to_async(claim)(found)
    await lost.arefresh_from_db()
    assert lost.status == Status.STREAMING


async def test_an_answer_whose_writer_is_held_up_until_a_claim_is_let_through_is_left_alone(lost, tryouts):
    clock = Clock()
    recovery = Recovery(lambda: (), clock)
    with write_lock():
        poll = await blocked_poll(recovery, clock)
    await poll
    await beat()
    await recovery.poll()
    await lost.arefresh_from_db()
    assert lost.status == Status.STREAMING


async def test_an_answer_of_this_process_is_left_alone_however_old_its_heartbeat(
    tried, provider, upstream, tryouts
):
    hold = upstream.hold()
    answers = await tried()
    tryouts.start(answers)
    changes = follow(answers)
    hold.send("Once")
    await anext(changes)
    await recover(between=lambda: beat(3600))
    hold.send(" upon")
    hold.finish()
    assert [change.ended.text async for change in changes if change.ended] == ["Once upon"]


async def test_a_site_that_starts_alone_ends_them_at_once(lost, tryouts):
    await database_sync_to_async(claim_all)()
    await lost.arefresh_from_db()
    assert lost.status == Status.INTERRUPTED and "the site was stopped" in lost.error
