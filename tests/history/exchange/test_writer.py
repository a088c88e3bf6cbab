"""What an import leaves in the database, and what it never touches."""

import json
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone

from chatsite.conversations.models import Completion, Conversation, Folder, Message, Status
from chatsite.history.exchange.export_json import json_export
from chatsite.history.exchange.export_queries import conversations, primary_keys
from chatsite.history.exchange.identifiers import derived
from chatsite.history.exchange.import_file import import_file
from tests.history.exchange.test_samples import EXPECTED, SAMPLES

pytestmark = pytest.mark.django_db


def imported(owner, *conversations) -> dict:
    reader, counts = import_file(BytesIO(json.dumps(conversations).encode()), owner)
    return counts.report(reader)


def chat(id: str, *texts: str, **more) -> dict:
    """A line of messages as ChatGPT exports it."""
    names = [f"{id}-{number}" for number in range(len(texts))]
    mapping = {
        name: {
            "parent": names[number - 1] if number else None,
            "message": {
                "author": {"role": "assistant" if number % 2 else "user"},
                "create_time": 1_750_000_000 + number,
                "content": {"content_type": "text", "parts": [text]},
                "metadata": {},
            },
        }
        for number, (name, text) in enumerate(zip(names, texts, strict=True))
    }
    return {"id": id, "title": id, "mapping": mapping, "current_node": names[-1], **more}


def shown(conversation) -> list[str]:
    return [message.text for message in conversation.branch()]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_imported_twice_adds_nothing(alice, name):
    expected = EXPECTED[name]
    with (SAMPLES / name).open("rb") as file:
        reader, counts = import_file(file, alice)
        report = counts.report(reader)
        file.seek(0)
        again, counts_again = import_file(file, alice)
    assert report == {
        "source": expected["source"],
        "error": expected["error"],
        "conversations": len(expected["conversations"]),
        "messages": sum(each["messages"] for each in expected["conversations"]),
        "skipped": expected["skipped"],
        "notes": expected["notes"],
    }
    assert report | {"conversations": 0, "messages": 0} == counts_again.report(again)
    assert Conversation.objects.of(alice).count() == len(expected["conversations"])
    data = sorted((each["title"], [text for _, text in each["main"]]) for each in expected["conversations"])
    assert sorted((each.title, shown(each)) for each in Conversation.objects.of(alice)) == data


def test_messages_keep_their_times(alice):
    imported(alice, chat("a", "When?", "Then."))
    conversation = Conversation.objects.get()
    assert [message.created.timestamp() for message in conversation.branch()] == [
        1_750_000_000,
        1_750_000_001,
    ]
    assert conversation.updated.timestamp() == 1_750_000_001


def test_a_later_export_adds_only_what_is_new(alice):
    imported(alice, chat("a", "One", "Two"))
    kept = set(Message.objects.values_list("pk", flat=True))
    report = imported(alice, chat("a", "One", "Two", "Three", "Four"), chat("b", "Hello", "Hi"))
    assert (report["conversations"], report["messages"]) == (1, 4)
    assert kept < set(Message.objects.values_list("pk", flat=True))
    assert shown(Conversation.objects.get(title="a")) == ["One", "Two", "Three", "Four"]


def test_an_answer_that_was_unfinished_grows(alice):
    imported(alice, chat("a", "One", "Tw"))
    assert imported(alice, chat("a", "One", "Two"))["messages"] == 0
    assert shown(Conversation.objects.get()) == ["One", "Two"]


def test_what_a_person_went_on_with_stays_shown_and_named(alice):
    imported(alice, chat("a", "One", "Two"))
    conversation = Conversation.objects.get()
    conversation.say(derived(0, "test"), "My own question", conversation.head)
    conversation.keep()
    conversation.title = "My name for it"
    conversation.touch("title")
    imported(alice, chat("a", "One", "Two", "Three", "Four"))
    conversation.refresh_from_db()
    assert conversation.title == "My name for it"
    assert shown(conversation) == ["One", "Two", "My own question"]
    assert conversation.messages.count() == 5


@pytest.mark.parametrize("finished", ["now", "2099-01-01T00:00:00Z"])
def test_the_site_does_not_continue_what_was_interrupted_elsewhere(alice, finished):
    now = timezone.now().isoformat()
    run = {"model": "demo", "status": "interrupted", "finished": now if finished == "now" else finished}
    question = {"id": str(uuid4()), "role": "user", "text": "Hello?", "created": now}
    answer = {"id": str(uuid4()), "role": "assistant", "text": "Hel", "created": now, "completions": [run]}
    answer["parent"] = question["id"]
    about = {"format": "chatsite", "version": 1, "id": str(uuid4()), "created": now, "head": answer["id"]}
    imported(alice, about | {"messages": [question, answer]})
    assert Completion.objects.get().status == Status.INTERRUPTED
    assert not Completion.objects.interrupted_once()


def test_two_people_may_import_the_same_file(alice, bob):
    imported(alice, chat("a", "One", "Two"))
    assert imported(bob, chat("a", "One", "Two"))["conversations"] == 1
    assert Conversation.objects.of(bob).get().uuid != Conversation.objects.of(alice).get().uuid


