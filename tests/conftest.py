"""The world of the tests: alice owns, bob shares the site with her, mallory is a stranger to both."""

import gc
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from chatsite.conversations.models import Conversation, Status
from chatsite.history.search.check import problems
from chatsite.providers.models import Model, Provider
from tests.harness.databases import database, flush, postgres  # noqa: F401
from tests.harness.site import LANES
from tests.harness.sockets import open_page, site  # noqa: F401
from tests.upstream import Upstream

FAULTS = Path(__file__).with_name("faults")
# Of the fault tests, the files that take longest.
LONGEST = [
    "test_kill", "test_sqlite", "test_unwritable", "test_outages", "test_claims", "test_workers", "test_network",
    "test_recovery", "test_resumes", "test_connections",
]  # fmt: skip


def pytest_addoption(parser):
    parser.addoption("--faults", choices=["short", "full"], default="short", help="few seeds, or all of them")


def pytest_xdist_auto_num_workers(config) -> int:
    """Directories are run in lanes, files beside each other; a file alone is run in this very process."""
    return LANES if all(Path(place).is_dir() for place in config.args) else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Spread the fault tests, which wait most of the time, among the others, the longest first: lanes take files in
    this order, so that some of them wait while others compute, and none is alone with a long file in the end."""
    paths = list(dict.fromkeys(item.path for item in items))
    others = [path for path in paths if not path.is_relative_to(FAULTS)]
    faults = sorted(set(paths).difference(others), key=lambda path: (_length_rank(path.stem), path))
    order = {path: number / len(kind) for kind in (others, faults) for number, path in enumerate(kind)}
    items.sort(key=lambda item: order[item.path])


def _length_rank(stem: str) -> int:
    return LONGEST.index(stem) if stem in LONGEST else len(LONGEST)


def pytest_collection_finish():
    """Nothing of thousands of collected tests is garbage, and each look through them takes time."""
    gc.collect()
    gc.freeze()


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
