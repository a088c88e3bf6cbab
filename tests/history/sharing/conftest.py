"""Conversations that are shared."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from chatsite.conversations.models import Conversation, Status
from chatsite.history.sharing.models import Share
from chatsite.history.sharing.snapshots import take

SECRET_REASONING = "They may be a spy."


def say(conversation: Conversation, text: str, answer: str, reasoning: str = "") -> None:
    """Add a question and its complete answer."""
    run = conversation.reply_to(conversation.say(uuid4(), text, conversation.head), model="test-model")
    run.status, run.message.text, run.message.reasoning = Status.COMPLETE, answer, reasoning
    run.save()
    run.message.save()


@pytest.fixture
def talk(alice) -> Conversation:
    """Alice's conversation about bread: a question and its answer."""
    conversation = Conversation.objects.create(owner=alice, title="Bread")
    say(conversation, "How do I bake *bread*?", "With **patience**.", SECRET_REASONING)
    return conversation


def shared(conversation: Conversation, **fields) -> Share:
    """A link to the conversation as it is now: for anybody, unless the fields say otherwise."""
    defaults = {"signed_in_only": False, "expires": timezone.now() + timedelta(days=30)}
    share = Share(conversation=conversation, **{**defaults, **fields})
    take(share)
    return share


def body(response) -> str:
    return b"".join(response).decode()


def seen(path: str, user=None) -> str:
    """What a person, or anybody, sees at this path."""
    browser = Client()
    if user:
        browser.force_login(user)
    return body(browser.get(path))


def response(path: str, user=None, **how):
    browser = Client()
    if user:
        browser.force_login(user)
    return browser.get(path, **how)