def test_ids_of_a_file_reach_nobody_elses_rows(alice, mallory):
    theirs = Conversation.objects.create(owner=alice, title="Private")
    message = theirs.say(derived(0, "test"), "A secret", None)
    theirs.keep()
    data = {"id": str(message.uuid), "role": "user", "text": "Changed", "created": "2026-01-01T00:00:00Z"}
    about = {"format": "chatsite", "version": 1, "id": str(theirs.uuid), "title": "Taken over"}
    imported(mallory, about | {"created": "2026-01-01T00:00:00Z", "messages": [data], "head": data["id"]})
    theirs.refresh_from_db()
    assert (theirs.owner, theirs.title, shown(theirs)) == (alice, "Private", ["A secret"])
    assert Conversation.objects.of(mallory).get().uuid != theirs.uuid


def test_a_uuid_that_a_stranger_took_costs_this_conversation_alone(alice, mallory):
    taken = derived(alice.pk, "chatgpt", "a", "a-0")
    theirs = Conversation.objects.create(owner=mallory, title="Trap")
    theirs.say(taken, "Here first", None)
    theirs.keep()
    report = imported(alice, chat("a", "One", "Two"), chat("b", "Hello", "Hi"))
    assert report["skipped"]["conversation"] == {"taken": 1}
    assert Conversation.objects.of(alice).get().title == "b"
    assert Message.objects.get(uuid=taken).text == "Here first"


def test_an_unfinished_answer_can_be_continued(alice):
    one = chat("a", "One", "Tw")
    one["mapping"]["a-1"]["message"]["status"] = "in_progress"
    imported(alice, one)
    run = Message.objects.get(role="assistant").completion
    assert run.status == Status.STOPPED and run.can_continue


def test_ten_thousand_siblings_come(alice):
    one = chat("a", "One", "Two")
    answer = one["mapping"]["a-1"]
    one["mapping"] |= {f"s{number}": answer for number in range(10_000)}
    assert imported(alice, one)["messages"] == 10_002


def test_a_title_of_a_million_characters_is_cut(alice):
    imported(alice, chat("a", "One", "Two") | {"title": "word " * 200_000})
    assert len(Conversation.objects.get().title) == 200


def test_folders_and_flags_travel_in_our_own_export(alice, bob):
    work = Folder.objects.create(owner=alice, name="Work")
    for title, state in (
        ("Filed", {"folder": work, "pinned": True}),
        ("Away", {"archived": True}),
        ("Gone", {"deleted": timezone.now()}),
    ):
        conversation = Conversation.objects.create(owner=alice, title=title, **state)
        conversation.head = conversation.messages.create(role="user", text=title)
        conversation.save()
    data = json.loads("".join(json_export(conversations(primary_keys(alice)))))
    assert {each["title"]: each["folder"] for each in data["conversations"]} == {
        "Filed": "Work",
        "Away": None,
    }
    Folder.objects.create(owner=bob, name="WORK")
    for _ in range(2):
        imported(bob, *data["conversations"])
    filed, away = Conversation.objects.of(bob).order_by("-title")
    assert (filed.folder.name, filed.folder.owner, filed.pinned, filed.archived) == ("WORK", bob, True, False)
    assert (away.folder, away.pinned, away.archived) == (None, False, True)
    assert Folder.objects.count() == 2


@pytest.mark.parametrize("name", ["", " ", None, 5, ["x"], "\0", "\u200b", {"a": 1}])
def test_a_folder_without_a_name_is_none(alice, name):
    data = {
        "format": "chatsite",
        "version": 1,
        "id": str(uuid4()),
        "created": "2026-01-01T00:00:00Z",
        "folder": name,
        "messages": [{"id": str(uuid4()), "role": "user", "text": "Hi", "created": "2026-01-01T00:00:00Z"}],
    }
    imported(alice, data)
    assert Conversation.objects.get().folder is None and not Folder.objects.exists()


def test_a_file_with_endless_folders_makes_only_as_many_as_a_person_may_have(alice):
    message = {"role": "user", "text": "Hi", "created": "2026-01-01T00:00:00Z"}
    files = [
        {
            "format": "chatsite",
            "version": 1,
            "id": str(uuid4()),
            "created": "2026-01-01T00:00:00Z",
            "folder": f"{number} " + "x" * 200,
            "messages": [message | {"id": str(uuid4())}],
        }
        for number in range(Folder.MAX_FOLDERS + 5)
    ]
    imported(alice, *files)
    assert Folder.objects.count() == Folder.MAX_FOLDERS
    assert Conversation.objects.count() == Folder.MAX_FOLDERS + 5


def test_what_was_deleted_comes_back_when_it_is_imported_again(alice):
    imported(alice, chat("a", "When?", "Then."))
    Conversation.objects.update(deleted=timezone.now())
    report = imported(alice, chat("a", "When?", "Then."))
    assert report["notes"] == {"restored": 1} and report["conversations"] == 0
    assert Conversation.objects.of(alice).count() == 1
