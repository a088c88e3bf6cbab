"""Who may open which page of the admin, and run which action. A page or an action that is not listed fails."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse

from chatsite.history.retention.models import RetentionRule
from tests.admin_pages import (
    ACTIONS,
    DJANGOS,
    MODELS,
    OWN_PAGES,
    STREAMED,
    SUPERUSERS,
    listed,
    one_of_each,
    url_of,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def objects(alice) -> dict[str, Any]:
    return one_of_each(alice)


def names(patterns) -> set[str | None]:
    found: set[str | None] = set()
    for each in patterns:
        found |= {each.name} if isinstance(each, URLPattern) else names(each.url_patterns)
    return found


def permissions(codes) -> list[Permission]:
    wanted = {code for together in codes for code in together.split()}
    found = Permission.objects.select_related("content_type")
    return [each for each in found if f"{each.content_type.app_label}.{each.codename}" in wanted]


def person(may=(), but=None, **fields) -> User:
    """Staff with these permissions, or with all but some."""
    user = User.objects.create(username=uuid4().hex, **{"is_staff": True, **fields})
    pks = {each.pk for each in permissions(may if but is None else but)}
    if but is not None:
        pks = set(Permission.objects.values_list("pk", flat=True)) - pks
    user.user_permissions.set(pks)
    return user


def browser(**fields) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person(**fields))
    return client


def opens(client: Client, url: str, method: str) -> bool | None:
    """Whether a page opens; None where it leads to the page to sign in. An error page about its object counts."""
    response = getattr(client, method)(url)
    if response.status_code == 302 and response.url.startswith("/admin/login/"):
        return None
    assert response.status_code != 500, url
    return response.status_code != 403


def test_every_page_is_listed():
    assert names(admin.site.get_urls()) - DJANGOS - set(SUPERUSERS) == set(listed())


def test_every_kind_of_object_is_listed():
    assert {model._meta.label_lower for model in admin.site._registry} - OWN_PAGES == set(MODELS)


@pytest.mark.parametrize("name", sorted(listed().keys() - STREAMED))
def test_a_page_opens_for_those_who_may_and_for_nobody_else(name, objects):
    check(name, objects)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(STREAMED))
def test_a_stream_opens_for_those_who_may_and_for_nobody_else(name, objects):
    check(name, objects)


def check(name: str, objects) -> None:
    any_of, given, method = listed()[name]
    if name == "history_retentionrule_add":  # there is one rule at most
        RetentionRule.objects.all().delete()
    url = url_of(name, given, objects)
    assert not opens(Client(), url, method), "nobody"
    assert not opens(browser(is_staff=False, may=any_of), url, method), "a person who is not staff"
    assert opens(browser(), url, method) is False, "staff without a permission"
    assert opens(browser(but=any_of), url, method) is False, "staff with all other permissions"
    for may in any_of:
        assert opens(browser(may=[may]), url, method) is True, f"staff with {may}"
    assert opens(browser(is_superuser=True), url, method) is bool(any_of), "a superuser"


def of_list(label: str) -> Any:
    return next(each for model, each in admin.site._registry.items() if model._meta.label_lower == label)


def test_every_action_is_listed():
    found = {
        (model._meta.label_lower, name if isinstance(name, str) else name.__name__)
        for model, each in admin.site._registry.items()
        for name in each.actions or []
    }
    assert found == set(ACTIONS)


@pytest.mark.parametrize(("label", "action"), sorted(ACTIONS))
def test_an_action_is_for_those_who_may_and_for_nobody_else(label, action, objects):
    any_of = ACTIONS[label, action]
    assert all(is_offered(label, action, person(may=[may])) for may in any_of)
    assert not is_offered(label, action, person(but=any_of))
    assert not is_offered(label, action, AnonymousUser())


def is_offered(label: str, action: str, user) -> bool:
    request = RequestFactory().get("/admin/")
    request.user = user
    return action in of_list(label).get_actions(request)


def test_any_staff_opens_the_index_and_nobody_else(client, mallory):
    assert client.get("/admin/").status_code == 302
    client.force_login(mallory)
    assert client.get("/admin/").status_code == 302
    assert browser().get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "method"), SUPERUSERS.items())
def test_only_a_superuser_opens(name, method):
    url = reverse(f"admin:{name}")
    assert not opens(Client(), url, method)
    assert not opens(browser(is_staff=False), url, method)
    assert opens(browser(but=[]), url, method) is False
    assert opens(browser(is_superuser=True), url, method)
