from uuid import uuid4

import pytest
from django.template import engines
from django.urls import reverse, set_script_prefix

NAMES = ["conversations:new", "conversations:history"]


def rendered(source: str, *contexts: dict) -> list[str]:
    """The same template, rendered several times."""
    template = engines["django"].from_string(source)
    return [template.render(context) for context in contexts]


@pytest.fixture
def below():
    set_script_prefix("/below/")
    yield
    set_script_prefix("/")


def test_a_computed_name_leads_to_each_address():
    assert rendered("{% url name %}", *({"name": name} for name in NAMES)) == [*map(reverse, NAMES)]


def test_each_uuid_has_its_own_address():
    uuids = [uuid4(), uuid4()]
    found = rendered("{% url 'conversations:detail' uuid %}", *({"uuid": each} for each in uuids))
    assert found == [reverse("conversations:detail", args=[each]) for each in uuids]


def test_an_argument_that_is_no_uuid_leads_to_its_address():
    found = rendered("{% url 'banners:dismiss' pk %}", {"pk": 7}, {"pk": 12})
    assert found == [reverse("banners:dismiss", args=[pk]) for pk in (7, 12)]


def test_addresses_are_below_the_path_of_the_site(below):
    uuid = uuid4()
    found = rendered("{% url 'conversations:new' %} {% url 'conversations:detail' uuid %}", {"uuid": uuid})
    assert found == [f"/below/ /below/conversations/{uuid}/"]


def test_an_address_is_looked_for_again_below_another_path(request):
    template = engines["django"].from_string("{% url 'conversations:new' %}")
    assert template.render({}) == "/"
    request.getfixturevalue("below")
    assert template.render({}) == "/below/"
