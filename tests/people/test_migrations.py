"""A database from before erasures: its people and what is theirs stay as they are."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from chatsite.conversations.models import Conversation
from chatsite.people.erasure import keep, plan
from chatsite.people.models import Erasure


@pytest.fixture
def before(database):
    call_command("migrate", "people", "zero", verbosity=0)
    yield
    call_command("migrate", verbosity=0)


def test_people_of_a_release_before_stay_and_can_be_erased(before):
    alice = User.objects.create_user("alice")
    Conversation.objects.create(owner=alice).say(uuid4(), "Hello?", None)
    call_command("migrate", verbosity=0)
    assert User.objects.get().is_active and Conversation.objects.count() == 1
    assert not Erasure.objects.exists()
    plan([alice], "Left.")
    keep(alice)
    assert User.objects.get().is_active and Conversation.objects.get().messages.count() == 1
