"""A prompt with a first version, and people who manage prompts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from chatsite.prompts.models import PromptRelease, SystemPrompt
from tests.history.conftest import database, postgres  # noqa: F401

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def hours(count: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=count)


@pytest.fixture
def anna(db) -> User:
    return User.objects.create_superuser("anna", first_name="Anna")


@pytest.fixture
def prompt(anna) -> SystemPrompt:
    """It is live since noon."""
    prompt = SystemPrompt.objects.create(name="Support")
    version = prompt.draft("You help customers.", anna, "first text")
    PromptRelease.objects.create(prompt=prompt, version=version, by=anna, at=NOON)
    return prompt
