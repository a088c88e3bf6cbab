"""The world of the tests: alice owns, bob shares the site with her, mallory is a stranger to both."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from chatsite.conversations.models import Conversation, Status
from chatsite.history.search.check import problems
from chatsite.providers.models import Model, Provider
from tests.harness.databases import database, flush, postgres  # noqa: F401
from tests.harness.sockets import open_page, site  # noqa: F401
from tests.upstream import Upstream

LANES = 3


def pytest_addoption(parser):
    parser.addoption("--faults", choices=["short", "full"], default="short", help="few seeds, or all of them")


def pytest_xdist_auto_num_workers(config) -> int:
    """Directories are run in lanes, files beside each other; a file alone is run in this very process."""
    return LANES if all(Path(place).is_dir() for place in config.args) else 0


@pytest.fixture
def alice(db) -> User:
    return User.objects.create_user("alice", password="alice's password")


@pytest.fixture
def bob(db) -> User:
    return User.objects.create_user("bob", password="bob's password")


@pytest.fixture
def mallory(db) -> User:
    return User.objects.create_user("mallory", password="mallory's password")


@pytest.fixture
async def upstream():
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
def provider(transactional_db, upstream) -> Provider:
    """The scripted upstream as the site's one provider, with one model."""
    Provider.objects.update(enabled=False)
    provider = Provider.objects.create(name="Scripted", base_url=upstream.base_url)
    Model.objects.create(provider=provider, name="test-model", default=True)
    return provider


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests begin with empty tables. After all of them, the search index has nothing of what they have stored."""
    with django_db_blocker.unblock():
        flush()
    yield
    with django_db_blocker.unblock():
        assert problems() == []


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
