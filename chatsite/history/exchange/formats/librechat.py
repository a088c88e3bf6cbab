"""LibreChat's export: one conversation a file, as a tree of children or as a flat list."""

from typing import Any

from chatsite.history.exchange import texts
from chatsite.history.exchange.conversation_builder import add, build, note_message, noted_moment
from chatsite.history.exchange.json_types import as_dict, as_list, as_str
from chatsite.history.exchange.records import ReadConversation, Role, Skipped, Tally
from chatsite.history.exchange.tree import Node, last_leaf

SOURCE = "librechat"
ROOT = "00000000-0000-0000-0000-000000000000"

FILES = {"image_file": texts.IMAGE, "image_url": texts.IMAGE, "input_audio": texts.AUDIO}


def is_one(item: dict[str, Any]) -> bool:
    return "conversationId" in item and ("messages" in item or "messagesTree" in item)


def read(item: dict[str, Any]) -> ReadConversation:
    """Raises Skipped."""
    messages = item.get("messagesTree")
    messages = item.get("messages") if messages is None else messages
    if not isinstance(messages, list):
        raise Skipped("no_messages")
    tally = Tally()
    options = as_dict(item.get("options"))
    if as_str(options.get("promptPrefix")).strip():
        tally.remarks.append("Its system prompt was not imported.")
    return build(
        SOURCE,
        item.get("conversationId"),
        item.get("title"),
        _nodes(messages, tally),
        tally,
        model=options.get("model"),
        shown=last_leaf,
    )


def _nodes(messages: list[Any], tally: Tally) -> dict[str, Node]:
    """Return the messages and their children. In a nested tree the nesting decides, not the id of the parent."""
    nodes: dict[str, Node] = {}
    is_tree = any("children" in as_dict(message) for message in messages)
    waiting: list[tuple[Any, str | None]] = [(message, None) for message in reversed(messages)]
    while waiting:
        message, parent = waiting.pop()
        if not isinstance(message, dict):
            tally.skipped["not_an_object"] += 1
            continue
        key = texts.name(message.get("messageId")) or f"number {len(nodes)}"
        node = Node(key, parent if is_tree else _parent(message))
        _read_message(node, message, tally)
        add(nodes, node, tally)
        waiting += [(child, key) for child in reversed(as_list(message.get("children")))]
    return nodes


def _parent(message: dict[str, Any]) -> str | None:
    parent = texts.name(message.get("parentMessageId"))
    return parent if parent and parent != ROOT else None


def _read_message(node: Node, message: dict[str, Any], tally: Tally) -> None:
    role = _role(message)
    if role is None:
        tally.skipped["unknown_role"] += 1
        return
    node.created = noted_moment(message.get("createdAt"), tally)
    text, reasoning = _parts(as_list(message.get("content")), tally)
    text = texts.paragraphs(text or as_str(message.get("text")), *_files(message, tally))
    if message.get("error") is True:
        text = texts.error_line(text)
    if note_message(node, role, text, reasoning, tally) and role == "assistant":
        node.model = texts.name(message.get("model"))
        node.is_unfinished = message.get("unfinished") is True
        tally.notes["unfinished"] += node.is_unfinished


def _role(message: dict[str, Any]) -> Role | None:
    is_user = message.get("isCreatedByUser")
    if isinstance(is_user, bool):
        return "user" if is_user else "assistant"
    sender = as_str(message.get("sender"))
    if not sender:
        return None
    return "user" if sender.lower() == "user" else "assistant"


def _parts(parts: list[Any], tally: Tally) -> tuple[str, str]:
    """The text and the reasoning of an agent's parts."""
    found, thoughts = [], []
    for part in parts:
        if not isinstance(part, dict):
            tally.notes["odd_part"] += part is not None
        elif part.get("type") == "think":
            thoughts.append(_value(part.get("think")))
        else:
            found.append(_part(part, tally))
    return texts.paragraphs(*found), texts.paragraphs(*thoughts)


def _part(part: dict[str, Any], tally: Tally) -> str:
    kind = as_str(part.get("type"))
    if kind == "text":
        return _value(part.get("text"))
    if kind == "error":
        return texts.error_line(_value(part.get("error")) or _value(part.get("text")))
    if kind in FILES:
        tally.notes["attachment"] += 1
        return FILES[kind]
    tally.notes["tool_call" if kind == "tool_call" else "unknown_content_type"] += 1
    return ""


def _value(text: Any) -> str:
    return as_str(as_dict(text).get("value")) if isinstance(text, dict) else as_str(text)


def _files(message: dict[str, Any], tally: Tally) -> list[str]:
    files = as_list(message.get("files"))
    tally.notes["attachment"] += len(files)
    return [texts.file_line(as_dict(file).get("filename")) for file in files]
