"""A database of the release before: its conversations stay what they were."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chatsite.conversations.models import Conversation, Feedback, Folder, Message
from chatsite.history.search.check import problems
from chatsite.history.temporary import delete_over
from tests.harness.migrations import migrated_to


@pytest.fixture
def before(database):
    """The models of the release before folders."""
    with migrated_to(("conversations", "0008_title_is_provisional")) as apps:
        yield apps


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
    assert mine.filter(read_by_staff=None).count() == 50
    assert problems() == []


def test_conversations_of_before_are_not_temporary_and_keep_their_titles(database):
    with migrated_to(("conversations", "0007_help_texts")) as before:
        owner = before.get_model("auth", "User").objects.create(username="alice")
        old = before.get_model("conversations", "Conversation")
        for number in range(20):
            old.objects.create(owner=owner, title=f"Herbs {number}")
    herbs = Conversation.objects.of(User.objects.get())
    assert herbs.filter(title__startswith="Herbs", title_is_provisional=False).count() == 20
    assert not any(Conversation.objects.entitle(each.pk, each.title, "Basil") for each in herbs)
    assert list(delete_over()) == [] and problems() == []


def test_a_worker_of_the_release_before_can_still_begin_conversations(database):
    owner = User.objects.create(username="alice")
    columns = {"uuid": uuid4().hex, "owner_id": owner.pk, "title": "Herbs", "model": "", "params": "{}"}
    flags = {"pinned": False, "archived": False}
    times = dict.fromkeys(("created", "updated"), timezone.now())
    row = columns | flags | times
    places = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO conversations_conversation ({', '.join(row)}) VALUES ({places})", [*row.values()]
        )
    herbs = Conversation.objects.get()
    assert (herbs.is_temporary, herbs.title_is_provisional) == (False, False)


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
    """The models of the release before."""
    with migrated_to(("conversations", "0011_temporary")) as apps:
        yield apps


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


@pytest.fixture
def before_feedback(database):
    """The models of the release before."""
    with migrated_to(("conversations", "0015_answers")) as apps:
        yield apps


def test_answers_of_before_have_no_feedback_and_can_get_some(before_feedback):
    owner = before_feedback.get_model("auth", "User").objects.create(username="alice")
    herbs = before_feedback.get_model("conversations", "Conversation").objects.create(owner=owner)
    message = before_feedback.get_model("conversations", "Message")
    for number in range(20):
        message.objects.create(conversation=herbs, role="assistant", text=f"basil {number}")
    call_command("migrate", verbosity=0)
    answers = list(Message.objects.order_by("pk"))
    assert [answer.feedback for answer in answers] == [None] * 20
    alice = User.objects.get()
    Feedback.objects.create(message=answers[0], person=alice, value=-1, words="Too long", shared=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(message=answers[0], person=alice, value=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(message=answers[1], person=alice, value=0)
    Conversation.objects.get().delete()
    assert not Feedback.objects.exists() and problems() == []
