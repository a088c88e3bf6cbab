"""Finding words in one conversation."""

import re

import pytest
from django.urls import reverse

from chatsite.chat.find_views import MAX_HITS
from chatsite.conversations.models import Conversation, Message
from chatsite.history.search.in_conversation import PAGE
from tests.conversations.test_branch import chain


@pytest.fixture
def conversation(database, django_user_model) -> Conversation:
    return Conversation.objects.create(owner=django_user_model.objects.create_user("alice"), title="Soups")


@pytest.fixture
def find(client, conversation):
    def find(typed, **options) -> dict:
        client.force_login(conversation.owner)
        found = client.get(reverse("conversations:find", args=[conversation.uuid]), {"q": typed, **options})
        assert found.status_code == 200
        return found.json()

    return find


@pytest.fixture
def listed(client, conversation):
    def listed(typed, **options) -> str:
        client.force_login(conversation.owner)
        found = client.get(conversation.get_absolute_url(), {"find": typed, **options})
        assert found.status_code == 200
        return found.content.decode()

    return listed


def say(conversation, *texts) -> list[Message]:
    """Add messages, each a reply to the one before."""
    made = []
    for text in texts:
        conversation.head = conversation._add(
            Message(parent=conversation.head, role=("user", "assistant")[len(made) % 2], text=text)
        )
        made.append(conversation.head)
    conversation.save()
    return made


def uuids(*messages) -> list[str]:
    return [str(message.uuid) for message in messages]


def test_hits_are_in_the_order_of_the_conversation(find, conversation):
    first, _, third = say(conversation, "Bean soup", "Anything else?", "More soups")
    found = find("soup")
    assert (found["hits"], found["count"], found["others"], found["start"]) == (uuids(first, third), 2, 0, 0)
    assert find("soup", near=str(third.uuid))["start"] == 1


@pytest.mark.parametrize(
    "typed", ["CAFÉ", "cafe", "strasse", "ёжик", "豆腐", "豆", '"bean soup"', "bea soup -zebra"]
)
def test_words_are_found_as_the_search_finds_them(find, conversation, typed):
    (message, _) = say(conversation, "Café, Straße, Ежик, 豆腐汤 and bean soup", "Nothing of that")
    assert find(typed)["hits"] == uuids(message)


def test_quoted_words_are_found_whole(find, conversation):
    say(conversation, "Bean soups")
    assert find('"bean soup"')["count"] == 0


def test_nothing_of_another_conversation_is_found(find, conversation):
    (mine,) = say(conversation, "Soup")
    say(Conversation.objects.create(owner=conversation.owner), "Soup")
    assert find("soup")["hits"] == uuids(mine)


def test_hits_on_other_versions_are_counted_and_listed(find, listed, client, conversation):
    question, hidden = say(conversation, "Which soup?", "Bean soup")
    conversation.head = question
    (shown,) = say(conversation, "Tomato soup")
    found = find("soup")
    assert (found["hits"], found["count"], found["others"]) == (uuids(question, shown), 2, 1)
    html = listed("soup")
    assert "3 messages" in html and html.count("on another version") == 1
    assert f'data-message="{hidden.uuid}"' in html
    (address,) = re.findall(rf'href="([^"]*{hidden.uuid}/\?mark=soup)"', html)
    html = client.get(address, follow=True).content.decode()
    assert f'id="m-{hidden.uuid}"' in html and "Bean <mark>soup</mark>" in html


def test_a_message_that_is_not_loaded_is_found_and_shown_with_its_words_marked(find, client, conversation):
    (early,) = say(conversation, "The fox & the *hare*")
    chain(conversation, 100, early)
    assert find("hare")["hits"] == uuids(early)
    html = client.get(
        conversation.get_absolute_url(), {"at": early.uuid, "mark": "hare fox"}
    ).content.decode()
    assert "The <mark>fox</mark> &amp; the *<mark>hare</mark>*" in html
    address = reverse("conversations:messages", args=[conversation.uuid])
    html = client.get(address, {"at": early.uuid, "mark": "hare"}).content.decode()
    assert "<mark>hare</mark>" in html


def test_many_hits_are_listed_in_parts(find, listed, conversation):
    made = chain(conversation, PAGE + 1)
    html = listed("hello")
    assert html.count("data-message=") == PAGE
    (after,) = re.findall(r'href="\?find=hello&amp;after=([\w-]+)" rel="next"', html)
    rest = listed("hello", after=after)
    assert f'data-message="{made[-1].uuid}"' in rest and rest.count("data-message=") == 1


def test_ten_thousand_hits_are_counted(find, conversation):
    made = chain(conversation, 10_000)
    found = find("hello")
    assert found["count"] == 10_000 and found["hits"] == uuids(*made[:MAX_HITS])


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-soup", "Add a word"),
        ("model:x soup", "work in the search of all conversations"),
        ("!!", "Search for letters"),
        ("x" * 500, "at most"),
        ("\0", ""),
        ("  ", ""),
    ],
)
def test_what_cannot_be_found_says_why(find, listed, conversation, typed, sentence):
    say(conversation, "Soup")
    found = find(typed)
    assert sentence in found["problem"] and found["hits"] == []
    assert sentence in listed(typed)


def test_words_that_nobody_said_are_not_found(listed, conversation):
    say(conversation, "Soup")
    assert "Nothing in this conversation matches “zebra &lt;b&gt;”" in listed("zebra <b>")
    assert "Find in this conversation" in listed("")


def test_a_stranger_finds_nothing(client, django_user_model, conversation):
    say(conversation, "Soup")
    client.force_login(django_user_model.objects.create_user("mallory"))
    assert (
        client.get(reverse("conversations:find", args=[conversation.uuid]), {"q": "soup"}).status_code == 404
    )
    assert client.get(conversation.get_absolute_url(), {"find": "soup"}).status_code == 404
