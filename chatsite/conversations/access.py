"""Access to a conversation: only its owner has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404

from chatsite.conversations.models import Conversation
from chatsite.statements import Given, Objects


def own_conversation(user: User, uuid: UUID) -> Conversation:
    """Return the person's conversation, with what its page needs. Raises Http404, also if it is temporary or a
    stranger's."""
    conversation = open_conversation(user, uuid)
    if conversation.is_temporary:
        raise Http404
    return conversation


def open_conversation(user: User, uuid: UUID) -> Conversation:
    """Return the person's conversation, which may be temporary. Raises Http404, also for a stranger's."""
    conversation: Conversation | None = OPEN.first(user=user.pk, uuid=uuid)
    if not conversation:
        raise Http404
    return conversation


@contextmanager
def still_stored() -> Iterator[None]:
    """Raise Http404 where a conversation that is to be changed was deleted since it was read."""
    try:
        yield
    except Conversation.DoesNotExist as error:
        raise Http404 from error


def _open() -> Any:
    own = Conversation.objects.open_to(Given("user", User._meta.pk)).with_answering()
    own = own.select_related("system_prompt", "head")
    return own.filter(uuid=Given("uuid", Conversation._meta.get_field("uuid")))


OPEN = Objects(_open)
