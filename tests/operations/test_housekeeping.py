"""The regular chores of a site: each is done once, by one of its workers."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.models.functions import Now

from chatsite.operations.housekeeping import LEASE, Housekeeping, Job, do_if_due
from chatsite.operations.models import Chore

DAY = timedelta(days=1)


def job(done: list[str], name: str = "sweep", work=None) -> Job:
    return Job(name, DAY, work or (lambda: done.append(name) or []))


def pass_time(time: timedelta, name: str = "sweep") -> None:
    """As if so much time had passed by the database's clock."""
    due = Chore.objects.get(name=name).due
    Chore.objects.filter(name=name).update(due=due - time)


def test_a_chore_is_done_at_once_and_then_every_so_often(database):
    done: list[str] = []
    for time, times in [(timedelta(), 1), (DAY - LEASE, 1), (LEASE, 2), (DAY, 3), (DAY / 2, 3)]:
        if done:
            pass_time(time)
        do_if_due(job(done))
        assert len(done) == times


def test_two_workers_do_a_chore_once(database):
    assert Chore.objects.claim("sweep", LEASE)
    assert not Chore.objects.claim("sweep", LEASE)


def test_the_chore_of_a_worker_that_was_killed_is_done_by_another_one(database):
    done: list[str] = []
    assert Chore.objects.claim("sweep", LEASE)
    do_if_due(job(done))
    assert done == []
    pass_time(LEASE)
    do_if_due(job(done))
    assert done == ["sweep"]


@pytest.mark.parametrize("error", [DatabaseError("is away"), ValueError("wrong")])
def test_a_chore_that_fails_is_logged_and_done_again_soon(db, caplog, error):
    done: list[str] = []

    def fail():
        raise error

    assert do_if_due(job(done, work=fail)) == []
    assert "The chore “sweep”" in caplog.text
    assert Chore.objects.get().error and Chore.objects.get().done is None
    pass_time(LEASE)
    do_if_due(job(done))
    assert done == ["sweep"]
    assert Chore.objects.get().error == "" and Chore.objects.get().done


def test_chores_know_nothing_of_each_other(db):
    done: list[str] = []
    do_if_due(job(done, "sweep"))
    do_if_due(job(done, "dust"))
    assert done == ["sweep", "dust"]
    assert Chore.objects.filter(due__gt=Now()).count() == 2


@pytest.mark.django_db(transaction=True)
async def test_the_thread_does_what_is_due_and_its_hints_reach_this_process(alice, open_page):
    page = await open_page(alice, path="/ws/me/")
    gone = "0" * 8 + "-0000-4000-8000-" + "0" * 12
    sweep = Job("sweep", DAY, lambda: [{"gone": [alice.pk, gone]}])
    housekeeping = Housekeeping([sweep], poll_seconds=0.01)
    housekeeping.begin()
    try:
        assert (await page.until("conversation.changed"))["conversation"] == gone
    finally:
        housekeeping.end()
