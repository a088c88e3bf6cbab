"""Builds a conversation from the nodes of a file: what the readers of all formats share."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chatsite.conversations.texts import storable
from chatsite.history.exchange import texts
from chatsite.history.exchange.records import ReadConversation, ReadMessage, Role, Skipped, Tally
from chatsite.history.exchange.times import moment
from chatsite.history.exchange.tree import Node, messages_of, nearest, newest_leaf


def build(
    source: str,
    id: Any,
    title: Any,
    nodes: dict[str, Node],
    tally: Tally,
    *,
    created: Any = None,
    updated: Any = None,
    current: Any = None,
    model: Any = "",
    archived: bool = False,
    pinned: bool = False,
    shown: Callable[[list[ReadMessage]], str] = newest_leaf,
) -> ReadConversation:
    """Return the conversation of these nodes. `current`: the source's own pointer to the shown branch, None where it
    has none; `shown` finds the branch without it. Raises Skipped where nothing can be shown."""
    begun, changed = _times(created, updated, tally)
    begun = begun or _first_time(nodes) or changed or datetime.now(UTC)
    messages = messages_of(nodes, begun, tally)
    if not messages:
        raise Skipped("empty", tally)
    head = nearest(nodes, current)
    if head is None:
        tally.notes["no_current"] += bool(current)
        head = shown(messages)
    conversation = ReadConversation(
        source=source,
        id=texts.name(id) or None,
        key="",
        title="",
        created=begun,
        updated=max(message.created for message in messages),
        messages=messages,
        head=head,
        archived=archived,
        pinned=pinned,
        tally=tally,
    )
    return _named(conversation, title, texts.name(model), changed)


def noted_moment(value: Any, tally: Tally) -> datetime | None:
    """Return the time; a value that is not a time is noted."""
    found = moment(value)
    tally.notes["bad_time"] += found is None and value is not None
    return found


def noted_text(text: str, reasoning: str, tally: Tally) -> tuple[str, str]:
    """Return both as they can be stored; a change is noted. A blank text becomes an empty one."""
    fixed, thoughts = storable(text), storable(reasoning)
    tally.notes["text_repaired"] += (fixed, thoughts) != (text, reasoning)
    return fixed if fixed.strip() else "", thoughts if thoughts.strip() else ""


def note_message(node: Node, role: Role, text: str, reasoning: str, tally: Tally) -> bool:
    """Give a node its text and reasoning. Returns whether there is any; otherwise it is noted as skipped. A node with
    reasoning alone has no role: it is not a message of its own."""
    node.text, node.reasoning = noted_text(text, reasoning, tally)
    if node.text:
        node.role = role
    elif not node.reasoning:
        tally.skipped["empty_message"] += 1
        return False
    return True


def read_line(
    messages: list[Any], read_message: Callable[[Node, dict[str, Any], Tally], None], tally: Tally
) -> dict[str, Node]:
    """The nodes of messages that follow one another, without branches."""
    nodes: dict[str, Node] = {}
    before = None
    for number, message in enumerate(messages):
        if not isinstance(message, dict):
            tally.skipped["not_an_object"] += 1
            continue
        node = Node(texts.name(message.get("id")) or str(number), before)
        read_message(node, message, tally)
        add(nodes, node, tally)
        before = node.key
    return nodes


def add(nodes: dict[str, Node], node: Node, tally: Tally) -> None:
    """Add a node, unless its key is taken already."""
    if node.key in nodes:
        tally.notes["duplicate_message_id"] += 1
    else:
        nodes[node.key] = node


def _times(created: Any, updated: Any, tally: Tally) -> tuple[datetime | None, datetime | None]:
    begun, changed = moment(created), moment(updated)
    tally.notes["bad_time"] += (created is not None and begun is None) or (
        updated is not None and changed is None
    )
    return begun, changed


def _first_time(nodes: dict[str, Node]) -> datetime | None:
    return min((node.created for node in nodes.values() if node.created), default=None)


def _named(
    conversation: ReadConversation, title: Any, model: str, changed: datetime | None
) -> ReadConversation:
    main = conversation.main()
    question = next((message.text for message in main if message.role == "user"), main[0].text)
    conversation.title = texts.title(title, question)
    conversation.model = model
    conversation.version = changed or conversation.updated
    first = conversation.messages[0]
    unnamed = f"{title}\n{first.text}\n{first.created.isoformat()}"
    digest = hashlib.sha256(unnamed.encode("utf-8", "replace")).hexdigest()
    conversation.key = conversation.id or digest
    return conversation
