"""People see which staff read their conversations, and why."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from chatsite.conversations.models import Conversation

pytestmark = pytest.mark.django_db

READERS = "/conversations/readers/"


@pytest.fixture
def read(conversation) -> Conversation:
    """A conversation of alice's that staff have read."""
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_conversation_text"))
    browser = Client()
    browser.force_login(staff)
    path = reverse("admin:conversations_conversation_texts", args=[conversation.pk])
    browser.post(path, {"reason": "A report of a fault"})
    return conversation


@pytest.fixture
def page(client, alice):
    client.force_login(alice)
    return lambda path: client.get(path).content.decode()


def test_the_owner_sees_who_read_what_when_and_why(page, read):
    text = page(READERS)
    assert "read by staff" in text and "A report of a fault" in text
    assert read.get_absolute_url() in text


def test_nobody_else_sees_it(client, read, mallory):
    client.force_login(mallory)
    text = client.get(READERS).content.decode()
    assert "Nobody has read any of them." in text and "A report of a fault" not in text
    assert Client().get(READERS).status_code == 302


def test_the_conversation_says_so_until_its_owner_has_seen_who(page, read):
    notice = "Staff of this site have read this conversation."
    assert notice in page(read.get_absolute_url())
    page(READERS)
    assert notice not in page(read.get_absolute_url())
    assert "A report of a fault" in page(READERS)


def test_the_menu_leads_there_and_marks_what_is_new(page, read):
    new = 'Who read my conversations <span class="dot">'
    assert READERS in page("/") and new in page("/")
    page(READERS)
    assert READERS in page("/") and new not in page("/")


def test_to_see_it_changes_nothing_for_others(client, read, mallory):
    client.force_login(mallory)
    client.get(READERS)
    read.refresh_from_db()
    assert read.read_by_staff is not None


def test_it_stays_when_the_conversation_is_deleted(page, read):
    read.delete()
    text = page(READERS)
    assert "A conversation that was deleted" in text and "A report of a fault" in text


def test_an_export_by_the_command_line_is_listed(page, alice, conversation, tmp_path):
    call_command("export", user="alice", output=str(tmp_path / "all.json"))
    text = page(READERS)
    assert "exported" in text and "command line" in text and "All conversations" in text
