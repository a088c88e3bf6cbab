"""Conversations in the admin."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User

from chatsite.conversations.models import Conversation


@pytest.fixture
def conversation(alice) -> Conversation:
    conversation = Conversation.objects.create(owner=alice, title="Alice's")
    conversation.say(uuid4(), "Hello?", None)
    conversation.keep()
    return conversation


def test_staff_without_the_permission_see_no_conversations(client, conversation):
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get("/admin/conversations/conversation/").status_code == 403


def test_staff_with_the_permission_read_and_change_nothing(client, conversation):
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(*Permission.objects.filter(codename__in=["view_conversation", "view_message"]))
    client.force_login(staff)
    url = f"/admin/conversations/conversation/{conversation.pk}/change/"
    assert "Hello?" in client.get(url).content.decode()
    assert client.post(url, {"title": "Changed"}).status_code == 403
    assert client.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403
