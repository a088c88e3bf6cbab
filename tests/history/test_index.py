"""The index matches what is stored, however it is stored, changed or deleted."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from chatsite.conversations.models import Completion, Conversation, Message, Outcome, Status
from chatsite.history.models import SearchEntry, TitleEntry
from chatsite.history.search import index
from chatsite.history.search.check import problems


@pytest.fixture
def alice(database) -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def conversation(alice) -> Conversation:
    return Conversation.objects.create(owner=alice, title="Herbs")


def message(conversation, text, **fields) -> Message:
    return Message.objects.create(conversation=conversation, role="user", text=text, **fields)


def found(word: str, scope: str = "") -> list[str]:
    """The texts that the index has this word of, newest first."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            match = f'text:"{word}"' + (f' AND scope:"{scope}"' if scope else "")
            sql = "SELECT rowid FROM history_messagewords WHERE history_messagewords MATCH %s ORDER BY rowid DESC"
        else:
            match = f"'{word}'" + (f" & '{scope}'" if scope else "")
            sql = "SELECT place FROM history_searchentry WHERE search @@ %s::tsquery ORDER BY place DESC"
        cursor.execute(sql, [match])
        places = [place for (place,) in cursor.fetchall()]
    texts = dict(SearchEntry.objects.values_list("place", "message__text"))
    return [texts[place] for place in places]


