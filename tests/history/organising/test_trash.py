"""What was deleted: it is kept for some days, restored, or deleted for good, once, and never what was restored."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from chatsite.conversations.models import Conversation, Message
from chatsite.history.organising import trash
from chatsite.history.organising.acts import do, undo
from chatsite.history.organising.models import Act, Kind
from chatsite.history.search.check import problems
from chatsite.history.sharing.models import Share
from chatsite.operations.housekeeping import JOBS


@pytest.fixture
def alice(database) -> User:
    return User.objects.create_user("alice")


def deleted(owner, days: float, text="beans") -> Conversation:
    made = Conversation.objects.create(owner=owner, deleted=timezone.now() - timedelta(days=days))
    Message.objects.create(conversation=made, role="user", text=text)
    return made


def test_after_thirty_days_it_is_deleted_for_good(alice):
    kept, _, never = deleted(alice, 29.9), deleted(alice, 30.1), Conversation.objects.create(owner=alice)
    trash.housekeeping()
    assert list(Conversation.objects.order_by("pk")) == [kept, never]
    assert Message.objects.count() == 1
    assert problems() == []


def test_the_site_may_keep_it_longer(alice, settings):
    settings.KEEP_DELETED_DAYS = 365
    kept = deleted(alice, 364)
    deleted(alice, 366)
    trash.housekeeping()
    assert Conversation.objects.get() == kept
    assert Conversation.objects.deleted_by(alice).get() == kept


def test_the_site_may_keep_nothing(alice, settings):
    settings.KEEP_DELETED_DAYS = 0
    for _ in range(3):
        conversation = Conversation.objects.create(owner=alice)
        Message.objects.create(conversation=conversation, role="user", text="beans")
    done = trash.delete(alice, Conversation.objects.all())
    assert (done.undo, Conversation.objects.count(), Message.objects.count()) == (None, 0, 0)


def test_what_cannot_be_restored_any_more_is_in_no_list(alice):
    deleted(alice, 31)
    assert not Conversation.objects.deleted_by(alice).exists()
    do(alice, Kind.RESTORE, Conversation.objects.all())
    assert not Conversation.objects.of(alice).exists()


def test_it_is_deleted_at_once_when_its_owner_says_so(alice):
    other = Conversation.objects.create(owner=alice)
    for _ in range(3):
        deleted(alice, 1)
    assert trash.delete_for_good(alice, Conversation.objects.all()) == 3
    assert Conversation.objects.get() == other


def test_what_a_request_has_no_time_for_is_out_of_sight_and_deleted_later(alice, monkeypatch):
    monkeypatch.setattr(trash, "MAX_REQUEST_SECONDS", -1)
    deleted(alice, 1)
    trash.delete_for_good(alice, Conversation.objects.all())
    assert Conversation.objects.count() == 1 and not Conversation.objects.deleted_by(alice).exists()
    trash.housekeeping()
    assert not Conversation.objects.exists()


def test_what_was_restored_meanwhile_stays(alice):
    old = deleted(alice, 31)
    expired = Conversation.objects.expired()
    list(expired)
    Conversation.objects.update(deleted=None)
    assert trash._purge(old) is False
    assert Conversation.objects.get() == old


def test_acts_are_forgotten_after_a_day(alice):
    Conversation.objects.create(owner=alice)
    do(alice, Kind.PIN, Conversation.objects.all())
    trash.housekeeping()
    assert Act.objects.count() == 1
    Act.objects.update(created=timezone.now() - timedelta(days=1.1))
    trash.housekeeping()
    assert Act.objects.count() == 0


def test_the_site_does_it_by_itself():
    assert trash.housekeeping in [job.work for job in JOBS]


def test_the_links_to_it_rest_until_its_deletion_is_undone(alice):
    share = Share.objects.create(conversation=Conversation.objects.create(owner=alice))
    done = trash.delete(alice, Conversation.objects.all())
    assert not Share.objects.of(alice).exists() and Share.objects.by_token(share.token) is None
    undo(alice, done.undo)
    assert Share.objects.by_token(share.token) == share


def test_deleting_for_good_asks_first(client, db):
    alice = User.objects.create_user("alice")
    client.force_login(alice)
    for _ in range(2):
        deleted(alice, 1)
    fields = {"act": "purge", "all": "yes", "show": "deleted"}
    page = client.post(reverse("conversations:act"), fields)
    assert "Delete 2 conversations for good?" in page.content.decode() and Conversation.objects.count() == 2
    page = client.post(reverse("conversations:act"), {**fields, "sure": "yes"}, follow=True)
    assert "2 conversations were deleted for good." in page.content.decode()
    assert not Conversation.objects.exists()
