"""Who may erase whom, and what they cannot delete or become instead."""

import pytest
from django.contrib.auth.models import Permission, User

from chatsite.people.erasure import NotPossible, plan
from chatsite.people.models import Erasure
from tests.people.erasing import PEOPLE, erase, url


def test_nobody_erases_themselves(client, root, alice):
    page = client.get(url(root, alice)).content.decode()
    assert "You cannot erase your own account." in page and "Erase in" not in page
    assert "You cannot erase your own account." in erase(client, root)
    assert not Erasure.objects.exists()


def test_the_last_superuser_stays(database, alice):
    root, other = User.objects.create_superuser("root"), User.objects.create_superuser("other")
    plan([other], "Left.", root)
    with pytest.raises(NotPossible, match="no active superuser"):
        plan([root, alice], "Left.")
    assert User.objects.get(username="root").is_active and User.objects.get(username="alice").is_active


def test_only_who_may_delete_people_and_no_less_than_they_may_erases_them(client, staff, alice, conversation):
    owner = User.objects.create_superuser("owner")
    for people in ([owner], [alice, owner]):
        assert client.post(url(*people), {"reason": "x"}).status_code == 403
    assert client.post(f"{PEOPLE}{owner.pk}/delete/", {"post": "yes"}).status_code == 403
    erase(client, alice)
    staff.user_permissions.remove(Permission.objects.get(codename="delete_user"))
    assert client.post(f"{PEOPLE}{alice.pk}/keep/").status_code == 403
    assert client.get(url(alice)).status_code == 403
    assert Erasure.objects.count() == 1


@pytest.mark.parametrize("ids", ["0", "x", "99999999999999999999", "1,x", ","])
def test_nobody_is_nobody(client, root, ids):
    Erasure.objects.all().delete()
    assert client.get(f"{PEOPLE}{ids}/erase/").status_code in (200, 404)


def test_a_conversation_cannot_be_deleted_by_itself_in_the_admin(client, root, conversation):
    url = f"/admin/conversations/conversation/{conversation.pk}/delete/"
    assert client.post(url, {"post": "yes"}).status_code == 403


def test_staff_who_may_change_people_cannot_become_a_superuser(client, staff):
    owner = User.objects.create_superuser("owner", password="owner's password")
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
