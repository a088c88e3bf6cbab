"""A database of a release before the search: what was said in it is found."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from chatsite.conversations.models import Conversation, Message
from chatsite.history.models import SearchEntry, TitleEntry
from chatsite.history.search import index
from chatsite.history.search.check import problems
from chatsite.history.search.query import read
from chatsite.history.search.results import find


@pytest.fixture
def before(database):
    """A database without the index. It is migrated forwards at the end."""
    call_command("migrate", "history", "zero", verbosity=0)
    yield
    call_command("migrate", verbosity=0)


def left_over() -> list[str]:
    """What is still in the database that belongs to the index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE 'history%'")
        else:
            cursor.execute(
                "SELECT proname::text FROM pg_proc WHERE proname LIKE 'history%' OR proname LIKE 'chat_%'"
                " UNION SELECT relname::text FROM pg_class WHERE relname LIKE 'history%'"
            )
        return [name for (name,) in cursor.fetchall()]


def test_what_was_said_before_is_entered(before, monkeypatch):
    monkeypatch.setattr(index, "BATCH", 7)
    alice = User.objects.create_user("alice")
    conversations = [
        Conversation.objects.create(owner=alice, title=f"Herbs {n}" * (n % 2)) for n in range(20)
    ]
    for number, conversation in enumerate(conversations * 2):
        Message.objects.create(conversation=conversation, role="user", text="Thyme" * (number % 3))
    call_command("migrate", verbosity=0)
    assert SearchEntry.objects.count() == Message.objects.exclude(text="").count() == 26
    assert TitleEntry.objects.count() == 10
    assert list(SearchEntry.objects.order_by("place").values_list("message", flat=True)) == list(
        Message.objects.exclude(text="").order_by("pk").values_list("pk", flat=True)
    )
    Message.objects.all().delete()
    assert not SearchEntry.objects.exists()


def test_places_of_a_release_before_are_made_denser(before, database):
    """In SQLite they were for parts of seconds, and for no time at all where the index was filled by a migration."""
    call_command("migrate", "history", "0005", verbosity=0)
    alice = User.objects.create_user("alice")
    conversation = Conversation.objects.create(owner=alice, title="Herbs")
    for number in range(20):
        Message.objects.create(conversation=conversation, role="user", text=f"Thyme {number}")
    before = SearchEntry.objects.latest("place").place
    if database == "sqlite":
        SearchEntry.objects.update(place=F("place") * 64)
    call_command("migrate", verbosity=0)
    assert SearchEntry.objects.latest("place").place == before and problems() == []
    assert len(find(alice, read("thyme")).messages) == 20
    assert [hit.title for hit in find(alice, read("herbs")).titles] == ["Herbs"]


OF_0007 = [
    "DROP INDEX history_message_times",
    "CREATE INDEX history_message_words ON history_searchentry USING gin (owner_id, search)",
    """CREATE FUNCTION history_scope(message bigint, owner bigint) RETURNS text LANGUAGE sql STABLE
    AS $scope$ SELECT 'o_' || owner $scope$""",
]


def test_the_index_of_words_gets_the_times(before, database):
    """In PostgreSQL it had none."""
    call_command("migrate", "history", "0007", verbosity=0)
    if database == "postgresql":
        with connection.cursor() as cursor:
            for sql in OF_0007:
                cursor.execute(sql)
    alice = User.objects.create_user("alice")
    conversation = Conversation.objects.create(owner=alice, title="Herbs")
    for number in range(20):
        Message.objects.create(conversation=conversation, role="user", text=f"Thyme and sage {number}")
    call_command("migrate", verbosity=0)
    Message.objects.create(conversation=conversation, role="user", text="Thyme and sage at last")
    assert not {"history_message_words", "history_scope"} & set(left_over()) and problems() == []
    found = [hit.html for hit in find(alice, read('"thyme and sage"')).messages]
    assert len(found) == 20 and found[0].endswith("at last") and found[19].endswith(" 1")


def test_the_index_can_be_taken_away_and_made_again(before):
    assert left_over() == []
    alice = User.objects.create_user("alice")
    Message.objects.create(conversation=Conversation.objects.create(owner=alice), role="user", text="Thyme")
    call_command("migrate", verbosity=0)
    call_command("migrate", "history", "0001", verbosity=0)
    call_command("migrate", verbosity=0)
    assert SearchEntry.objects.count() == 1
