"""Folders: their names, their prompts, and the conversations that begin in them."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from chatsite.chat.commands import read_form
from chatsite.conversations.models import Conversation, Folder
from chatsite.conversations.options import Options
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.history.organising.folder_views import TOO_MANY
from chatsite.history.organising.forms import EMPTY, TAKEN, TOO_LONG
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model, Provider


@pytest.fixture
def make(client, alice):
    """Makes a folder by the form; returns the page that it leads to."""
    client.force_login(alice)
    return lambda name, **fields: client.post(
        reverse("conversations:folders"), {"name": name, **fields}, follow=True
    )


@pytest.fixture
def tutor(db) -> SystemPrompt:
    prompt = SystemPrompt.objects.create(name="Tutor")
    prompt.publish("Explain.")
    return prompt


@pytest.fixture
def offered(db):
    provider = Provider.objects.create(name="Local", base_url="http://local.invalid/v1")
    Model.objects.create(provider=provider, name="local", default=True)


def begin(owner, **options) -> Conversation:
    """A conversation that a first message makes."""
    uuid = uuid4()
    create_message(owner, uuid, NewMessage(uuid4(), "Hello", options=Options(model="local", **options)))
    made = Conversation.objects.select_related("folder", "system_prompt").get(uuid=uuid)
    made.messages.get(role="assistant").completions.update(status="complete")
    return made


@pytest.mark.parametrize("name", ["Work", "🌱", "Ünïcödé — ok", "x" * 100, "<b>", "a" + "\u0301"])
def test_names_that_can_be(make, alice, name):
    assert make(name).status_code == 200
    assert Folder.objects.get().owner == alice


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", EMPTY),
        ("  \t ", EMPTY),
        ("\u200b\u200b", EMPTY),
        ("\0", EMPTY),
        ("x" * 101, TOO_LONG),
        ("x" * 10_000, TOO_LONG),
    ],
)
def test_names_that_cannot(make, name, sentence):
    page = make(name)
    assert page.status_code == 422 and sentence in page.content.decode().replace("&#x27;", "'")
    assert not Folder.objects.exists()


@pytest.mark.parametrize(
    ("one", "other"), [("Work", "work"), ("Work", " WORK "), ("Straße", "STRASSE"), ("É", "e\u0301")]
)
def test_two_names_that_differ_in_case_alone_are_one(make, one, other):
    make(one)
    assert TAKEN in make(other).content.decode()
    assert Folder.objects.count() == 1


def test_nul_is_left_out_of_a_name(make):
    make("Wo\0rk")
    assert Folder.objects.get().name == "Work"


def test_others_may_have_a_folder_of_the_same_name(make, bob):
    Folder.objects.create(owner=bob, name="Work")
    make("Work")
    assert Folder.objects.count() == 2


def test_there_is_a_most(make, alice):
    for number in range(Folder.MAX_FOLDERS):
        Folder.objects.create(owner=alice, name=f"{number}")
    assert TOO_MANY in make("One more").content.decode()


def test_a_folder_is_renamed_and_keeps_its_own_name_in_another_case(client, make, alice):
    make("Work")
    folder = Folder.objects.get()
    client.post(reverse("conversations:change-folder", args=[folder.uuid]), {"name": "WORK"})
    folder.refresh_from_db()
    assert (folder.name, folder.key) == ("WORK", "work")


def test_a_folder_is_deleted_and_its_conversations_stay(client, make, alice):
    make("Work")
    folder = Folder.objects.get()
    Conversation.objects.create(owner=alice, folder=folder)
    url = reverse("conversations:delete-folder", args=[folder.uuid])
    assert "Its conversations stay" in client.get(url).content.decode()
    client.post(url)
    assert (Folder.objects.count(), Conversation.objects.get().folder) == (0, None)


@pytest.mark.parametrize("name", ["change-folder", "delete-folder"])
def test_a_strangers_folder_is_not_there(client, mallory, alice, name):
    folder = Folder.objects.create(owner=alice, name="Work")
    client.force_login(mallory)
    assert (
        client.post(reverse(f"conversations:{name}", args=[folder.uuid]), {"name": "Mine"}).status_code == 404
    )
    for uuid in (folder.uuid, "nonsense", uuid4()):
        for path in ("/conversations/", "/conversations/list/", "/"):
            assert client.get(path, {"folder": uuid}).status_code == 404
        assert (
            "This folder does not" in client.get("/conversations/entries/", {"folder": uuid}).content.decode()
        )
    assert Folder.objects.get().name == "Work"


def test_a_conversation_begins_in_its_folder_with_the_folders_prompt(alice, tutor, offered):
    SystemPrompt.objects.create(name="Usual", is_default=True).publish("Be brief.")
    folder = Folder.objects.create(owner=alice, name="School", system_prompt=tutor)
    made = begin(alice, folder=folder.uuid)
    assert (made.folder, made.system_prompt) == (folder, tutor)
    made = begin(alice, folder=folder.uuid, prompt="Usual")
    assert (made.folder, made.system_prompt.name) == (folder, "Usual")
    assert begin(alice).system_prompt.name == "Usual"


def test_a_prompt_that_the_person_may_not_use_any_more_is_not_used(alice, tutor, offered):
    folder = Folder.objects.create(owner=alice, name="School", system_prompt=tutor)
    tutor.groups.add(Group.objects.create(name="Teachers"))
    made = begin(alice, folder=folder.uuid)
    assert (made.folder, made.system_prompt) == (folder, None)


def test_a_folder_that_is_none_is_no_reason_to_lose_a_message(alice, mallory, offered):
    theirs = Folder.objects.create(owner=mallory, name="Theirs")
    for uuid in (theirs.uuid, uuid4()):
        assert begin(alice, folder=uuid).folder is None


def test_the_page_of_a_new_conversation_knows_its_folder(client, alice, tutor):
    folder = Folder.objects.create(owner=alice, name="School", system_prompt=tutor)
    client.force_login(alice)
    page = client.get("/", {"folder": folder.uuid}).content.decode()
    assert f'name="folder" value="{folder.uuid}"' in page and "School" in page
    assert '<option value="Tutor" data-version="1"' in page and "Tutor · v1" in page
    assert 'name="folder"' not in client.get("/").content.decode().split("<main")[1]


def test_a_form_names_the_folder():
    uuid = uuid4()
    assert read_form({"text": "Hi", "folder": str(uuid)}).options.folder == uuid
    assert read_form({"text": "Hi", "folder": ""}).options.folder is None


def test_a_search_narrows_by_folder(client, alice):
    folder = Folder.objects.create(owner=alice, name="Work in progress")
    for title, where in (("Bean soup", folder), ("Bean pie", None)):
        conversation = Conversation.objects.create(owner=alice, title=title, folder=where)
        conversation.messages.create(role="user", text=f"{title} recipe")
    client.force_login(alice)
    for query in ("folder:PROGRESS bean", 'folder:"work in" recipe', "folder:work"):
        page = client.get("/conversations/", {"q": query}).content.decode().split("<main")[1]
        assert "soup" in page and "pie" not in page, query


def lists(client, **query) -> str:
    return client.get(reverse("conversations:folder-lists"), query).content.decode()


def test_a_script_gets_everything_that_names_folders(client, alice):
    client.force_login(alice)
    work = Folder.objects.create(owner=alice, name="Work")
    conversation = Conversation.objects.create(owner=alice)
    page = lists(client, folder=work.uuid, conversation=conversation.uuid)
    for name in ("heading", "shelves", "side", "options", "row-menu", "bar-menu"):
        part = page.split(f'data-folders="{name}"')[1]
        assert "Work" in part.split("data-folders")[0], name
    assert f"/conversations/{conversation.uuid}/act/?to={work.uuid}" in page


def test_a_page_of_a_deleted_folder_gets_the_lists_of_those_that_are_left(client, alice):
    client.force_login(alice)
    Folder.objects.create(owner=alice, name="Work")
    assert "Work" in lists(client, folder=uuid4(), conversation="nonsense")


def test_a_stranger_s_folders_are_in_no_list(client, alice, mallory):
    work = Folder.objects.create(owner=alice, name="Work")
    client.force_login(mallory)
    assert "Work" not in lists(client, folder=work.uuid)
