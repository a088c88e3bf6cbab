"""A database of the release before: its conversations stay what they were."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chatsite.conversations.models import Conversation, Folder, Message
from chatsite.history.search.check import problems


@pytest.fixture
def before(database):
    """The models of the release before folders; the database is brought up to date again whatever happens."""
    yield MigrationExecutor(connection).migrate([("conversations", "0008_title_is_provisional")]).apps
    call_command("migrate", verbosity=0)


def test_conversations_of_before_are_in_no_folder_and_not_deleted(before):
    owner = before.get_model("auth", "User").objects.create(username="alice")
    for number in range(50):
        made = before.get_model("conversations", "Conversation").objects.create(
            owner=owner, title=f"Herbs {number}", pinned=number % 2 == 0, archived=number % 5 == 0
        )
        before.get_model("conversations", "Message").objects.create(
            conversation=made, role="user", text=f"basil {number}"
        )
    call_command("migrate", verbosity=0)
    alice = User.objects.get()
    mine = Conversation.objects.of(alice)
    assert (mine.count(), mine.filter(folder=None).count(), Message.objects.of(alice).count()) == (50, 50, 50)
    assert (mine.filter(pinned=True).count(), mine.filter(archived=True).count()) == (25, 10)
    assert problems() == []


def test_they_can_be_put_into_a_folder_and_deleted(before):
    owner = before.get_model("auth", "User").objects.create(username="alice")
    before.get_model("conversations", "Conversation").objects.create(owner=owner, title="Herbs")
    call_command("migrate", verbosity=0)
    folder = Folder.objects.create(owner=User.objects.get(), name="Kitchen")
    herbs = Conversation.objects.get()
    herbs.folder = folder
    herbs.save()
    folder.delete()
    herbs.refresh_from_db()
    assert herbs.folder is None
    herbs.delete()
    assert problems() == []


@pytest.fixture
def before_unread(database):
    """The models of the release before; the database is brought up to date again whatever happens."""
    yield MigrationExecutor(connection).migrate([("conversations", "0011_temporary")]).apps
    call_command("migrate", verbosity=0)


def test_conversations_of_before_count_as_seen_and_an_older_worker_can_add_some(before_unread):
    owner = before_unread.get_model("auth", "User").objects.create(username="alice")
    before_unread.get_model("conversations", "Conversation").objects.create(owner=owner, title="Herbs")
    call_command("migrate", verbosity=0)
    before_unread.get_model("conversations", "Conversation").objects.create(owner=owner, title="Later")
    assert list(Conversation.objects.order_by("pk").values_list("title", "unread")) == [
        ("Herbs", False),
        ("Later", False),
    ]
    assert problems() == []
