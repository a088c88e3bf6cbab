"""A prompt with a live version and a draft, and an editor of prompts who tries them and runs cases."""

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User

from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.runs.process import PROCESS
from chatsite.tryouts.models import Tryout, TryoutAnswer
from chatsite.tryouts.registry import TRYOUTS
from tests.tryouts import running_cases, trying


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
    """Makes a tryout by somebody with `count` answers, which alternate between both versions."""

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


@pytest.fixture
async def trier(anna, prompt, provider, tryouts):
    return await trying.browser(anna, prompt)


@pytest.fixture
def reader(anna) -> User:
    """Anna, who may read what people said."""
    anna.user_permissions.add(Permission.objects.get(codename="view_conversation_text"))
    return anna


@pytest.fixture
def past(prompt):
    """Makes a conversation; returns its questions."""

    @database_sync_to_async
    def past(owner, *questions):
        return list(trying.talk(owner, prompt, *questions).messages.filter(role="user").order_by("pk"))

    return past


@pytest.fixture
async def editor(anna, prompt, provider, tryouts):
    return await running_cases.browser(anna, prompt)


@pytest.fixture
def case(prompt):
    """Makes a case."""

    async def case(name, kind="", text="", tokens=None) -> PromptCase:
        check = {"check_kind": kind, "check_text": text, "check_tokens": tokens}
        messages = [{"role": "user", "text": f"{name}?"}]
        return await prompt.cases.acreate(name=name, messages=messages, **check)

    return case
