"""A prompt with a first version, and people who manage prompts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client

from chatsite.prompts.models import PromptRelease, SystemPrompt
from tests.prompts.editing import Editor

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def hours(count: float) -> datetime:
    """Return the time `count` hours after noon."""
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


@pytest.fixture
def root(client, anna, prompt) -> Editor:
    client.force_login(anna)
    return Editor(client, prompt)


@pytest.fixture
def editor_of(prompt):
    """Makes somebody on the staff who may do these things with prompts."""

    def editor_of(name: str, *verbs: str) -> Editor:
        person = User.objects.create_user(name, is_staff=True)
        person.user_permissions.set(
            Permission.objects.filter(codename__in=[f"{verb}_systemprompt" for verb in verbs])
        )
        client = Client()
        client.force_login(person)
        return Editor(client, prompt)

    return editor_of


@pytest.fixture
def run(capsys):
    """Runs the command, and returns what it says."""

    def run(*args: str) -> str:
        call_command("prompts", *map(str, args))
        return capsys.readouterr().out

    return run


@pytest.fixture
def folder(tmp_path, run, prompt):
    """The site's one prompt, exported."""
    prompt.groups.add(Group.objects.create(name="Sales"))
    prompt.variables.create(name="company", default="ACME")
    run("export", tmp_path / "prompts")
    return tmp_path / "prompts"
