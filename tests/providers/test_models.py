"""Which model a new conversation gets, and which providers serve a model."""

import pytest

from chatsite.providers.kinds import Kind
from chatsite.providers.models import Model, Provider
from chatsite.providers.serving import serving

pytestmark = pytest.mark.django_db


def provided(name: str, *models: str, **fields) -> Provider:
    provider = Provider.objects.create(name=name, base_url="http://127.0.0.1:9/v1", **fields)
    for position, model in enumerate(models):
        Model.objects.create(provider=provider, name=model, position=position)
    Model.objects.pick()
    return provider


def default() -> str:
    return Model.objects.default().name


def test_of_two_servers_with_one_model_the_higher_priority_is_asked_first():
    for name, priority in (("Slow", 0), ("Fast", 5)):
        provided(name, "same", priority=priority)
    assert [model.provider.name for model in serving("same")] == ["Fast", "Slow"]
    assert [model.name for model in Model.objects.choices()] == ["same"]


def test_a_model_that_nobody_serves_is_served_by_no_other_in_its_place():
    provided("Mine", "large")
    assert serving("gone") == []


@pytest.mark.parametrize("priority", [0, 5])
def test_the_default_stays_when_another_provider_is_added(priority):
    provided("Mine", "large", "small")
    provided("Another", "aardvark", priority=priority)
    assert default() == "large"


def test_the_default_stays_when_a_model_is_put_before_it_in_the_list():
    mine = provided("Mine", "large")
    Model.objects.update(position=1)
    Model.objects.create(provider=mine, name="newest", position=0)
    Model.objects.pick()
    assert default() == "large"


def test_a_default_that_an_admin_chose_comes_before_all_others():
    provided("Mine", "large", "small")
    Model.objects.filter(name="small").update(default=True)
    provided("Another", "aardvark", priority=9)
    assert default() == "small"


def test_a_default_is_the_default_whichever_provider_serves_it_first():
    provided("Mine", "large", "small")
    Model.objects.filter(name="small").update(default=True)
    provided("Another", "small", priority=9)
    assert default() == "small"


def test_when_the_default_is_gone_the_next_one_is_picked_and_stays():
    provided("Mine", "large", "small")
    Model.objects.filter(name="large").update(available=False)
    Model.objects.pick()
    assert default() == "small"
    Model.objects.update(available=True)
    Model.objects.pick()
    assert default() == "small"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.CHAT])
def test_a_model_that_is_not_for_chat_is_the_default_only_when_an_admin_says_so(kind):
    provided("Mine", "first")
    Model.objects.update(kind=kind)
    Model.objects.pick()
    assert Model.objects.default() is None
    assert serving("") == []
    Model.objects.update(default=True)
    assert default() == "first"
