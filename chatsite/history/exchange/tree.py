"""The tree of a conversation: from the nodes of a file to the messages that are kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatsite.history.exchange.records import ReadMessage, Role, Tally
from chatsite.history.exchange.texts import paragraphs


@dataclass(slots=True)
class Node:
    """One node of a file. Without a role it is not imported: its children are attached to its nearest imported
    ancestor, and its reasoning to the answers behind it."""

    key: str
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    role: Role | None = None
    text: str = ""
    reasoning: str = ""
    created: datetime | None = None
    model: str = ""
    is_unfinished: bool = False

    def __post_init__(self) -> None:
        # Thoughts without an answer of their own belong to the next one.
        if self.role and not self.text:
            self.role = None


def messages_of(nodes: dict[str, Node], created: datetime, tally: Tally) -> list[ReadMessage]:
    """The messages, parents before their replies, siblings in the order of the file. A node
    whose reasoning was attached to another one loses it, and each node has the id of its message as its `key`.

    created: the time of a message that has none, nor its ancestors.
    """
    _find_parents(nodes, tally)
    _cut_cycles(nodes, tally)
    kept = list(_lifted(nodes, created, tally))
    return _joined(kept, nodes)


def newest_leaf(messages: list[ReadMessage]) -> str:
    """The id of the newest message without a reply; of two at one time, the later one in the file."""
    answered = {message.parent for message in messages}
    leaves = [message for message in messages if message.id not in answered]
    newest = max(message.created for message in leaves)
    return [message.id for message in leaves if message.created == newest][-1]


def last_leaf(messages: list[ReadMessage]) -> str:
    """The end of the branch that takes the last reply at each message."""
    last: dict[str | None, str] = {message.parent: message.id for message in messages}
    leaf = last[None]
    while leaf in last:
        leaf = last[leaf]
    return leaf


def nearest(nodes: dict[str, Node], key: object) -> str | None:
    """The id of the message that this node became part of, or its nearest ancestor; None where there is none."""
    while isinstance(key, str) and key in nodes:
        if nodes[key].role:
            return nodes[key].key
        key = nodes[key].parent
    return None


def _find_parents(nodes: dict[str, Node], tally: Tally) -> None:
    """`parent` decides. Where it is null or unknown, the one node does that lists this one as a child."""
    listed: dict[str, set[str]] = {}
    for key, node in nodes.items():
        for child in node.children:
            listed.setdefault(child, set()).add(key)
    for key, node in nodes.items():
        if node.parent in nodes:
            continue
        parents = listed.get(key, set())
        if len(parents) == 1 and parents != {key}:
            node.parent = next(iter(parents))
        else:
            tally.notes["missing_parent"] += node.parent is not None and node.role is not None
            node.parent = None


def _cut_cycles(nodes: dict[str, Node], tally: Tally) -> None:
    """Cut each cycle before the member that comes first in the file."""
    place = {key: number for number, key in enumerate(nodes)}
    seen: set[str] = set()
    for start in nodes:
        path: dict[str, None] = {}
        key: str | None = start
        while key is not None and key not in seen and key not in path:
            path[key] = None
            key = nodes[key].parent
        if key in path:
            steps = list(path)
            first = min(steps[steps.index(key) :], key=place.__getitem__)
            nodes[first].parent = None
            tally.notes["cycle"] += 1
        seen.update(path)


def _ordered(nodes: dict[str, Node]) -> Iterator[str]:
    """Yield the keys of the nodes in depth-first order from the roots."""
    children: dict[str | None, list[str]] = {}
    for key, node in nodes.items():
        children.setdefault(node.parent, []).append(key)
    waiting = children.get(None, [])[::-1]
    while waiting:
        key = waiting.pop()
        yield key
        waiting += children.get(key, [])[::-1]


def _lifted(nodes: dict[str, Node], created: datetime, tally: Tally) -> Iterator[Node]:
    """The nodes that are imported, each with an imported parent, its time, and the reasoning before it."""
    # Of each node: the imported node that its children go to, the time, and what waits for an answer.
    handed: dict[str | None, tuple[str | None, datetime, Any]] = {None: (None, created, None)}
    unused = {key for key, node in nodes.items() if not node.role and node.reasoning}
    for key in _ordered(nodes):
        node = nodes[key]
        parent, time, waiting = handed[node.parent]
        time = node.created = node.created or time
        if node.role is None:
            handed[key] = (parent, time, (waiting, key) if node.reasoning else waiting)
            continue
        if node.role == "assistant":
            thoughts = [nodes[each].reasoning for each in _taken(waiting, unused)]
            node.reasoning = paragraphs(*thoughts, node.reasoning)
        handed[key] = (key, time, None)
        node.parent = parent
        yield node
    if unused:
        tally.skipped["reasoning_without_answer"] += len(unused)


def _taken(waiting: Any, unused: set[str]) -> list[str]:
    """Return the thoughts that no answer has taken yet, in order, and take them."""
    taken = []
    while waiting and waiting[1] in unused:
        waiting, key = waiting
        unused.remove(key)
        taken.append(key)
    return taken[::-1]


def _joined(kept: list[Node], nodes: dict[str, Node]) -> list[ReadMessage]:
    """Join the pieces of an answer into one message. A piece is an answer that is the only reply to an answer."""
    replies = Counter(node.parent for node in kept)
    pieces: dict[str, list[Node]] = {}
    parents: dict[str, str | None] = {}
    for node in kept:
        own = node.key
        before = nodes[node.parent] if node.parent is not None else None
        if before and before.role == node.role == "assistant" and replies[node.parent] == 1:
            node.key = before.key
        else:
            parents[own] = before.key if before else None
        pieces.setdefault(node.key, []).append(node)
    return [_message(key, parents[key], nodes) for key, nodes in pieces.items()]


def _message(key: str, parent: str | None, pieces: list[Node]) -> ReadMessage:
    first, last = pieces[0], pieces[-1]
    assert first.role and first.created
    return ReadMessage(
        id=key,
        parent=parent,
        role=first.role,
        text=paragraphs(*(piece.text for piece in pieces)) if len(pieces) > 1 else first.text,
        reasoning=paragraphs(*(piece.reasoning for piece in pieces)),
        created=first.created,
        model=next((piece.model for piece in reversed(pieces) if piece.model), ""),
        is_unfinished=last.is_unfinished,
        pieces=len(pieces),
    )
