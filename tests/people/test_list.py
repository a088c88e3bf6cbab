"""The list of people: what it shows, and what an admin does with several at once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from chatsite.conversations.models import Conversation
from chatsite.usage.ledger import Use, add
from chatsite.usage.periods import today

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/auth/user/"


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


def do(admin, action, *people) -> str:
    fields = {"action": action, "_selected_action": [person.pk for person in people]}
    return admin.post(PEOPLE, fields, follow=True).content.decode()


def row(admin, name) -> str:
    page = admin.get(PEOPLE).content.decode()
    return page[page.index(f">{name}</a>") :].partition("</tr>")[0]


def test_the_list_shows_who_was_seen_when_and_what_this_month_cost(admin, alice, bob):
    seen = timezone.now() - timedelta(days=3)
    Conversation.objects.create(owner=alice, updated=seen)
    alice.groups.create(name="Sales")
    add(Use(alice.pk, "large", cost=Decimal("1.25")))
    add(Use(alice.pk, "large", cost=Decimal("0.25")))
    add(Use(alice.pk, "large", cost=Decimal(7)), today().replace(day=1) - timedelta(days=1))
    shown = row(admin, "alice")
    assert "1.50" in shown and ">2<" in shown and "Sales" in shown
    assert "never" in row(admin, "bob")
    assert "never" not in shown


def test_the_list_costs_the_same_however_many_people_there_are(admin, django_assert_max_num_queries):
    for number in range(40):
        User.objects.create_user(f"person{number}")
    with django_assert_max_num_queries(10):
        admin.get(PEOPLE)


def test_who_is_deactivated_is_signed_out_at_once(admin, alice):
    theirs = Client()
    theirs.force_login(alice)
    assert "Deactivated: alice." in do(admin, "deactivate", alice)
    assert theirs.get("/").status_code == 302
    assert "Active again: alice." in do(admin, "activate", alice)
    assert theirs.get("/").status_code == 302, "the old session does not come back"


def test_a_person_is_signed_out_on_all_devices_and_nobody_else_is(admin, alice, bob):
    phone, laptop, other = Client(), Client(), Client()
    for device in (phone, laptop):
        device.force_login(alice)
    other.force_login(bob)
    assert "Signed out on all devices: alice." in do(admin, "sign_out", alice)
    assert [device.get("/").status_code for device in (phone, laptop, other)] == [302, 302, 200]


def test_an_admin_cannot_deactivate_themselves(admin):
    assert "You cannot deactivate yourself." in do(admin, "deactivate", User.objects.get(username="root"))
    assert User.objects.get(username="root").is_active


@pytest.mark.parametrize("action", ["deactivate", "sign_out", "activate"])
def test_only_a_superuser_does_these_to_a_superuser(client, alice, action):
    owner = User.objects.create_superuser("owner")
    staff = User.objects.create_user("sam", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client.force_login(staff)
    page = do(client, action, owner, alice)
    assert "Only a superuser may change who may do more than you: owner." in page and ": alice." in page
    assert User.objects.get(username="owner").is_active


def test_a_sign_in_link_is_printed_for_who_forgot_a_password(client, alice, capsys, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example"]
    call_command("sign_in_link", "alice")
    link = capsys.readouterr().out.strip()
    assert link.startswith("https://chat.example/accounts/link/")
    assert client.get(link.removeprefix("https://chat.example")).url == "/"


def test_nobody_gets_no_link(alice):
    with pytest.raises(CommandError, match="There is nobody named carol"):
        call_command("sign_in_link", "carol")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="deactivated"):
        call_command("sign_in_link", "alice")


def test_the_last_superuser_is_neither_deactivated_nor_demoted(client, alice):
    root = User.objects.create_superuser("root")
    manager = User.objects.create_superuser("manager", is_active=False)
    client.force_login(root)
    form = {"username": "root", "is_staff": "on"}
    for fields, field, words in [
        ({}, "is_active", "You cannot deactivate yourself."),
        ({"is_active": "on"}, "is_superuser", "This is the last active superuser."),
    ]:
        errors = client.post(f"{PEOPLE}{root.pk}/change/", form | fields).context["adminform"].form.errors
        assert words in errors[field][0]
    User.objects.filter(pk=manager.pk).update(is_active=True)
    assert client.post(f"{PEOPLE}{root.pk}/change/", form | {"is_active": "on"}).status_code == 302
    assert not User.objects.get(username="root").is_superuser
