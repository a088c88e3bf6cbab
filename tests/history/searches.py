"""Conversations to search in, and what a search finds."""

from chatsite.conversations.models import Conversation, Message
from chatsite.history.search.query import read
from chatsite.history.search.results import find


def conversation(owner, *texts, title="", **fields) -> Conversation:
    """A conversation whose messages have these texts."""
    made = Conversation.objects.create(owner=owner, title=title, **fields)
    for text in texts:
        Message.objects.create(conversation=made, role="user", text=text)
    return made


def said(user, typed, **options) -> list[str]:
    """The texts of the messages that a search finds, without marks."""
    query = read(typed)
    assert query.problem == ""
    return [plain(hit.html) for hit in find(user, query, **options).messages]


def titles(user, typed) -> list[str]:
    return [hit.title for hit in find(user, read(typed)).titles]


def plain(html: str) -> str:
    return html.replace("<mark>", "").replace("</mark>", "").replace("&quot;", '"')
