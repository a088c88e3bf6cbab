"""Conversations with what lists show of them."""

from typing import Any

from django.db.models import F

from chatsite.conversations.models import Conversation
from chatsite.statements import Given, Objects


def as_listed(pk: int) -> Conversation | None:
    """Return a conversation with what lists show of it, also one that its owner deleted; None if there is no row."""
    found: Conversation | None = LISTED.first(conversation=pk)
    return found


def _listed() -> Any:
    shown = (
        Conversation.objects.with_answering().annotate(folder_uuid=F("folder__uuid")).select_related("head")
    )
    return shown.filter(pk=Given("conversation", Conversation._meta.pk))


LISTED = Objects(_listed)
