"""A prompt with a live version and a draft, and an editor of prompts who tries them."""

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User

from chatsite.prompts.models import SystemPrompt
from chatsite.runs.process import PROCESS
from chatsite.tryouts.models import Tryout, TryoutAnswer
from chatsite.tryouts.registry import TRYOUTS


@pytest.fixture
def anna(db) -> User:
    anna = User.objects.create_user("anna", first_name="Anna", is_staff=True)
    anna.user_permissions.add(Permission.objects.get(codename="change_systemprompt"))
    return anna


@pytest.fixture
def prompt(anna) -> SystemPrompt:
    """v1 is live, v2 a draft."""
    prompt = SystemPrompt.objects.create(name="Support")
    prompt.publish("You help customers.", anna)
    prompt.draft("You help {{ user.name }}.", anna)
    return prompt


@pytest.fixture
async def tryouts():
    """What this process writes; nothing is left behind."""
    yield TRYOUTS
    await TRYOUTS.drain()
    await PROCESS.reset()


@pytest.fixture
def tried(anna, prompt):
    """Makes a tryout by somebody with so many answers, which alternate between both versions."""

    @database_sync_to_async
    def tried(count=1, by=anna, model="test-model", text="Hello?") -> list[TryoutAnswer]:
        messages = [{"role": "user", "text": text}]
        tryout = Tryout.objects.create(owner=by, prompt=prompt, messages=messages)
        versions = list(prompt.versions.order_by("number"))
        return [
            TryoutAnswer.objects.create(tryout=tryout, version=versions[n % 2], model=model)
            for n in range(count)
        ]

    return tried
