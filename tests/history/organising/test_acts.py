"""What is done with conversations, one or ten thousand, and undone, exactly."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatsite.conversations.models import Completion, Conversation, Folder, Message, Status
from chatsite.history.organising import sentences
from chatsite.history.organising.acts import do, undo
from chatsite.history.organising.models import Act, ActItem, Kind
from chatsite.history.search.check import problems
from chatsite.history.sharing.models import Share
from chatsite.history.sharing.snapshots import take

EVERY = list(Kind)


@pytest.fixture
def alice(database) -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def mallory(database) -> User:
    return User.objects.create_user("mallory")


@pytest.fixture
def work(alice) -> Folder:
    return Folder.objects.create(owner=alice, name="Work")


@pytest.fixture
def mixed(alice, work) -> list[Conversation]:
    """Conversations in every state."""
    home = Folder.objects.create(owner=alice, name="Home")
    return [
        Conversation.objects.create(
            owner=alice,
            title=f"Number {number}",
            pinned=number % 2 == 0,
            archived=number % 3 == 0,
            folder=(None, home, work)[number % 3],
            deleted=timezone.now() - timedelta(hours=number) if number % 5 == 0 else None,
        )
        for number in range(30)
    ]


def everything(**kept) -> list[tuple]:
    fields = ("pk", "owner", "title", "pinned", "archived", "folder", "deleted", "updated")
    return list(Conversation.objects.filter(**kept).order_by("pk").values_list(*fields))


@pytest.mark.parametrize("kind", EVERY)
def test_undo_restores_exactly_the_earlier_state(alice, work, mixed, kind):
    before = everything()
    done = do(alice, kind, Conversation.objects.all(), work if kind == Kind.MOVE else None)
    assert everything() != before
    assert undo(alice, done.undo).sentence.startswith("Undone for ")
    assert everything() == before
    assert (Act.objects.count(), ActItem.objects.count()) == (0, 0)
    assert problems() == []


def test_conversations_come_out_of_their_folders_and_back(alice, mixed):
    before = everything()
    done = do(alice, Kind.MOVE, Conversation.objects.all(), None)
    assert not Conversation.objects.of(alice).exclude(folder=None).exists()
    undo(alice, done.undo)
    assert everything() == before


@pytest.mark.parametrize("kind", EVERY)
def test_nobody_elses_conversations_are_touched(alice, mallory, mixed, kind):
    for deleted in (None, timezone.now()):
        Conversation.objects.create(owner=mallory, title="Mallory's", deleted=deleted)
    before = everything(owner=alice)
    theirs = Folder.objects.create(owner=mallory, name="Theirs")
    do(mallory, kind, Conversation.objects.all(), theirs if kind == Kind.MOVE else None)
    assert everything(owner=alice) == before


def test_nobody_else_undoes_it(alice, mallory, mixed):
    done = do(alice, Kind.PIN, Conversation.objects.all())
    before = everything()
    assert undo(mallory, done.undo).sentence == sentences.CANNOT_UNDO
    assert everything() == before


def test_what_was_changed_since_stays_so(alice, work):
    one, other = (Conversation.objects.create(owner=alice, title=title) for title in "ab")
    done = do(alice, Kind.MOVE, Conversation.objects.all(), work)
    home = Folder.objects.create(owner=alice, name="Home")
    do(alice, Kind.MOVE, Conversation.objects.filter(pk=one.pk), home)
    assert undo(alice, done.undo).sentence == "Undone."
    assert [each.folder for each in Conversation.objects.order_by("pk")] == [home, None]
    assert undo(alice, done.undo).sentence == sentences.CANNOT_UNDO


def test_a_move_back_to_a_folder_that_was_deleted_leads_out_of_all(alice, work):
    home = Folder.objects.create(owner=alice, name="Home")
    Conversation.objects.create(owner=alice, folder=home)
    done = do(alice, Kind.MOVE, Conversation.objects.all(), work)
    home.delete()
    undo(alice, done.undo)
    assert Conversation.objects.get().folder is None


@pytest.mark.parametrize(
    ("kind", "count", "sentence"),
    [
        (Kind.PIN, 1, "“Herbs” was pinned."),
        (Kind.MOVE, 20, "20 conversations were moved to “Work”."),
        (Kind.DELETE, 1200, "1,200 conversations were deleted."),
        (Kind.ARCHIVE, 2, "2 conversations were archived."),
        (Kind.UNPIN, 2, "Nothing has changed: what you selected is not pinned already."),
    ],
)
def test_a_sentence_says_what_was_done(alice, work, kind, count, sentence):
    Conversation.objects.bulk_create(Conversation(owner=alice, title="Herbs") for _ in range(count))
    folder = work if kind == Kind.MOVE else None
    assert do(alice, kind, Conversation.objects.all(), folder).sentence == sentence


def test_the_time_of_the_last_message_stays(alice):
    long_ago = timezone.now() - timedelta(days=99)
    made = Conversation.objects.create(owner=alice, updated=long_ago)
    changed = made.changed
    do(alice, Kind.PIN, Conversation.objects.all())
    made.refresh_from_db()
    assert made.updated == long_ago and made.changed != changed


def test_running_answers_of_deleted_conversations_are_stopped(alice):
    for _ in range(2):
        conversation = Conversation.objects.create(owner=alice)
        answer = Message.objects.create(conversation=conversation, role="assistant")
        Completion.objects.create(message=answer, model="demo", status=Status.STREAMING)
    do(alice, Kind.DELETE, Conversation.objects.filter(pk=conversation.pk))
    assert list(Completion.objects.order_by("pk").values_list("stop_requested", flat=True)) == [False, True]
    Completion.objects.update(status=Status.STOPPED)


def test_what_is_in_the_bin_already_keeps_its_time(alice, mixed):
    times = dict(Conversation.objects.exclude(deleted=None).values_list("pk", "deleted"))
    do(alice, Kind.DELETE, Conversation.objects.all())
    assert times.items() <= dict(Conversation.objects.values_list("pk", "deleted")).items()


@pytest.mark.parametrize("kind", EVERY)
def test_ten_thousand_take_as_many_statements_as_two(alice, work, kind):
    counts = []
    for count in (2, 9_998):
        gone = timezone.now() if kind == Kind.RESTORE else None
        flag = kind in (Kind.UNPIN, Kind.UNARCHIVE)
        Conversation.objects.bulk_create(
            Conversation(owner=alice, pinned=flag, archived=flag, deleted=gone) for _ in range(count)
        )
        with CaptureQueriesContext(
            connection,
        ) as captured:
            done = do(alice, kind, Conversation.objects.all(), work if kind == Kind.MOVE else None)
            undo(alice, done.undo)
        counts.append(len(captured))
    assert counts[0] == counts[1] < 25


@pytest.fixture
def link(alice) -> Share:
    """A link that never expires."""
    share = Share(conversation=Conversation.objects.create(owner=alice, title="Bread"))
    take(share)
    return share


def test_restoring_does_not_publish_again(alice, link):
    do(alice, Kind.DELETE, Conversation.objects.all())
    done = do(alice, Kind.RESTORE, Conversation.objects.all())
    assert done.sentence == "“Bread” was restored. Its link stays off until you update it."
    assert not Share.objects.open().exists() and Share.objects.of(alice).get() == link


def test_undoing_a_deletion_leaves_links_as_they_were_and_says_so(alice, link):
    done = do(alice, Kind.DELETE, Conversation.objects.all())
    assert not Share.objects.open().exists()
    assert undo(alice, done.undo).sentence == "Undone. Its link works again."
    assert Share.objects.open().get().expires is None
