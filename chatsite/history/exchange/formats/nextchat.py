"""NextChat's export: the whole storage of a browser. Nothing is read but its conversations."""

from typing import Any

from chatsite.history.exchange import texts
from chatsite.history.exchange.conversation_builder import build, note_message, read_line
from chatsite.history.exchange.json_types import as_dict, as_list, as_str
from chatsite.history.exchange.records import ReadConversation, Role, Skipped, Tally
from chatsite.history.exchange.tree import Node

SOURCE = "nextchat"
STORE = "chat-next-web-store"
ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}


def is_store(item: dict[str, Any]) -> bool:
    return STORE in item


def sessions(item: dict[str, Any]) -> list[Any]:
    return as_list(as_dict(item[STORE]).get("sessions"))


def read(session: dict[str, Any]) -> ReadConversation:
    """Raises Skipped."""
    messages = session.get("messages")
    if not isinstance(messages, list):
        raise Skipped("no_messages")
    tally = Tally()
    nodes = read_line(messages, _read_message, tally)
    # Its messages have only local times without a zone.
    updated = session.get("lastUpdate")
    return build(SOURCE, session.get("id"), session.get("topic"), nodes, tally, updated=updated)


def _read_message(node: Node, message: dict[str, Any], tally: Tally) -> None:
    role = ROLES.get(as_str(message.get("role")))
    if role is None:
        tally.skipped["system" if message.get("role") == "system" else "unknown_role"] += 1
        return
    text = _text(message.get("content"), tally)
    if message.get("isError") is True:
        text = texts.error_line(text)
    if note_message(node, role, text, "", tally) and role == "assistant":
        node.model = texts.name(message.get("model"))


def _text(content: Any, tally: Tally) -> str:
    if isinstance(content, str):
        return content
    lines = []
    for part in as_list(content):
        kind = as_dict(part).get("type")
        if kind == "text":
            lines.append(as_str(part.get("text")))
        elif kind == "image_url":
            tally.notes["attachment"] += 1
            lines.append(texts.IMAGE)
        else:
            tally.notes["odd_part"] += part is not None
    return "\n".join(lines)
