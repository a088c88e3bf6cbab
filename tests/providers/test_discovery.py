"""Which model answers: the environment's, Ollama's, an admin's, or the demo."""

import socket
import time

import pytest
from django.contrib.auth.models import User

from chatsite.providers.discovery import connect
from chatsite.providers.models import Model, Origin, Provider
from tests.upstream import UpstreamThread


@pytest.fixture
def server():
    with UpstreamThread() as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_around(settings, db):
    """No model server where the site looks for one by itself."""
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = ""
    settings.OLLAMA_BASE_URL = "http://127.0.0.1:9/v1"


def offered() -> list[str]:
    return [model.name for model in Model.objects.choices()]


def test_with_nothing_around_the_demo_answers_and_says_so():
    (found,) = connect()
    assert offered() == ["demo"]
    assert "canned" in str(found)


def test_the_environments_server_comes_first(settings, server):
    server.models = ["large", "small"]
    settings.OPENAI_BASE_URL = settings.OLLAMA_BASE_URL = server.base_url
    connect()
    assert offered() == ["large", "small"]
    assert Provider.objects.get(enabled=True).origin == Origin.ENVIRONMENT


def test_the_environments_key_is_sent_and_never_stored(settings, server):
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.base_url, "sk-secret"
    connect()
    assert server.other_requests[0].headers["authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in str(Provider.objects.values())


def test_a_running_ollama_is_found(settings, server):
    settings.OLLAMA_BASE_URL = server.base_url
    connect()
    assert offered() == ["test-model"]


def test_the_demo_steps_back_when_a_real_server_appears(settings, server):
    connect()
    settings.OPENAI_BASE_URL = server.base_url
    connect()
    assert offered() == ["test-model"]


def test_a_model_that_is_gone_is_not_offered(settings, server):
    settings.OPENAI_BASE_URL = server.base_url
    connect()
    server.models = ["newer"]
    connect()
    assert offered() == ["newer"]
    assert Model.objects.filter(name="test-model", available=False).exists()


def test_a_server_that_does_not_answer_is_said_in_a_sentence(settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    (found,) = connect()
    assert found.error.endswith(".")
    assert offered() == []


@pytest.fixture
def silent():
    """A server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        yield f"http://{host}:{port}/v1"


def test_servers_that_do_not_answer_are_waited_for_together(settings, silent, server):
    def seconds():
        begin = time.monotonic()
        connect()
        return time.monotonic() - begin

    settings.OPENAI_BASE_URL = server.base_url
    Provider.objects.create(name="Silent", base_url=silent, first_token_timeout=1)
    for_one = seconds()
    for number in range(5):
        Provider.objects.create(name=f"Silent {number}", base_url=silent, first_token_timeout=1)
    assert seconds() < for_one + 1
    assert offered() == ["test-model"]


def test_a_provider_that_cannot_be_asked_keeps_no_other_from_being_asked(settings, server):
    Provider.objects.create(name="Broken", base_url=server.base_url, headers={"Two\nlines": "x"})
    settings.OPENAI_BASE_URL = server.base_url
    errors = {str(found.provider): found.error for found in connect()}
    assert errors["Broken"].endswith(".") and errors["OPENAI_BASE_URL"] == ""
    assert offered() == ["test-model"]


def test_a_provider_saved_in_the_admin_is_asked_at_once_and_its_key_never_shown(client, server):
    connect()
    client.force_login(User.objects.create_superuser("root"))
    times = {"connect_timeout": 5, "first_token_timeout": 120, "idle_timeout": 60, "total_timeout": 600}
    fields = {
        "name": "Mine",
        "base_url": server.base_url,
        "new_key": "sk-12345678",
        "headers": "{}",
        "priority": 0,
    }
    client.post("/admin/providers/provider/add/", fields | times | {"enabled": "on"})
    mine = Provider.objects.get(name="Mine")
    assert offered() == ["test-model"]
    assert mine.key == "sk-12345678"
    page = client.get(f"/admin/providers/provider/{mine.pk}/change/").content.decode()
    assert "sk-12345678" not in page and "5678" in page


def test_the_last_model_made_default_is_the_default(client, settings, server):
    server.models = ["large", "small"]
    settings.OPENAI_BASE_URL = server.base_url
    connect()
    client.force_login(User.objects.create_superuser("root"))
    for model in Model.objects.filter(name__in=["large", "small"]):
        fields = {"provider": model.provider_id, "name": model.name, "enabled": "on", "default": "on"}
        client.post(f"/admin/providers/model/{model.pk}/change/", fields)
    assert Model.objects.get(default=True).name == Model.objects.chosen().name == "small"


def test_of_two_servers_with_one_model_the_higher_priority_is_asked_first():
    for name, priority in (("Slow", 0), ("Fast", 5)):
        provider = Provider.objects.create(name=name, base_url="http://127.0.0.1:9/v1", priority=priority)
        Model.objects.create(provider=provider, name="same")
    assert [model.provider.name for model in Model.objects.serving("same")] == ["Fast", "Slow"]
    assert offered() == ["same"]
