"""Recognises which program wrote an item of a file, by what is in it."""

from collections.abc import Callable, Iterator
from typing import Any

from chatsite.history.exchange.formats import chatgpt, chatsite, claude, librechat, nextchat, open_webui
from chatsite.history.exchange.records import ReadConversation, Skipped

# In this order: a conversation of ours, and then those of others.
FORMATS = (chatsite, chatgpt, claude, librechat, open_webui)
READERS: dict[str, Callable[[dict[str, Any]], ReadConversation]] = {
    each.SOURCE: each.read for each in (*FORMATS, nextchat)
}


def sessions_of(item: Any) -> Iterator[tuple[str, Any]]:
    """The conversations that one item holds, each with its source; empty where it is not known."""
    if not isinstance(item, dict):
        yield "", item
    elif nextchat.is_store(item):
        for session in nextchat.sessions(item):
            yield nextchat.SOURCE, session
    else:
        yield next((each.SOURCE for each in FORMATS if each.is_one(item)), ""), item


def read(source: str, item: Any) -> ReadConversation:
    """Raises Skipped."""
    if not isinstance(item, dict):
        raise Skipped("not_an_object")
    if not source:
        raise Skipped("not_a_conversation")
    return READERS[source](item)


def is_claude_index(item: dict[str, Any]) -> bool:
    """Whether this is the list of the zip files of a large export."""
    return isinstance(item.get("data_files"), list)
