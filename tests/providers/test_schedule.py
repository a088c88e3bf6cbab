"""When providers are asked for their models again."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from chatsite.providers.models import Provider
from chatsite.providers.schedule import Schedule, ask_due
from chatsite.providers.serving import choices_for, default_for

NOWHERE = "http://127.0.0.1:9/v1"


def asked(name: str, ago: timedelta | None, **fields) -> Provider:
    when = None if ago is None else timezone.now() - ago
    return Provider.objects.create(name=name, base_url=NOWHERE, asked=when, **fields)


DUE = {
    "it was never asked": (None, {}),
    "its list is ten minutes old": (timedelta(minutes=11), {}),
    "it could not be reached a minute ago": (timedelta(seconds=70), {"is_unreachable": True}),
    "the clock was set back since": (timedelta(hours=-1), {}),
}
NOT_DUE = {
    "its list is new": (timedelta(minutes=5), {}),
    "it was tried just now": (timedelta(seconds=20), {"is_unreachable": True}),
    "it is switched off": (None, {"enabled": False}),
    "it does not apply": (None, {"applies": False}),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "fields"), DUE.values(), ids=DUE.keys())
def test_a_provider_is_asked_when(ago, fields):
    asked("Mine", ago, **fields)
    assert len(ask_due(look_for_ollama=False)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "fields"), NOT_DUE.values(), ids=NOT_DUE.keys())
def test_a_provider_is_left_alone_when(ago, fields):
    asked("Mine", ago, **fields)
    assert ask_due(look_for_ollama=False) == []


@pytest.mark.django_db
def test_of_two_workers_one_asks():
    asked("Mine", None)
    assert [len(ask_due(look_for_ollama=False)) for _ in range(2)] == [1, 0]


@pytest.mark.django_db
def test_a_server_that_comes_up_late_is_found_and_no_longer_called_unreachable(server):
    provider = asked("Mine", None)
    ask_due(look_for_ollama=False)
    provider.refresh_from_db()
    assert (provider.is_unreachable, provider.error) == (True, "The model server cannot be reached.")
    Provider.objects.update(base_url=server.base_url, asked=timezone.now() - timedelta(seconds=70))
    ask_due(look_for_ollama=False)
    provider.refresh_from_db()
    assert (provider.is_unreachable, provider.error) == (False, "")
    assert choices_for(None)[0].name == "test-model"


@pytest.mark.django_db
def test_an_ollama_that_starts_after_the_site_takes_the_demos_place(settings, server):
    ask_due(look_for_ollama=True)
    assert default_for(None).name == "demo"
    settings.OLLAMA_BASE_URL = server.base_url
    ask_due(look_for_ollama=True)
    assert [model.name for model in choices_for(None)] == ["test-model"]


@pytest.mark.django_db(transaction=True)
def test_the_process_asks_by_itself_and_its_end_waits_for_nobody(server, silent):
    asked("Silent", None, total_timeout=2)
    Provider.objects.update(base_url=silent)
    asked("Mine", None)
    Provider.objects.filter(name="Mine").update(base_url=server.base_url)
    running = Schedule(poll_seconds=0.05)
    running.begin()
    (thread,) = [each for each in threading.enumerate() if each.name == "model lists"]
    assert thread.daemon
    for _ in range(200):
        if server.other_requests:
            break
        time.sleep(0.05)
    assert server.other_requests
    running.end()
    Provider.objects.filter(name="Silent").delete()
    thread.join(20)
    connections.close_all()
    assert not thread.is_alive()
