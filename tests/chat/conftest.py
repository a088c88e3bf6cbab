"""A conversation of alice's, and her requests for pages."""

from uuid import uuid4

import pytest
from django.urls import reverse

from chatsite.conversations.models import Conversation, Status


@pytest.fixture
def conversation(alice) -> Conversation:
    """One question of alice's with one answer."""
    conversation = Conversation.objects.create(owner=alice)
    question = conversation.say(uuid4(), "Is *this* bold?", None)
    run = conversation.reply_to(question, model="demo")
    run.status, run.message.text = Status.COMPLETE, "No, but **this** is."
    run.save()
    run.message.save()
    return conversation


@pytest.fixture
def page(client, alice):
    client.force_login(alice)
    return lambda name, *args, **query: client.get(reverse(f"conversations:{name}", args=args), query)


@pytest.fixture
def post(client, alice):
    client.force_login(alice)
    return lambda name, *args, **fields: client.post(reverse(f"conversations:{name}", args=args), fields)
