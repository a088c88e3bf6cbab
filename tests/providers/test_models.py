"""Which model a new conversation gets, and which providers serve a model."""

import pytest
from django.contrib.auth.models import Group, User

from chatsite.providers.kinds import Kind
from chatsite.providers.models import Model, Provider
from chatsite.providers.serving import choices_for, default_for, serving

pytestmark = pytest.mark.django_db


def provided(name: str, *models: str, **fields) -> Provider:
    provider = Provider.objects.create(name=name, base_url="http://127.0.0.1:9/v1", **fields)
    for position, model in enumerate(models):
        Model.objects.create(provider=provider, name=model, position=position)
    Model.objects.pick()
    return provider


def default() -> str:
    return default_for(None).name


def test_of_two_servers_with_one_model_the_higher_priority_is_asked_first():
    for name, priority in (("Slow", 0), ("Fast", 5)):
        provided(name, "same", priority=priority)
    assert [model.provider.name for model in serving("same", None)] == ["Fast", "Slow"]
    assert [model.name for model in choices_for(None)] == ["same"]


def test_a_model_that_nobody_serves_is_served_by_no_other_in_its_place():
    provided("Mine", "large")
    assert serving("gone", None) == []


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
    assert default_for(None) is None
    assert serving("", None) == []
    Model.objects.update(default=True)
    assert default() == "first"


@pytest.fixture
def people():
    """Alice is in the group of writers, mallory in none."""
    alice, mallory = (User.objects.create_user(name) for name in ("alice", "mallory"))
    alice.groups.add(Group.objects.create(name="writers"))
    return alice, mallory


def names(person: User) -> list[str]:
    return [model.name for model in choices_for(person.pk)]


def restrict(name: str) -> None:
    for model in Model.objects.filter(name=name):
        model.groups.set(Group.objects.filter(name="writers"))
    Model.objects.pick()


def test_a_model_for_a_group_is_for_its_members_only(people):
    provided("Mine", "large", "small")
    restrict("large")
    alice, mallory = people
    assert (names(alice), names(mallory)) == (["large", "small"], ["small"])
    assert [model.name for model in serving("large", alice.pk)] == ["large"]
    assert serving("large", mallory.pk) == []
    assert list(Model.objects.usable_by(mallory).values_list("name", flat=True)) == ["small"]
    assert [model.name for model in choices_for(None)] == ["large", "small"]


def test_a_person_falls_back_only_to_providers_whose_model_is_for_that_person(people):
    provided("Fast", "same", priority=5)
    restrict("same")
    provided("Slow", "same")
    alice, mallory = people
    assert [model.provider.name for model in serving("same", alice.pk)] == ["Fast", "Slow"]
    assert [model.provider.name for model in serving("same", mallory.pk)] == ["Slow"]


def test_who_may_not_use_the_default_gets_what_the_site_picks_for_everyone(people):
    provided("Mine", "large", "small")
    Model.objects.filter(name="large").update(default=True)
    restrict("large")
    alice, mallory = people
    assert default_for(alice.pk).name == "large"
    assert default_for(mallory.pk).name == "small"
    assert [model.name for model in serving("", mallory.pk)] == ["small"]


def test_a_default_of_one_name_is_the_default_for_everybody_whoever_asked_before(people):
    provided("Fast", "same", priority=5)
    restrict("same")
    provided("Slow", "another", "same")
    Model.objects.filter(provider__name="Fast").update(default=True)
    alice, mallory = people
    for person in (mallory, alice, mallory):
        assert default_for(person.pk).name == "same"


def test_the_site_does_not_pick_a_default_that_is_for_some_only(people):
    provided("Mine", "large", "small")
    restrict("large")
    assert Model.objects.get(picked=True).name == "small"
