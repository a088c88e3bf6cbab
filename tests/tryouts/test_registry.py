"""Answers of tryouts: written side by side, stopped, stored, and counted."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from chatsite.conversations.models import Completion, Conversation
from chatsite.tryouts.changes import Change
from chatsite.tryouts.heartbeats import MAX_RUNNING_PER_PERSON
from chatsite.tryouts.housekeeping import housekeeping
from chatsite.tryouts.models import MAX_AGE, Status, Tryout, TryoutAnswer
from chatsite.tryouts.registry import TRYOUTS, follow
from chatsite.usage.models import Source, UsageDay

pytestmark = pytest.mark.django_db(transaction=True)


def run(answers) -> AsyncGenerator[Change, None]:
    """Start these answers, and follow them."""
    TRYOUTS.start(answers)
    return follow(answers)


async def ended(answers) -> list[TryoutAnswer]:
    """Run these answers to their ends; returns them as they are stored."""
    changes = [change async for change in run(answers)]
    found = {change.answer: change.ended for change in changes if change.ended}
    return [found[answer.pk] for answer in answers]


async def until(answer, wanted: Status) -> None:
    """Wait until an answer is stored so."""
    async with asyncio.timeout(20):
        while await status(answer) != wanted:  # noqa: ASYNC110 the database says nothing by itself
            await asyncio.sleep(0.05)


async def status(answer) -> str:
    return (await TryoutAnswer.objects.aget(pk=answer.pk)).status


async def test_each_version_answers_with_its_own_text_as_the_person_who_tries_gets_it(
    tried, provider, upstream, tryouts
):
    one, two = await ended(await tried(2))
    prompts = {request.json["messages"][0]["content"] for request in upstream.requests}
    assert prompts == {"You help customers.", "You help Anna."}
    assert one.status == two.status == Status.COMPLETE
    assert one.text and "<p" in one.html


async def test_slices_have_the_html_that_a_reload_shows(tried, provider, upstream, tryouts):
    upstream.reply("One **bold** word.\n\nAnother paragraph.")
    settled, tail, stored = [], "", None
    async for change in run(await tried()):
        if change.slice:
            del settled[change.slice.blocks :]
            settled += change.slice.settled
            tail = change.slice.tail
        stored = change.ended or stored
    assert "".join([*settled, tail]) == stored.html


async def test_time_tokens_cost_and_provider_are_stored(tried, provider, upstream, tryouts):
    await provider.models.aupdate(input_price=1, output_price=2)
    (answer,) = await ended(await tried())
    assert 0 < answer.first_word_seconds <= answer.seconds
    assert answer.prompt_tokens and answer.completion_tokens and answer.cost > 0
    assert answer.provider == provider


async def test_the_ledger_counts_it_under_a_source_of_its_own(tried, anna, provider, upstream, tryouts):
    (answer,) = await ended(await tried())
    day = await UsageDay.objects.aget()
    assert (day.source, day.answers, day.person_id, day.prompt_version_id) == (
        Source.TRYOUT,
        1,
        anna.pk,
        answer.version_id,
    )
    assert day.output_tokens == answer.completion_tokens


async def test_no_conversation_is_touched(tried, provider, upstream, tryouts):
    await ended(await tried())
    assert not await Conversation.objects.aexists() and not await Completion.objects.aexists()


async def test_a_provider_that_fails_ends_its_answer_with_a_sentence_and_no_other(
    tried, provider, upstream, tryouts
):
    upstream.reply(status=401)
    one, two = await tried(2)
    failed, whole = sorted(await ended([one, two]), key=lambda answer: answer.status, reverse=True)
    assert failed.status == Status.FAILED and failed.error
    assert whole.status == Status.COMPLETE


async def test_a_model_that_is_not_offered_any_more_is_a_sentence(tried, provider, upstream, tryouts):
    (answer,) = await ended(await tried(model="gone"))
    assert answer.error.startswith("The model “gone” is not offered any more.")


async def test_stop_keeps_the_text_so_far_and_leaves_the_server(tried, provider, upstream, tryouts):
    hold = upstream.hold()
    (answer,) = await tried()
    changes = run([answer])
    hold.send("Once upon")
    while not (await anext(changes)).slice:
        pass
    tryouts.stop([answer.pk])
    stored = [change async for change in changes][-1].ended
    assert (stored.status, stored.text) == (Status.STOPPED, "Once upon")
    await upstream.closed()


async def test_stop_from_another_process_arrives_by_the_row(tried, provider, upstream, tryouts):
    upstream.hang("Once")
    (answer,) = await tried()
    tryouts.start([answer])
    await upstream.requested()
    await TryoutAnswer.objects.filter(pk=answer.pk).aupdate(stop_requested=True)
    await upstream.closed()


async def test_the_answers_of_who_is_deactivated_are_stopped(tried, anna, provider, upstream, tryouts):
    upstream.hang("Once")
    (answer,) = await tried()
    tryouts.start([answer])
    await upstream.requested()
    await User.objects.filter(pk=anna.pk).aupdate(is_active=False)
    await upstream.closed()
    await until(answer, Status.STOPPED)


async def test_the_tokens_of_a_stopped_one_are_estimated_by_its_texts(tried, provider, upstream, tryouts):
    await provider.models.aupdate(input_price=0, output_price=1000)
    hold = upstream.hold()
    (answer,) = await tried()
    tryouts.start([answer])
    await upstream.requested()
    hold.send("y" * 400)
    while not tryouts.run_of(answer.pk).transcript.end:  # noqa: ASYNC110 nothing says so
        await asyncio.sleep(0.01)
    tryouts.stop([answer.pk])
    await until(answer, Status.STOPPED)
    day = await UsageDay.objects.aget()
    assert day.input_tokens > 0 and (day.output_tokens, day.unreported) == (100, 1)
    assert day.cost_units == 10_000_000


async def test_one_that_waits_is_stopped_without_a_request(tried, provider, upstream, tryouts):
    for _ in range(MAX_RUNNING_PER_PERSON):
        upstream.hang("Once")
    answers = await tried(MAX_RUNNING_PER_PERSON + 1)
    tryouts.start(answers)
    await upstream.requested(MAX_RUNNING_PER_PERSON)
    tryouts.stop([answers[-1].pk])
    await until(answers[-1], Status.STOPPED)
    assert len(upstream.requests) == MAX_RUNNING_PER_PERSON
    assert not await UsageDay.objects.aexists()


async def test_a_person_has_six_running_and_the_others_wait_for_an_end(
    tried, alice, provider, upstream, tryouts
):
    for _ in range(MAX_RUNNING_PER_PERSON):
        upstream.hang("Once")
    answers = await tried(MAX_RUNNING_PER_PERSON + 2)
    tryouts.start(answers)
    await upstream.requested(MAX_RUNNING_PER_PERSON)
    assert await status(answers[-1]) == Status.WAITING
    assert (await ended(await tried(by=alice)))[0].status == Status.COMPLETE
    tryouts.stop([answers[0].pk])
    await until(answers[-1], Status.COMPLETE)


async def test_who_leaves_early_stops_nothing(tried, provider, upstream, tryouts):
    hold = upstream.hold()
    (answer,) = await tried()
    changes = run([answer])
    hold.send("Once")
    await anext(changes)
    await changes.aclose()
    hold.finish()
    await until(answer, Status.COMPLETE)


async def test_a_shutdown_stores_the_text_so_far(tried, provider, upstream, tryouts):
    upstream.hang("Once upon")
    (answer,) = await tried()
    changes = run([answer])
    await anext(changes)
    await tryouts.drain()
    await answer.arefresh_from_db()
    assert (answer.status, answer.text) == (Status.INTERRUPTED, "Once upon")


async def test_an_answer_that_another_process_writes_is_followed_by_its_row(tried, tryouts):
    (answer,) = await tried()
    row = TryoutAnswer.objects.filter(pk=answer.pk)
    await row.aupdate(status=Status.STREAMING, text="Once", heartbeat=timezone.now() + timedelta(minutes=1))
    changes = follow([answer])
    assert (await anext(changes)).slice.text == "Once"
    await row.aupdate(text="Once upon")
    assert (await anext(changes)).slice.text == " upon"
    await row.aupdate(status=Status.COMPLETE)
    assert (await anext(changes)).ended.text == "Once upon"


async def test_tryouts_are_deleted_after_thirty_days(tried, tryouts):
    await tried()
    old = await tried()
    await Tryout.objects.filter(pk=old[0].tryout_id).aupdate(
        made=timezone.now() - MAX_AGE - timedelta(hours=1)
    )
    await asyncio.to_thread(housekeeping)
    assert await Tryout.objects.acount() == 1


async def test_a_models_default_parameters_and_place_of_the_prompt_hold_for_tryouts(
    tried, provider, upstream, tryouts
):
    await provider.models.aupdate(temperature=0.25, system_as_user=True)
    await ended(await tried())
    (request,) = upstream.requests
    assert request.json["temperature"] == 0.25
    assert request.json["messages"] == [{"role": "user", "content": "You help customers.\n\nHello?"}]


async def test_a_model_for_a_group_is_not_asked_for_others(tried, provider, upstream, tryouts):
    writers = await Group.objects.acreate(name="writers")
    model = await provider.models.aget()
    await model.groups.aset([writers])
    (answer,) = await ended(await tried())
    assert answer.error.startswith("The model “test-model” is for groups that you are not in.")
    assert not upstream.requests
