"""Which conversations a form selects: those that it names, or all of a list or of a search."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from chatsite.conversations.models import Conversation
from chatsite.history.organising.list_filters import list_filter_of
from chatsite.history.search.matching_conversations import matching
from chatsite.history.search.query import read

# Conversations that a form can name one by one.
MAX_NAMED = 20_000


def selected(user: User, fields: Any) -> Any:
    """Return the person's conversations that the form selects, also deleted ones; none where it selects nothing.

    all: all of the list that `show` or `folder` names, or of the search for `q`. conversation: a uuid, any number of
    times. conversations: uuids with blanks between them.
    """
    if "all" in fields:
        return _all(user, fields)
    named = [*fields.getlist("conversation"), *fields.get("conversations", "").split()]
    uuids = {uuid for text in named[:MAX_NAMED] if (uuid := _uuid(text))}
    return Conversation.objects.filter(owner=user, uuid__in=uuids) if uuids else Conversation.objects.none()


def _all(user: User, fields: Any) -> Any:
    if not fields.get("q", "").strip():
        return list_filter_of(user, fields).conversations(user)
    query = read(fields["q"])
    return Conversation.objects.none() if query.problem else matching(user, query)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
