"""People in the admin."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsite.conversations.models import Completion, Conversation, Message


@pytest.fixture
def conversation(alice) -> Conversation:
    """A question of alice's, edited once, with two answers, of which one has a log."""
    conversation = Conversation.objects.create(owner=alice, title="Alice's secret")
    first = conversation.say(uuid4(), "Hello?", None)
    conversation.reply_to(first, model="demo").log.create(offset=0, text="Hi")
    conversation.say(uuid4(), "Hello again?", None)
    conversation.reply_to(first, model="demo")
    conversation.keep()
    return conversation


@pytest.fixture
def staff(client, db) -> User:
    """Somebody who may delete people, and may see no conversation."""
    staff = User.objects.create_user("staff", is_staff=True)
    codenames = ["delete_user", "view_user"]
    staff.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(staff)
    return staff


def kept() -> tuple[int, int, int]:
    return Conversation.objects.count(), Message.objects.count(), Completion.objects.count()


def test_a_person_is_deleted_with_all_that_is_theirs_after_a_question(
    client, staff, alice, bob, conversation
):
    Conversation.objects.create(owner=bob, title="Bob's")
    url = f"/admin/auth/user/{alice.pk}/delete/"
    asked = client.get(url).content.decode()
    assert "Are you sure" in asked and "Conversations: 1" in asked and "Messages: 4" in asked
    assert kept() == (2, 4, 2)
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert kept() == (1, 0, 0)
    assert not User.objects.filter(username="alice").exists()


def test_several_people_are_deleted_at_once(client, staff, alice, bob, conversation):
    fields = {"action": "delete_selected", "_selected_action": [alice.pk, bob.pk]}
    assert "Conversations: 1" in client.post("/admin/auth/user/", fields).content.decode()
    client.post("/admin/auth/user/", fields | {"post": "yes"})
    assert not User.objects.filter(username__in=["alice", "bob"]).exists()
    assert kept() == (0, 0, 0)


def test_the_question_shows_nothing_of_what_the_person_wrote(client, staff, alice, conversation):
    asked = client.get(f"/admin/auth/user/{alice.pk}/delete/").content.decode()
    assert "alice" in asked
    assert "secret" not in asked and "Hello" not in asked


def test_who_may_not_delete_people_deletes_none(client, alice, conversation):
    other = User.objects.create_user("other", is_staff=True)
    other.user_permissions.add(Permission.objects.get(codename="view_user"))
    client.force_login(other)
    assert client.post(f"/admin/auth/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    assert kept() == (1, 4, 2)


def test_a_conversation_cannot_be_deleted_by_itself_in_the_admin(client, alice, conversation):
    client.force_login(User.objects.create_superuser("root"))
    url = f"/admin/conversations/conversation/{conversation.pk}/delete/"
    assert client.post(url, {"post": "yes"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_person_with_much_is_deleted_in_many_short_transactions(
    client, staff, alice, django_assert_max_num_queries
):
    for _ in range(30):
        Conversation.objects.create(owner=alice).say(uuid4(), "Hello?", None)
    url = f"/admin/auth/user/{alice.pk}/delete/"
    with django_assert_max_num_queries(30):
        assert "Messages: 30" in client.get(url).content.decode()
    with CaptureQueriesContext(connection) as queries:
        client.post(url, {"post": "yes"})
    transactions = [query["sql"] for query in queries if query["sql"].startswith("BEGIN")]
    assert len(transactions) > 30
    assert kept() == (0, 0, 0)


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_superuser("owner", password="owner's password")


def test_only_a_superuser_deletes_a_superuser(client, staff, owner, alice):
    assert client.post(f"/admin/auth/user/{owner.pk}/delete/", {"post": "yes"}).status_code == 403
    several = {"action": "delete_selected", "_selected_action": [owner.pk, alice.pk], "post": "yes"}
    assert client.post("/admin/auth/user/", several).status_code == 403
    assert User.objects.filter(username__in=["owner", "alice"]).count() == 2


def test_staff_who_may_change_people_cannot_become_a_superuser(client, staff, owner):
    staff.user_permissions.add(Permission.objects.get(codename="change_user"))
    password = {"password1": "taken over 7!", "password2": "taken over 7!", "usable_password": "true"}
    assert client.post(f"/admin/auth/user/{owner.pk}/password/", password).status_code == 403
    assert client.post(f"/admin/auth/user/{owner.pk}/change/", {"username": "owner"}).status_code == 403
    every = [permission.pk for permission in Permission.objects.all()]
    fields = {"username": "staff", "is_staff": "on", "is_active": "on", "is_superuser": "on"}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "user_permissions": every}
    assert client.post(f"/admin/auth/user/{staff.pk}/change/", fields | joined).status_code == 302
    staff = User.objects.get(pk=staff.pk)
    assert not staff.is_superuser and staff.user_permissions.count() == 3
