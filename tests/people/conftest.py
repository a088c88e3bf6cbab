"""Who is erased, and who erases: alice with a conversation, a superuser, and staff who may delete people."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User

from chatsite.conversations.models import Conversation


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
def root(client, db) -> User:
    root = User.objects.create_superuser("root")
    client.force_login(root)
    return root


@pytest.fixture
def staff(client, db) -> User:
    """Somebody who may delete people, and may see no conversation."""
    staff = User.objects.create_user("staff", is_staff=True)
    codenames = ["delete_user", "view_user"]
    staff.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(staff)
    return staff
