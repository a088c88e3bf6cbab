"""ChatGPT's export: `conversations.json`, or numbered files of the same form."""

from typing import Any

from chatsite.history.exchange import texts
from chatsite.history.exchange.conversation_builder import build, noted_moment, noted_text
from chatsite.history.exchange.json_types import as_dict, as_list, as_str
from chatsite.history.exchange.records import ReadConversation, Skipped, Tally
from chatsite.history.exchange.tree import Node

SOURCE = "chatgpt"

CONTEXTS = {"user_editable_context", "model_editable_context"}
TOOL_OUTPUTS = {"execution_output", "tether_browsing_display", "tether_quote", "sonic_webpage"}
UNFINISHED = {"in_progress", "cancelled"}


def is_one(item: dict[str, Any]) -> bool:
    return "mapping" in item


def read(item: dict[str, Any]) -> ReadConversation:
    """Raises Skipped."""
    mapping = item["mapping"]
    if not isinstance(mapping, dict):
        raise Skipped("no_messages")
    tally = Tally()
    nodes = {}
    for key, raw in mapping.items():
        if isinstance(raw, dict):
            nodes[key] = _node(key, raw, tally)
        else:
            tally.skipped["not_an_object"] += 1
    return build(
        SOURCE,
        item.get("conversation_id") or item.get("id"),
        item.get("title"),
        nodes,
        tally,
        created=item.get("create_time"),
        updated=item.get("update_time"),
        current=item.get("current_node"),
        model=item.get("default_model_slug") or _last_model(nodes),
        archived=item.get("is_archived") is True,
        pinned=bool(item.get("is_starred") or item.get("pinned_time")),
    )


def _last_model(nodes: dict[str, Node]) -> str:
    """Older exports name models in messages only."""
    return next((node.model for node in reversed(nodes.values()) if node.model), "")


def _node(key: str, raw: dict[str, Any], tally: Tally) -> Node:
    parent, children = raw.get("parent"), raw.get("children")
    children = [each for each in children if isinstance(each, str)] if isinstance(children, list) else []
    node = Node(key, parent if isinstance(parent, str) else None, children)
    message = raw.get("message")
    if isinstance(message, dict):
        try:
            _read_message(node, message, tally)
        except Skipped as skipped:
            tally.skipped[skipped.reason] += 1
    elif message is not None:
        tally.skipped["not_an_object"] += 1
    return node


def _read_message(node: Node, message: dict[str, Any], tally: Tally) -> None:
    """Fill the node. Raises Skipped where the message is not imported."""
    metadata = as_dict(message.get("metadata"))
    content = as_dict(message.get("content"))
    kind = as_str(content.get("content_type"))
    role = as_dict(message.get("author")).get("role")
    _refuse_hidden(role, kind, metadata)
    node.created = noted_moment(message.get("create_time"), tally)
    if kind == "thoughts":
        node.reasoning = noted_text("", _thoughts(content), tally)[1]
        return
    _refuse_tools(role, kind, message, content)
    text = texts.without_markers(_text(kind, content, tally))
    text = texts.paragraphs(text, *_files(metadata, content, tally))
    node.text, _ = noted_text(text, "", tally)
    if not node.text:
        raise Skipped("empty_message")
    node.role = "user" if role == "user" else "assistant"
    node.model = texts.name(metadata.get("model_slug")) if node.role == "assistant" else ""
    node.is_unfinished = node.role == "assistant" and as_str(message.get("status")) in UNFINISHED
    tally.notes["unfinished"] += node.is_unfinished


def _refuse_hidden(role: Any, kind: str, metadata: dict[str, Any]) -> None:
    if metadata.get("is_visually_hidden_from_conversation") or kind in CONTEXTS:
        raise Skipped("hidden")
    if role == "system":
        raise Skipped("system")
    if role not in ("user", "assistant", "tool"):
        raise Skipped("unknown_role")
    if kind == "reasoning_recap":
        raise Skipped("reasoning_recap")
    if kind == "system_error":
        raise Skipped("error_message")


def _refuse_tools(role: Any, kind: str, message: dict[str, Any], content: dict[str, Any]) -> None:
    """A tool's images are shown as part of the answer; what else it says is not."""
    shows_images = any(_kind(part) == "image_asset_pointer" for part in as_list(content.get("parts")))
    if kind in TOOL_OUTPUTS or (role == "tool" and not shows_images):
        raise Skipped("tool_output")
    if role == "assistant" and message.get("recipient") not in ("all", None):
        raise Skipped("tool_call")


def _thoughts(content: dict[str, Any]) -> str:
    thoughts = [as_dict(thought) for thought in as_list(content.get("thoughts"))]
    found = [
        texts.paragraphs(
            f"**{as_str(thought.get('summary'))}**" if as_str(thought.get("summary")) else "",
            as_str(thought.get("content")),
        )
        for thought in thoughts
    ]
    return texts.paragraphs(*found, *(as_str(part) for part in as_list(content.get("parts"))))


def _text(kind: str, content: dict[str, Any], tally: Tally) -> str:
    parts = as_list(content.get("parts"))
    if kind in ("text", "multimodal_text"):
        return _parts(parts, tally)
    if kind == "code":
        code = as_str(content.get("text"))
        return texts.code_block(code, content.get("language")) if code.strip() else ""
    found = [as_str(content.get("text")), as_str(content.get("result")), *map(as_str, parts)]
    text = "\n".join(each for each in found if each)
    tally.notes["unknown_content_type"] += bool(text.strip())
    return text


def _parts(parts: list[Any], tally: Tally) -> str:
    is_transcribed = any(_kind(part) == "audio_transcription" for part in parts)
    lines = []
    for part in parts:
        kind = _kind(part)
        if isinstance(part, str):
            lines.append(part)
        elif kind == "image_asset_pointer":
            tally.notes["attachment"] += 1
            lines.append(texts.IMAGE)
        elif "asset_pointer" in kind:
            tally.notes["attachment"] += 1
            lines += [] if is_transcribed else [texts.AUDIO]
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            lines.append(part["text"])
        else:
            tally.notes["odd_part"] += part is not None
    return "\n".join(lines)


def _files(metadata: dict[str, Any], content: dict[str, Any], tally: Tally) -> list[str]:
    """Return a line for each attachment that is not a part of the message."""
    pointers = [as_str(as_dict(part).get("asset_pointer")) for part in as_list(content.get("parts"))]
    lines = []
    for file in map(as_dict, as_list(metadata.get("attachments"))):
        id = as_str(file.get("id"))
        if not id or not any(pointer.endswith(id) for pointer in pointers):
            tally.notes["attachment"] += 1
            lines.append(texts.file_line(file.get("name")))
    return lines


def _kind(part: Any) -> str:
    return as_str(part.get("content_type")) if isinstance(part, dict) else ""
