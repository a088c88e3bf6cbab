"""All conversations that a search finds, on all pages of its results."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from chatsite.conversations.models import Conversation, Message
from chatsite.history.search import index_queries
from chatsite.history.search.query import Query
from chatsite.history.search.results import MAX_CANDIDATES, search_for, titles


def matching(user: User, query: Query) -> Any:
    """Return the conversations that match by their title or by a message, among the newest MAX_CANDIDATES of these."""
    search = search_for(user, query)
    by_title = titles(search, user)
    if search.is_empty:
        return by_title
    messages = Message.objects.of(user).filter(
        pk__in=index_queries.messages(search, MAX_CANDIDATES), **search.of_messages
    )
    found = Q(pk__in=by_title.order_by().values("pk")) | Q(pk__in=messages.values("conversation"))
    return Conversation.objects.of(user).filter(found)
