"""Which model answers: the environment's, Ollama's, an admin's, or the demo."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsite.providers.discovery import choose_automatic, connect, discover
from chatsite.providers.models import Model, Origin, Provider
from chatsite.providers.serving import choices_for

pytestmark = pytest.mark.django_db


def offered() -> list[str]:
    return [model.name for model in choices_for(None)]


def test_with_nothing_around_the_demo_answers_and_says_so():
    (found,) = connect()
    assert offered() == ["demo"]
    assert "canned" in str(found)


def test_the_environments_server_comes_first(settings, server):
    server.models = ["large", "small"]
    settings.OPENAI_BASE_URL = settings.OLLAMA_BASE_URL = server.base_url
    connect()
    assert offered() == ["large", "small"]
    assert Provider.objects.in_use().get().origin == Origin.ENVIRONMENT


def test_the_environments_key_is_sent_and_never_stored(settings, server):
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.base_url, "sk-secret"
    connect()
    assert server.other_requests[0].headers["authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in str(Provider.objects.values())


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_be_written_leaves_what_was_known(settings, server):
    settings.OPENAI_BASE_URL, server.models = server.base_url, ["large"]
    connect()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            (found,) = connect()
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert "could not be stored" in str(found) and offered() == ["large"]


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


def test_a_key_without_an_address_is_told_where_the_demo_is(settings):
    settings.OPENAI_API_KEY = "sk-secret"
    (found,) = connect()
    assert "OPENAI_API_KEY is set without OPENAI_BASE_URL" in str(found)


def test_ollama_is_found_when_it_starts_after_the_site(settings, server):
    connect()
    assert offered() == ["demo"]
    settings.OLLAMA_BASE_URL = server.base_url
    connect()
    assert offered() == ["test-model"]


def test_an_ollama_that_is_away_is_told_and_not_replaced_by_the_demo(settings, server):
    settings.OLLAMA_BASE_URL = server.base_url
    connect()
    settings.OLLAMA_BASE_URL = "http://127.0.0.1:9/v1"
    (found,) = connect()
    assert found.error == "The model server cannot be reached."
    assert Provider.objects.in_use().get().is_unreachable
    assert offered() == ["test-model"]


def test_the_demo_does_not_answer_in_place_of_a_provider_that_is_switched_off():
    connect()
    Provider.objects.create(name="Mine", base_url="http://127.0.0.1:9/v1", enabled=False)
    connect()
    assert offered() == []


@pytest.mark.parametrize("setting", ["OPENAI_BASE_URL", "OLLAMA_BASE_URL"])
def test_a_provider_that_the_site_made_stays_off_when_an_admin_switched_it_off(settings, server, setting):
    setattr(settings, setting, server.base_url)
    connect()
    Provider.objects.update(enabled=False)
    connect()
    assert offered() == []
    assert not Provider.objects.in_use().exists()


def test_a_list_that_comes_after_the_address_was_changed_is_not_kept(server):
    provider = Provider.objects.create(name="Mine", base_url=server.base_url)
    Provider.objects.update(base_url="http://127.0.0.1:9/v1")
    choose_automatic()
    discover([provider])
    assert offered() == []


@pytest.mark.parametrize("window", [10**10, -5, "131072", 0])
def test_one_odd_model_keeps_no_site_from_starting(settings, server, window):
    odd = [{"id": "odd", "context_length": window}, {"id": "x" * 300}, {"id": "  "}, 7, {"id": "a\0b"}]
    server.reply(body={"data": [*odd, {"id": "good", "context_length": 4096}]}, path="/v1/models")
    settings.OPENAI_BASE_URL = server.base_url
    connect()
    windows = dict(Model.objects.values_list("name", "listed_window"))
    assert (windows["odd"], windows["good"]) == (None, 4096)
    assert "x" * 300 not in windows


@pytest.mark.parametrize("setting", ["", "OPENAI_BASE_URL", "OLLAMA_BASE_URL"])
def test_choosing_again_what_was_chosen_writes_nothing(settings, server, setting):
    if setting:
        setattr(settings, setting, server.base_url)
    choose_automatic()
    with CaptureQueriesContext(connection) as queries:
        choose_automatic()
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_one_provider_that_cannot_be_asked_keeps_no_other_from_being_asked(server):
    Provider.objects.create(name="Endless", base_url=server.base_url, connect_timeout=1e308)
    Provider.objects.create(name="Mine", base_url=server.base_url)
    connect()
    assert [str(model.provider) for model in Model.objects.filter(available=True)] == ["Mine"]
    assert "log says why" in Provider.objects.get(name="Endless").error
