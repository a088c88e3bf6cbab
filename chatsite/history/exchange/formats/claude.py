"""Claude's export: `conversations.json`, one in each of its numbered zip files."""

import re
from typing import Any

from chatsite.history.exchange import texts
from chatsite.history.exchange.conversation_builder import add, build, note_message, noted_moment
from chatsite.history.exchange.json_types import as_dict, as_list, as_str
from chatsite.history.exchange.records import ReadConversation, Role, Skipped, Tally
from chatsite.history.exchange.tree import Node

SOURCE = "claude"
ROLES: dict[str, Role] = {"human": "user", "assistant": "assistant"}

# The parent of a first message is none of the messages.
ROOT = re.compile(r"0{8}-0{4}-[04]0{3}-[08]0{3}-0{12}")
# The text in place of a tool's blocks in the flattened copy of a message.
UNSUPPORTED = "```\nThis block is not supported on your current device yet.\n```"
# Blocks that say nothing.
SILENT = {"token_budget", "flag"}


def is_one(item: dict[str, Any]) -> bool:
    return "chat_messages" in item


def read(item: dict[str, Any]) -> ReadConversation:
    """Raises Skipped."""
    messages = item["chat_messages"]
    if not isinstance(messages, list):
        raise Skipped("no_messages")
    tally = Tally()
    nodes: dict[str, Node] = {}
    is_tree = any(as_dict(message).get("parent_message_uuid") for message in messages)
    before = None
    for number, message in enumerate(messages):
        if not isinstance(message, dict):
            tally.skipped["not_an_object"] += 1
            continue
        node = Node(texts.name(message.get("uuid")) or str(number))
        node.parent = _parent(message) if is_tree else before
        _read_message(node, message, tally)
        add(nodes, node, tally)
        before = node.key
    return build(
        SOURCE,
        item.get("uuid"),
        item.get("name"),
        nodes,
        tally,
        created=item.get("created_at"),
        updated=item.get("updated_at"),
        current=item.get("current_leaf_message_uuid"),
        model=item.get("model"),
        pinned=item.get("is_starred") is True,
    )


def _parent(message: dict[str, Any]) -> str | None:
    parent = texts.name(message.get("parent_message_uuid"))
    return parent if parent and not ROOT.fullmatch(parent) else None


def _read_message(node: Node, message: dict[str, Any], tally: Tally) -> None:
    role = ROLES.get(as_str(message.get("sender")))
    if role is None:
        tally.skipped["unknown_role"] += 1
        return
    node.created = noted_moment(message.get("created_at"), tally)
    text, reasoning = _blocks(message, tally)
    if not text.strip():
        text = as_str(message.get("text")).replace(UNSUPPORTED, "").strip()
    text = texts.paragraphs(text, *_files(message, tally))
    note_message(node, role, text, reasoning, tally)


def _blocks(message: dict[str, Any], tally: Tally) -> tuple[str, str]:
    """The text and the reasoning of a message's blocks."""
    blocks = message.get("content")
    if isinstance(blocks, str):
        return blocks, ""
    found, thoughts = [], []
    for block in as_list(blocks):
        if not isinstance(block, dict):
            tally.notes["odd_part"] += block is not None
        elif block.get("type") == "thinking":
            thoughts.append(as_str(block.get("thinking")))
        else:
            found.append(_block(block, tally))
    return texts.paragraphs(*found), texts.paragraphs(*thoughts)


def _block(block: dict[str, Any], tally: Tally) -> str:
    kind = as_str(block.get("type"))
    if kind == "text":
        return as_str(block.get("text"))
    if kind == "voice_note":
        return texts.paragraphs(as_str(block.get("title")), as_str(block.get("text")))
    if kind == "tool_use" and block.get("name") == "artifacts":
        return _artifact(as_dict(block.get("input")))
    if kind in ("tool_use", "tool_result"):
        tally.notes["tool_call" if kind == "tool_use" else "tool_output"] += block.get("name") != "artifacts"
        return ""
    if kind in SILENT:
        return ""
    tally.notes["unknown_content_type"] += 1
    return as_str(block.get("text"))


def _artifact(made: dict[str, Any]) -> str:
    """Return the text of an artifact. For a change, the export holds only the new part."""
    code = as_str(made.get("content")) or as_str(made.get("new_str"))
    if not code.strip():
        return ""
    title = texts.one_line(as_str(made.get("title")))
    return texts.paragraphs(f"**{title}**" if title else "", texts.code_block(code, made.get("language")))


def _files(message: dict[str, Any], tally: Tally) -> list[str]:
    files = [*as_list(message.get("attachments")), *as_list(message.get("files"))]
    tally.notes["attachment"] += len(files)
    return [texts.file_line(as_dict(file).get("file_name")) for file in files]
