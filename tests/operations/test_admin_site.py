"""Addresses of admin lists that nobody meant: a list says so, and is shown unfiltered."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.urls import NoReverseMatch, reverse

from chatsite.providers.models import Provider

HUGE = "9" * 25


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
