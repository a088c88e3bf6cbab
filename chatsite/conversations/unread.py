"""What a person has seen of their conversations."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models.functions import Now

from chatsite.conversations.models import Conversation
from chatsite.statements import Given, Select


def mark_seen(user_id: int, conversation: UUID) -> int | None:
    """Store that its owner has seen a conversation. Return its id; None where it was not unread: nothing is written."""
    found = UNREAD.row(user=user_id, conversation=conversation)
    if found is None:
        return None
    pk: int = found[0]
    Conversation.objects.filter(pk=pk).update(unread=False, changed=Now())
    return pk


def _unread() -> Any:
    mine = Conversation.objects.open_to(Given("user", User._meta.pk)).filter(unread=True)
    return mine.filter(uuid=Given("conversation", Conversation._meta.get_field("uuid"))).values_list("pk")


UNREAD = Select(_unread)