def titled(word: str) -> int:
    """How many titles the index has this word of."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT rowid FROM history_titlewords WHERE history_titlewords MATCH %s", [f'"{word}"']
            )
        else:
            cursor.execute("SELECT 1 FROM history_titleentry WHERE search @@ %s::tsquery", [f"'{word}'"])
        return len(cursor.fetchall())


def test_what_is_stored_is_found(conversation):
    message(conversation, "Thyme and sage")
    assert found("thyme") == ["Thyme and sage"]


def test_what_is_changed_is_found_as_it_is_now(conversation):
    herb = message(conversation, "Thyme")
    herb.text = "Sage"
    herb.save()
    assert (found("thyme"), found("sage")) == ([], ["Sage"])
    Message.objects.update(text="Dill")
    assert (found("sage"), found("dill")) == ([], ["Dill"])


def test_an_empty_message_has_no_entry_until_it_has_a_text(conversation):
    answer = message(conversation, "")
    assert not SearchEntry.objects.exists()
    Message.objects.filter(pk=answer.pk).update(text="Thyme")
    assert found("thyme") == ["Thyme"]
    Message.objects.filter(pk=answer.pk).update(text="")
    assert not SearchEntry.objects.exists() and found("thyme") == []


def test_what_is_stored_at_once_is_found(conversation):
    rows = [Message(conversation=conversation, role="user", text=f"Thyme {n}") for n in range(100)]
    Message.objects.bulk_create(rows)
    assert found("thyme") == [f"Thyme {n}" for n in reversed(range(100))]


def test_what_is_indexed_at_once_is_found_in_the_order_of_time(conversation):
    at = datetime(2020, 5, 1, 12, tzinfo=UTC)
    message(conversation, "Sage before", created=at)
    days = [3, 1, 2, 1]
    with index.at_once():
        for day in days:
            message(conversation, f"Thyme {day}", created=at + timedelta(days=day))
    assert found("thyme") == [f"Thyme {day}" for day in sorted(days, reverse=True)]
    message(conversation, "Thyme after", created=at + timedelta(days=4))
    assert found("thyme")[0] == "Thyme after" and problems() == []


def test_what_fails_while_it_is_indexed_at_once_was_never_found(conversation):
    with pytest.raises(ZeroDivisionError), index.at_once():
        message(conversation, "Thyme")
        raise ZeroDivisionError
    message(conversation, "Sage")
    assert (found("thyme"), found("sage")) == ([], ["Sage"]) and problems() == []


@pytest.mark.parametrize("what", ["message", "conversation", "owner", "all messages"])
def test_what_is_deleted_is_found_no_more(conversation, what):
    said = message(conversation, "Thyme")
    rows = {"message": said, "conversation": conversation, "owner": conversation.owner}
    (rows.get(what) or Message.objects.all()).delete()
    assert found("thyme") == []
    assert not SearchEntry.objects.exists()
    assert TitleEntry.objects.count() == Conversation.objects.count() == titled("herbs")


def test_what_is_rolled_back_was_never_found(conversation):
    message(conversation, "Thyme")
    with transaction.atomic():
        message(conversation, "Sage")
        Message.objects.filter(text="Thyme").update(text="Dill")
        transaction.set_rollback(True)
    assert (found("thyme"), found("sage"), found("dill")) == (["Thyme"], [], [])


def test_titles_are_found_as_they_are_now(conversation):
    assert titled("herbs") == 1
    conversation.title = "Spices"
    conversation.touch("title")
    assert (titled("herbs"), titled("spices")) == (0, 1)
    Conversation.objects.update(title="")
    assert titled("spices") == 0 and not TitleEntry.objects.exists()


def test_an_answer_is_found_by_its_model_and_its_newest_one(conversation):
    question = conversation.say(uuid4(), "Which herb?", None)
    run = conversation.reply_to(question, model="Qwen2.5-7B")
    run.finish(Outcome(Status.COMPLETE, "Thyme"))
    assert found("thyme", "m_qwen2_5_7b") == ["Thyme"]
    Completion.objects.create(message=run.message, model="gpt", status=Status.COMPLETE)
    assert (found("thyme", "m_qwen2_5_7b"), found("thyme", "m_gpt")) == ([], ["Thyme"])


def test_messages_go_with_their_conversation_to_another_owner(conversation):
    message(conversation, "Thyme")
    bob = User.objects.create_user("bob")
    before = conversation.owner_id
    conversation.owner = bob
    conversation.save()
    assert (found("thyme", f"o_{before}"), found("thyme", f"o_{bob.pk}")) == ([], ["Thyme"])
    assert SearchEntry.objects.get().owner_id == TitleEntry.objects.get().owner_id == bob.pk


def test_messages_of_one_second_keep_their_order(conversation):
    at = datetime(2020, 5, 1, 12, tzinfo=UTC)
    message(conversation, "Thyme much later")
    for number in range(200):
        said = message(conversation, f"Thyme {number}")
        Message.objects.filter(pk=said.pk).update(created=at)
    next_day = message(conversation, "Thyme the next day")
    Message.objects.filter(pk=next_day.pk).update(created=at + timedelta(days=1))
    expected = ["Thyme much later", "Thyme the next day", *(f"Thyme {n}" for n in reversed(range(200)))]
    assert found("thyme") == expected


def test_messages_between_others_keep_their_order(conversation):
    """As an import brings them: several conversations of the same minutes."""
    at = datetime(2020, 5, 1, 12, tzinfo=UTC)
    for name in ("Sage", "Thyme"):
        for number in range(50):
            message(conversation, f"{name} {number}", created=at + timedelta(seconds=5 * number))
    message(conversation, "Thyme an hour later", created=at + timedelta(hours=1))
    assert found("thyme") == ["Thyme an hour later", *(f"Thyme {n}" for n in reversed(range(50)))]
    assert found("sage") == [f"Sage {n}" for n in reversed(range(50))]


@pytest.mark.parametrize("year", [1, 1901, 2500, 9999])
def test_a_message_of_any_time_can_be_stored(conversation, year):
    said = message(conversation, "Thyme")
    Message.objects.filter(pk=said.pk).update(created=datetime(year, 6, 1, tzinfo=UTC))
    assert found("thyme") == ["Thyme"]


@pytest.mark.parametrize(
    "text", ["", "!!!", "\u0000 a", "x" * 10_000, "字" * 20_000, "𠀀𠀁 \ufffe \U0010ffff"]
)
def test_any_text_can_be_stored(conversation, database, text):
    message(conversation, text.replace("\0", "") if database == "postgresql" else text)
    Message.objects.all().delete()
    assert not SearchEntry.objects.exists()


def test_the_longest_text_can_be_stored(conversation):
    message(conversation, "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(500_000)))
    message(conversation, " ".join(f"{n:x}" * 3 for n in range(50_000)))
    assert SearchEntry.objects.count() == 2
