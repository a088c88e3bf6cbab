"""Whose conversations there are: for their owner, someone else, nobody, and after a deletion."""

from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from chatsite.conversations.models import Conversation, Role

GONE = """
    CREATE TRIGGER gone BEFORE UPDATE ON conversations_conversation BEGIN SELECT RAISE(IGNORE); END
"""

REQUESTS = pytest.mark.parametrize(
    ("method", "name", "succeeds"),
    [
        ("get", "detail", 200),
        ("post", "rename", 302),
        ("get", "delete", 200),
        ("post", "delete", 302),
        ("post", "head", 302),
    ],
)


def respond(client, person, conversation, method, name):
    """The answer to a request that is right in all but, perhaps, the person."""
    client.force_login(person)
    fields = {"title": "A name", "message": str(conversation.messages.last().uuid)}
    return getattr(client, method)(reverse(f"conversations:{name}", args=[conversation.uuid]), fields)


@REQUESTS
def test_ones_own_conversation_is_there(client, alice, conversation, method, name, succeeds):
    assert respond(client, alice, conversation, method, name).status_code == succeeds


@REQUESTS
def test_a_strangers_conversation_is_not_there(client, mallory, conversation, method, name, succeeds):
    before = list(Conversation.objects.values())
    response = respond(client, mallory, conversation, method, name)
    assert response.status_code == 404
    assert "bold" not in response.content.decode()
    assert list(Conversation.objects.values()) == before and conversation.messages.count() == 2


def test_a_conversation_that_nobody_has_is_not_there(client, alice):
    client.force_login(alice)
    assert client.get(reverse("conversations:detail", args=[uuid4()])).status_code == 404


def test_a_strangers_message_has_no_source(client, mallory, conversation):
    client.force_login(mallory)
    message = conversation.messages.first()
    url = reverse("conversations:source", args=[conversation.uuid, message.uuid])
    assert client.get(url).status_code == 404


def test_nobody_sees_a_page_without_signing_in(client, conversation):
    for url in ("/", "/conversations/", conversation.get_absolute_url()):
        assert client.get(url).url.startswith("/accounts/login/")


@pytest.mark.parametrize("change", ["rename", "head", "permalink"])
def test_what_was_deleted_meanwhile_is_not_there(client, alice, conversation, change):
    question = conversation.messages.get(role=Role.USER)
    other = conversation.say(uuid4(), "Another?", None)
    conversation.keep()
    client.force_login(alice)
    address = conversation.get_absolute_url()
    with connection.cursor() as cursor:
        # The row is there when it is read, and is not when it is changed.
        cursor.execute(GONE)
    response = {
        "rename": lambda: client.post(f"{address}rename/", {"title": "Better"}),
        "head": lambda: client.post(f"{address}head/", {"message": str(question.uuid)}),
        "permalink": lambda: client.get(f"{address}messages/{question.uuid}/"),
    }[change]()
    assert (response.status_code, conversation.head) == (404, other)


def test_a_conversation_that_was_deleted_meanwhile_has_no_branch(conversation):
    Conversation.objects.get(pk=conversation.pk).delete()
    assert conversation.branch() == []
