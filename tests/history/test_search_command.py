"""`manage.py search check` says what is wrong with the index, and `rebuild` makes it right while people write."""

import threading

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from chatsite.conversations.models import Conversation, Message
from chatsite.history.search import index, rebuild
from chatsite.history.search.check import problems
from chatsite.history.search.query import read
from chatsite.history.search.results import find
from tests.harness.databases import connect, used


@pytest.fixture
def alice(database) -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def conversation(alice) -> Conversation:
    made = Conversation.objects.create(owner=alice, title="Herbs")
    rows = [Message(conversation=made, role="user", text=f"Thyme and sage {n} трава 香草") for n in range(50)]
    Message.objects.bulk_create(rows)
    return made


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def check(capsys) -> str:
    call_command("search", "check")
    return capsys.readouterr().out


def test_an_index_in_step_is_said_to_be_so(conversation, capsys):
    Message.objects.filter(text__contains="7").delete()
    Message.objects.filter(text__contains="8").update(text="Dill")
    assert "in step" in check(capsys)


DAMAGE = {
    "entry lost": "DELETE FROM history_searchentry WHERE place = (SELECT min(place) FROM history_searchentry)",
    "title lost": "DELETE FROM history_titleentry",
    "other owner": "UPDATE history_searchentry SET owner_id = 0",
    "other version": "DROP VIEW history_foldversion; CREATE VIEW history_foldversion AS SELECT 0 AS version",
}


@pytest.mark.parametrize("what", DAMAGE)
def test_what_is_wrong_is_said_and_made_right(conversation, capsys, what):
    execute(*DAMAGE[what].split(";"))
    with pytest.raises(CommandError, match="search rebuild"):
        check(capsys)
    call_command("search", "rebuild")
    assert problems() == []


def change_without_triggers(database):
    everything = Message.objects.all()
    if database == "sqlite":
        execute("DROP TRIGGER history_message_changing", "DROP TRIGGER history_message_changed")
        everything.update(text="Dill")
    else:
        with transaction.atomic():
            execute("ALTER TABLE conversations_message DISABLE TRIGGER history_message_changed")
            everything.update(text="Dill")
            execute("ALTER TABLE conversations_message ENABLE TRIGGER history_message_changed")


def test_a_change_without_triggers_is_said_and_made_right(conversation, database):
    change_without_triggers(database)
    assert problems()
    call_command("search", "rebuild")
    assert problems() == []
    alice = conversation.owner
    assert find(alice, read("dill")).messages and not find(alice, read("thyme")).messages


def test_a_change_without_triggers_is_said_where_ids_lie_far_apart(alice, database):
    made = Conversation.objects.create(owner=alice, title="Herbs")
    for pk in (10**6, 10**9):
        Message.objects.create(pk=pk, conversation=made, role="user", text="Thyme and sage")
    assert problems() == []
    change_without_triggers(database)
    assert problems()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the other one has the words in the entries
def test_words_of_no_message_are_said_and_taken_out(conversation):
    execute(
        "INSERT INTO history_messagewords (history_messagewords, rowid, text, scope) "
        "SELECT 'delete', place, 'other', scope FROM history_searchentry",
        "INSERT INTO history_messagewords (rowid, text, scope) SELECT place, 'zebra', scope FROM history_searchentry",
    )
    assert problems()
    call_command("search", "rebuild")
    assert problems() == []


def test_people_write_while_the_index_is_made_again(conversation, database, monkeypatch, postgres):
    monkeypatch.setattr(rebuild, "BATCH", 3)
    is_over = threading.Event()

    def write():
        while not is_over.is_set():
            said = Message.objects.create(conversation=conversation, role="user", text="Parsley")
            Message.objects.filter(pk=said.pk).update(text="Parsley and dill")
            Message.objects.filter(pk=said.pk - 3).delete()
            first = Message.objects.order_by("pk").first()
            Message.objects.filter(pk=first.pk).update(text="Basil")
            Message.objects.filter(pk=first.pk + 1).delete()
            with index.at_once():
                Message.objects.create(conversation=conversation, role="user", text="Dill of an import")
            assert find(conversation.owner, read("dill")).messages

    def run():
        if database == "sqlite":
            write()
            connection.close()
        else:
            with used(connect(postgres.url)):
                write()

    failures = []
    thread = threading.Thread(target=lambda: _noted(run, failures))
    thread.start()
    try:
        for _ in range(20):
            call_command("search", "rebuild")
    finally:
        is_over.set()
        thread.join()
    assert failures == [] and problems() == []


def _noted(work, failures: list) -> None:
    try:
        work()
    except BaseException as error:
        failures.append(error)
