"""Staff who manage people and groups gain no permission by it, such as the one to read what people said."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

SECRET = "quite-a-long-secret"


@pytest.fixture
def manager(client, db) -> User:
    """Somebody who may do all with people and groups, and nothing else."""
    manager = User.objects.create_user("manager", is_staff=True)
    manager.user_permissions.add(*Permission.objects.filter(content_type__model__in=["user", "group"]))
    client.force_login(manager)
    return manager


@pytest.fixture
def readers(db) -> Group:
    """The group of those who may read what people said."""
    group = Group.objects.create(name="Readers")
    group.permissions.add(Permission.objects.get(codename="view_conversation_text"))
    return group


def url(row, page: str = "change") -> str:
    return reverse(f"admin:auth_{row._meta.model_name}_{page}", args=[row.pk])


def fields(person: User, *groups: Group) -> dict:
    return {
        "username": person.username, "is_active": "on", "is_staff": "on", "groups": [group.pk for group in groups],
        "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00",
    }  # fmt: skip


def may_read(person: User) -> bool:
    return User.objects.get(pk=person.pk).has_perm("conversations.view_conversation_text")


def test_nobody_joins_a_group_that_may_do_more(client, manager, readers):
    refused = client.post(url(manager), fields(manager, readers))
    assert refused.status_code == 200 and "Select a valid choice" in refused.content.decode()
    assert not may_read(manager)


def test_nobody_gives_a_group_permissions(client, manager, readers):
    group = Group.objects.create(name="Friends")
    manager.groups.add(group)
    reading = readers.permissions.get()
    client.post(url(group), {"name": "Friends", "permissions": [reading.pk]})
    client.post(reverse("admin:auth_group_add"), {"name": "More", "permissions": [reading.pk]})
    assert not may_read(manager) and not Group.objects.get(name="More").permissions.exists()


@pytest.mark.parametrize("is_active", [True, False])
def test_nobody_sets_the_password_of_who_may_do_more(client, manager, readers, bob, is_active):
    bob.groups.add(readers)
    User.objects.filter(pk=bob.pk).update(is_active=is_active)
    set_password = reverse("admin:auth_user_password_change", args=[bob.pk])
    posted = {"password1": SECRET, "password2": SECRET, "usable_password": "true"}
    assert client.post(set_password, posted).status_code == 403
    assert client.post(url(bob), fields(bob)).status_code == 403
    assert client.post(url(bob, "delete"), {"post": "yes"}).status_code == 403
    assert client.post(url(bob, "erase"), {"reason": "x"}).status_code == 403
    assert User.objects.get(pk=bob.pk).check_password("bob's password")


def test_others_are_managed_and_keep_their_groups(client, manager, readers, bob):
    friends = Group.objects.create(name="Friends")
    manager.user_permissions.add(readers.permissions.get())
    bob.groups.add(readers)
    assert client.post(url(bob), fields(bob, friends)).status_code == 302
    assert set(bob.groups.all()) == {friends, readers}
    client.post(url(bob), fields(bob))
    assert set(bob.groups.all()) == {readers}


def test_a_superuser_gives_and_takes_all_groups(client, admin_user, readers, bob):
    client.force_login(admin_user)
    client.post(url(bob), fields(bob, readers))
    assert may_read(bob)
    client.post(url(bob), fields(bob))
    assert not may_read(bob)
