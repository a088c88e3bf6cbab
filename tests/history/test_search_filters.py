"""What narrows a search down: lists, dates, models and prompts."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from chatsite.conversations.models import Conversation, Message, Outcome, Status
from chatsite.history.search import results as results_module
from chatsite.history.search.query import read
from chatsite.history.search.results import ONLY_NEWEST, find
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from tests.history.searches import conversation, said, titles


@pytest.fixture
def alice(database) -> User:
    return User.objects.create_user("alice")


def test_pinned_and_archived_conversations(alice):
    conversation(alice, "Soup, pinned", title="Pinned", pinned=True)
    conversation(alice, "Soup, archived", title="Archived", archived=True)
    conversation(alice, "Soup")
    assert said(alice, "soup is:pinned") == ["Soup, pinned"]
    assert said(alice, "soup is:archived") == ["Soup, archived"]
    assert said(alice, "soup is:archived is:pinned") == []
    assert titles(alice, "is:pinned") == ["Pinned"]


def test_a_filter_that_fits_nearly_nothing_says_how_far_it_looked(alice, monkeypatch):
    monkeypatch.setattr(results_module, "MAX_CANDIDATES", 50)
    monkeypatch.setattr(results_module, "CANDIDATES_AT_ONCE", 25)
    conversation(alice, "Soup, pinned", pinned=True)
    conversation(alice, *(f"Soup {number}" for number in range(60)))
    results = find(alice, read("soup is:pinned"))
    assert (results.messages, results.note) == ([], ONLY_NEWEST)


def test_dates(alice):
    made = conversation(alice, "Soup of May", "Soup of June")
    may, june = made.messages.order_by("pk")
    Message.objects.filter(pk=may.pk).update(created=datetime(2026, 5, 31, 12, tzinfo=UTC))
    Message.objects.filter(pk=june.pk).update(created=datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert said(alice, "soup before:2026-06") == ["Soup of May"]
    assert said(alice, "soup after:2026-06-01") == ["Soup of June"]
    assert said(alice, "soup after:2026-05 before:2027") == ["Soup of June", "Soup of May"]
    assert said(alice, "soup after:9999") == said(alice, "soup before:0001") == []


def test_models_and_prompts(alice):
    prompt = SystemPrompt.objects.create(name="My tutor")
    version = SystemPromptVersion.objects.create(prompt=prompt, number=1, text="Teach.")
    made = Conversation.objects.create(owner=alice)
    question = made.say(uuid4(), "Which soup?", None)
    for model, used in (("GPT-4o mini", version), ("qwen:7b", None)):
        made.reply_to(question, model=model, prompt_version=used).finish(
            Outcome(Status.COMPLETE, f"Soup by {model}")
        )
    assert said(alice, "soup model:gpt-4o") == ["Soup by GPT-4o mini"]
    assert said(alice, "soup model:qwen model:gpt") == ["Soup by qwen:7b", "Soup by GPT-4o mini"]
    assert said(alice, "soup prompt:tutor") == ["Soup by GPT-4o mini"]
    assert said(alice, "soup prompt:nobody") == []
