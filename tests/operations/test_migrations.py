"""A database from before chores kept when they were done: its chores stay due as they were."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from chatsite.operations.models import Chore

DUE = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def before(database):
    call_command("migrate", "operations", "0001", verbosity=0)
    yield
    call_command("migrate", verbosity=0)


def test_chores_of_a_release_before_stay_due_and_can_be_done(before):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO operations_chore (name, due) VALUES ('sweep', %s)", [DUE])
    call_command("migrate", verbosity=0)
    chore = Chore.objects.get()
    assert (chore.due, chore.done, chore.error) == (DUE, None, "")
    Chore.objects.done("sweep", timedelta(days=1))
    assert Chore.objects.get().done


def test_a_worker_of_the_release_before_still_adds_chores(database):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO operations_chore (name) VALUES ('sweep')")
    assert Chore.objects.get().error == ""
