"""The rule of retention in the admin: who sets it, and what it counts."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chatsite.conversations.models import Conversation, Message
from chatsite.history.retention.due import NOTICE
from chatsite.history.retention.models import RetentionRule

DAY = timedelta(days=1)


@pytest.fixture
def alice(database):
    return User.objects.create_user("alice")


@pytest.fixture
def bob(database):
    return User.objects.create_user("bob")


def rule(days: int | None = 30, old: timedelta = NOTICE + DAY, **terms) -> RetentionRule:
    """A rule that was set so long ago."""
    made = RetentionRule.objects.create(days=days, **terms)
    RetentionRule.objects.update(since=timezone.now() - old)
    made.refresh_from_db()
    return made


def conversation(owner, days: float, title: str = "Old", **fields) -> Conversation:
    """One whose last message, and last change, are so many days old."""
    moment = timezone.now() - timedelta(days=days)
    made = Conversation.objects.create(owner=owner, title=title, updated=moment, **fields)
    Message.objects.create(conversation=made, role="user", text=f"Soup {uuid4()}")
    Conversation.objects.filter(pk=made.pk).update(changed=moment)
    return made


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
