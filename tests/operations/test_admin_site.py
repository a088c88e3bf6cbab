"""Addresses and forms of the admin that nobody meant: a list is shown unfiltered and says so, a form is refused."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import models
from django.urls import NoReverseMatch, reverse

from chatsite.operations.admin_site import MAX_SEARCH_WORDS, ONLY_FIRST_WORDS
from chatsite.providers.models import Model, Provider
from tests.admin_pages import STREAMED, listed, one_of_each, url_of

HUGE = "9" * 25
NO_IDS = [HUGE, f"-{HUGE}", "-1", "1.5", "word", "\0", "9" * 5000, "1b4e28ba-2fa1-11d2-883f-0016d3cca427"]


@pytest.fixture
def root(client, database):
    client.force_login(User.objects.create_superuser("root"))
    return client


def lists():
    """Each list of the admin, and the lookups of numbers that its address can have."""
    for model, each in admin.site._registry.items():
        if url := _list_of(model):
            yield url, [*_numeric(model), *_filters(each)]


def _list_of(model) -> str | None:
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    except NoReverseMatch:  # tries are listed nowhere
        return None


def _numeric(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            yield f"{field.name}__{field.target_field.name}__exact"
            yield f"{field.name}__exact"
            yield f"{field.name}__in"
        elif isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
            yield from (f"{field.name}{lookup}" for lookup in ("", "__exact", "__gt", "__in"))
        elif isinstance(field, models.DateField):
            yield from (f"{field.name}__{lookup}" for lookup in ("year", "year__gt", "day"))


def _filters(each):
    for name in each.list_filter:
        if isinstance(name, str):
            yield f"{name}__id__exact"


def test_no_list_fails_at_a_number_that_is_too_large(root):
    root.raise_request_exception = False
    failed, number = [], 0
    for url, lookups in lists():
        for lookup in lookups:
            number += 1
            if root.get(url, {lookup: HUGE}).status_code == 500:
                failed.append(f"{url}?{lookup}")
    assert number > 100
    assert failed == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL compares it, and finds nothing
@pytest.mark.parametrize("lookup", ["provider__exact", "position__in"])
def test_a_list_that_was_asked_for_a_number_that_is_too_large_is_shown_unfiltered_and_says_so(root, lookup):
    Provider.objects.create(name="Mine", base_url="http://h/v1")
    page = root.get("/admin/providers/model/", {lookup: HUGE}, follow=True)
    assert page.redirect_chain == [("/admin/providers/model/", 302)]
    assert "had a number that is too large" in page.content.decode()


def actions():
    """Each action of each list."""
    for model, each in admin.site._registry.items():
        if url := _list_of(model):
            yield from ((url, name) for name in ["delete_selected", *(each.actions or [])])


@pytest.mark.parametrize("chosen", NO_IDS)
def test_no_action_fails_at_what_is_no_id(root, chosen):
    one_of_each(User.objects.create_user("alice"))
    root.raise_request_exception = False
    statuses = {
        (url, name): root.post(url, {"action": name, "_selected_action": chosen, "post": "yes"}).status_code
        for url, name in actions()
    }
    assert len(statuses) > 20
    assert [each for each, status in statuses.items() if status == 500] == []


def test_an_action_leaves_out_what_is_no_id(root):
    provider = Provider.objects.create(name="Mine", base_url="http://h/v1")
    one, two = (Model.objects.create(provider=provider, name=name) for name in ("one", "two"))
    root.post("/admin/providers/model/", {"action": "withdraw", "_selected_action": [*NO_IDS, one.pk]})
    assert not Model.objects.get(pk=one.pk).offered and Model.objects.get(pk=two.pk).offered


def test_an_action_on_no_id_alone_asks_to_select_something(root):
    form = {"action": "withdraw", "_selected_action": "word"}
    page = root.post("/admin/providers/model/", form, follow=True)
    assert "Items must be selected" in page.content.decode()


def test_no_form_fails_at_a_number_that_is_too_large(root):
    objects = one_of_each(User.objects.create_user("alice"))
    root.raise_request_exception = False
    failed = []
    for name, (_, given, _) in listed().items():
        if name not in STREAMED:
            url = url_of(name, given, objects)
            if root.post(url, dict.fromkeys(_fields(root.get(url)), HUGE)).status_code == 500:
                failed.append(name)
    assert failed == []


def _fields(page) -> set[str]:
    html = "" if page.streaming else page.content.decode()
    return set(re.findall(r' name="(\w+)"', html)) - {"csrfmiddlewaretoken"}


def test_a_form_with_a_number_that_is_too_large_is_refused(root):
    group = Group.objects.create(name="Editors")
    page = root.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Writers", "permissions": HUGE})
    assert page.status_code in {200, 400} and Group.objects.get().name == "Editors"


def test_no_list_fails_at_a_search_of_many_words(root):
    root.raise_request_exception = False
    failed = [url for url, _ in lists() if root.get(url, {"q": "a " * 1500}, follow=True).status_code != 200]
    assert failed == []


def test_a_list_that_was_asked_for_many_words_says_that_it_searched_for_the_first_ones(root):
    Provider.objects.create(name="Mine", base_url="http://h/v1")
    words = [f"w{number}" for number in range(MAX_SEARCH_WORDS + 5)]
    page = root.get("/admin/providers/model/", {"q": " ".join(words), "offered__exact": 1}, follow=True)
    assert 'value="w0 w1' in page.content.decode()
    assert 'w19"' in page.content.decode()
    assert "w20" not in page.content.decode()
    assert "offered__exact=1" in page.redirect_chain[0][0]
    assert ONLY_FIRST_WORDS in page.content.decode()


def test_the_choices_of_a_field_do_not_fail_at_a_search_of_many_words(root):
    field = {"app_label": "usage", "model_name": "limit", "field_name": "person", "term": "a " * 1500}
    page = root.get("/admin/autocomplete/", field, follow=True)
    assert page.json()["results"] == []
