"""The rule of retention in the admin: who sets it, and what it counts."""

import pytest
from django.contrib.auth.models import User

from chatsite.conversations.models import Conversation
from chatsite.history.retention.models import RetentionRule
from tests.history.retained import conversation


@pytest.fixture
def alice(database):
    return User.objects.create_user("alice")


@pytest.fixture
def bob(database):
    return User.objects.create_user("bob")


@pytest.fixture
def admin(client, admin_user):
    client.force_login(admin_user)
    return client


def test_an_admin_sets_the_rule_and_counts_what_it_would_delete(db, admin, admin_user):
    for days in (99, 98, 26):
        conversation(admin_user, days)
    counted = admin.get("/admin/history/retentionrule/count/?days=30&keep_pinned=on").content.decode()
    assert "2 conversations are old enough" in counted and "1 more" in counted and "deletes 0" in counted
    assert not RetentionRule.objects.exists()
    too_few = admin.get("/admin/history/retentionrule/count/?days=3").content.decode()
    assert "greater than or equal to 14" in too_few
    admin.post("/admin/history/retentionrule/add/", {"days": "30", "keep_pinned": "on"})
    stored = RetentionRule.objects.get()
    assert stored.terms == (30, True, False)
    assert admin.get("/admin/history/retentionrule/add/").status_code == 403
    page = admin.get("/admin/history/retentionrule/1/change/").content.decode()
    assert "/admin/history/retentionrule/count/" in page
    assert Conversation.objects.count() == 3


def test_only_who_may_see_the_rule_counts(db, client, django_user_model):
    client.force_login(django_user_model.objects.create_user("helper", is_staff=True))
    assert client.get("/admin/history/retentionrule/count/").status_code == 403
