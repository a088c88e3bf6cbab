"""A deleted conversation: its owner finds it nowhere until it is restored."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from chatsite.chat import queries
from chatsite.conversations.continuation import continue_interrupted
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion, Conversation, Message, Status
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.history.exchange.export_queries import conversations, primary_keys


@pytest.fixture
def deleted(conversation) -> Conversation:
    conversation.deleted = timezone.now()
    conversation.save()
    return conversation


@pytest.mark.parametrize("name", ["history", "list"])
def test_no_list_shows_it(page, deleted, name):
    assert str(deleted.uuid) not in page(name).content.decode()
    assert str(deleted.uuid) not in page(name, q="bold").content.decode()


@pytest.mark.parametrize("name", ["detail", "rename", "delete", "head"])
def test_its_pages_are_not_found(page, post, deleted, name):
    assert page(name, deleted.uuid).status_code in (404, 405)
    assert post(name, deleted.uuid, title="New").status_code in (404, 405)
    assert Conversation.objects.filter(pk=deleted.pk).exists()


@pytest.mark.parametrize("name", ["message", "source"])
def test_links_to_its_messages_are_not_found(page, deleted, name):
    assert page(name, deleted.uuid, deleted.head.uuid).status_code == 404


def test_it_is_not_exported(client, page, alice, deleted):
    assert primary_keys(alice) == primary_keys(alice, Conversation.objects.filter(pk=deleted.pk)) == []
    assert list(conversations([deleted.pk])) == []
    assert page("history").status_code == 200
    assert client.get(reverse("exchange:export-one", args=[deleted.uuid])).status_code == 404


def test_a_message_to_it_is_refused(alice, deleted):
    with pytest.raises(Refusal) as refused:
        create_message(alice, deleted.uuid, NewMessage(uuid4(), "Hello?"))
    assert refused.value.code == "not_found"
    assert Message.objects.count() == 2


def test_its_interrupted_answer_is_not_continued(deleted):
    Completion.objects.update(status=Status.INTERRUPTED, finished=timezone.now())
    assert not Completion.objects.interrupted_once().exists()
    assert continue_interrupted() == []


@pytest.mark.django_db(transaction=True)
async def test_it_is_not_among_those_that_are_being_answered(alice, deleted):
    await Completion.objects.aupdate(status=Status.STREAMING)
    assert (await queries.opening(alice, None, 0)).answering == []


def test_its_page_learns_that_it_is_deleted(alice, deleted):
    assert Conversation.objects.deleted_by(alice).get() == deleted
