"""Invitations: each makes one account, once, for a limited time."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db.models.signals import pre_save
from django.utils import timezone

from chatsite.accounts.models import Invitation

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"
ADD = "/admin/accounts/invitation/add/"


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def link(admin) -> str:
    """The path of a new invitation into the group Sales."""
    path = invited(admin, groups=[Group.objects.create(name="Sales").pk])
    admin.logout()
    return path


def invited(admin, **fields) -> str:
    expires = timezone.now() + timedelta(days=7)
    moment = {"expires_0": f"{expires:%Y-%m-%d}", "expires_1": f"{expires:%H:%M:%S}"}
    page = admin.post(ADD, {"note": "For Anna", **moment, **fields}, follow=True).content.decode()
    return re.search(r"/accounts/invitation/[\w-]{40,}/", page)[0]


def accept(client, link, name="anna"):
    return client.post(link, {"username": name, "password1": PASSWORD, "password2": PASSWORD})


def test_an_invitation_makes_an_account_in_its_groups_and_leads_to_the_chat(client, link):
    assert "Make your account" in client.get(link).content.decode()
    assert accept(client, link).url == "/"
    person = User.objects.get(username="anna")
    assert [group.name for group in person.groups.all()] == ["Sales"]
    assert not person.is_staff and person.check_password(PASSWORD)
    assert client.get("/").status_code == 200
    assert Invitation.objects.get().state == "used by anna"


def test_an_invitation_works_once(client, link):
    accept(client, link)
    client.logout()
    assert client.get(link).status_code == accept(client, link, "bert").status_code == 410
    assert not User.objects.filter(username="bert").exists()


def test_of_two_people_with_one_link_only_the_first_gets_an_account(link):
    invitation = Invitation.objects.get()
    assert invitation.accept(User(username="first"))
    assert not invitation.accept(User(username="second"))
    assert not User.objects.filter(username="second").exists()


def test_an_expired_a_revoked_and_an_invented_link_look_alike(client, link):
    Invitation.objects.update(expires=timezone.now())
    expired = client.get(link)
    Invitation.objects.all().delete()
    pages = [expired, client.get(link), client.get("/accounts/invitation/invented/")]
    assert {page.status_code for page in pages} == {410}
    assert len({page.content for page in pages}) == 1


@pytest.mark.parametrize("leave", [lambda root: root.save(), lambda root: root.delete()])
def test_who_was_deactivated_or_deleted_lets_nobody_in(client, link, leave):
    root = User.objects.get(username="root")
    root.is_active = False
    leave(root)
    assert accept(client, link).status_code == 410
    assert not User.objects.filter(username="anna").exists()
    assert Invitation.objects.get().state.startswith("closed")


def test_the_database_does_not_hold_the_link(link):
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(Invitation.objects.values())


def test_a_name_that_is_taken_in_another_case_is_refused_at_its_field(client, link, alice):
    page = accept(client, link, "Alice")
    assert page.status_code == 200 and "already exists" in page.content.decode()
    assert Invitation.objects.get().state == "open"


def test_who_invites_gives_nobody_more_permissions(client, link):
    staff = User.objects.create_user("sam", is_staff=True)
    staff.user_permissions.add(*Permission.objects.filter(codename__in=["add_invitation", "view_invitation"]))
    powerful = Group.objects.create(name="Editors")
    powerful.permissions.add(Permission.objects.first())
    client.force_login(staff)
    expires = {"expires_0": "2030-01-01", "expires_1": "00:00:00"}
    page = client.post(ADD, {"groups": [powerful.pk], **expires})
    assert "Select a valid choice" in page.content.decode()
    assert Invitation.objects.count() == 1


def test_a_name_that_somebody_takes_at_the_same_time_is_refused_at_its_field(client, link):
    def take(instance, **_):
        User.objects.bulk_create([User(username=instance.username)])

    pre_save.connect(take, sender=User)
    try:
        page = accept(client, link)
    finally:
        pre_save.disconnect(take, sender=User)
    assert page.status_code == 200 and "already exists" in page.content.decode()
    assert Invitation.objects.get().state == "open"
