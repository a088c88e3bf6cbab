"""Open WebUI's export: a list of chats, or one chat with or without its envelope."""

import re
from typing import Any

from chatsite.history.exchange import texts
from chatsite.history.exchange.conversation_builder import build, note_message, noted_moment, read_line
from chatsite.history.exchange.json_types import as_dict, as_list, as_str
from chatsite.history.exchange.records import ReadConversation, Role, Skipped, Tally
from chatsite.history.exchange.tree import Node

SOURCE = "openwebui"
ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}
SKIPPED_ROLES = {"system": "system", "tool": "tool_output"}

# What the program itself puts into an answer. What a person or a model wrote has no such type.
OPENING = re.compile(r"<details\b([^<>]*)>")
TYPE = re.compile(r'\btype="(reasoning|tool_calls|code_interpreter)"')
ANY_OPENING = re.compile(r"<details\b|</details>")
CLOSING = "</details>"
BEGIN_SUMMARY, END_SUMMARY = "<summary>", "</summary>"
QUOTE = re.compile(r"^> ?", re.MULTILINE)


def is_one(item: dict[str, Any]) -> bool:
    is_chat = isinstance(item.get("chat"), dict) or isinstance(item.get("history"), dict)
    return is_chat or ("messages" in item and "models" in item)


def read(item: dict[str, Any]) -> ReadConversation:
    """Raises Skipped."""
    chat = as_dict(item["chat"]) if isinstance(item.get("chat"), dict) else item
    history = as_dict(chat.get("history"))
    tally = Tally()
    messages = history.get("messages")
    if isinstance(messages, dict) and (messages or not chat.get("messages")):
        nodes = _tree(messages, tally)
    elif isinstance(chat.get("messages"), list):
        nodes = read_line(chat["messages"], _read_message, tally)
    else:
        raise Skipped("no_messages")
    is_envelope = chat is not item
    models = [model for model in as_list(chat.get("models")) if texts.name(model)]
    return build(
        SOURCE,
        item.get("id"),
        item.get("title") or chat.get("title"),
        nodes,
        tally,
        created=item.get("created_at") if is_envelope else chat.get("timestamp"),
        updated=item.get("updated_at"),
        current=history.get("currentId"),
        model=models[0] if models else "",
        archived=item.get("archived") is True,
        pinned=item.get("pinned") is True,
    )


def _tree(messages: dict[str, Any], tally: Tally) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for key, message in messages.items():
        if not isinstance(message, dict):
            tally.skipped["not_an_object"] += 1
            continue
        parent = message.get("parentId")
        children = [each for each in as_list(message.get("childrenIds")) if isinstance(each, str)]
        node = Node(key, parent if isinstance(parent, str) else None, children)
        _read_message(node, message, tally)
        nodes[key] = node
    return nodes


def _read_message(node: Node, message: dict[str, Any], tally: Tally) -> None:
    name = as_str(message.get("role"))
    role = ROLES.get(name)
    if role is None:
        tally.skipped[SKIPPED_ROLES.get(name, "unknown_role")] += 1
        return
    node.created = noted_moment(message.get("timestamp"), tally)
    text, reasoning = _content(message, role, tally)
    text = texts.paragraphs(text, *_files(message, tally), _error(message.get("error")))
    if note_message(node, role, text, reasoning, tally) and role == "assistant":
        node.model = texts.name(message.get("model"))
        node.is_unfinished = message.get("done") is False
        tally.notes["unfinished"] += node.is_unfinished


def _content(message: dict[str, Any], role: Role, tally: Tally) -> tuple[str, str]:
    content = message.get("content")
    text = content if isinstance(content, str) else _parts(as_list(content), tally)
    if role == "user":
        return text, ""
    text, reasoning = _without_details(text, tally)
    if text.strip():
        return text, reasoning
    said, thought = _output(as_list(message.get("output")))
    return said, reasoning or thought


def _parts(parts: list[Any], tally: Tally) -> str:
    lines = []
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            lines.append(part["text"])
        elif kind == "image_url":
            tally.notes["attachment"] += 1
            lines.append(texts.IMAGE)
        else:
            tally.notes["odd_part"] += part is not None
    return "\n".join(lines)


def _output(items: list[Any]) -> tuple[str, str]:
    """The text and the reasoning of the items that newer versions keep beside the content."""
    said, thought = [], []
    for item in map(as_dict, items):
        parts = [as_str(as_dict(part).get("text")) for part in as_list(item.get("content"))]
        if item.get("type") == "message":
            said += parts
        elif item.get("type") == "reasoning":
            thought += parts
    return texts.paragraphs(*said), texts.paragraphs(*thought)


def _without_details(text: str, tally: Tally) -> tuple[str, str]:
    """The answer without the program's own blocks, and the reasoning in them. A block without end is text."""
    kept, thoughts, at = [], [], 0
    while found := _opening(text, at):
        opening, kind = found
        end = _end_of_details(text, opening.end())
        if end < 0:
            break
        kept.append(text[at : opening.start()])
        inside = text[opening.end() : end - len(CLOSING)]
        if kind == "reasoning":
            thoughts.append(QUOTE.sub("", _without_summary(inside).strip()))
        else:
            tally.notes["tool_call"] += 1
        at = end
    if at:
        return ("".join(kept) + text[at:]).strip(), texts.paragraphs(*thoughts)
    return text, ""


def _opening(text: str, at: int) -> tuple[re.Match[str], str] | None:
    """The next opening of a block of the program's own, and its type."""
    for tag in OPENING.finditer(text, at):
        if kind := TYPE.search(tag[1]):
            return tag, kind[1]
    return None


def _without_summary(inside: str) -> str:
    begin = inside.find(BEGIN_SUMMARY)
    end = inside.find(END_SUMMARY, begin)
    return inside if begin < 0 or end < 0 else inside[:begin].rstrip() + inside[end + len(END_SUMMARY) :]


def _end_of_details(text: str, at: int) -> int:
    """Where the block ends whose opening ends here, blocks within it passed over; -1 where it does not end."""
    depth = 1
    for tag in ANY_OPENING.finditer(text, at):
        depth += -1 if tag[0] == CLOSING else 1
        if depth == 0:
            return tag.end()
    return -1


def _files(message: dict[str, Any], tally: Tally) -> list[str]:
    files = [as_dict(file) for file in as_list(message.get("files"))]
    tally.notes["attachment"] += len(files)
    return [_file_line(file) for file in files]


def _file_line(file: dict[str, Any]) -> str:
    if file.get("type") == "image":
        return texts.IMAGE
    return texts.file_line(file.get("name") or as_dict(file.get("file")).get("filename"))


def _error(error: Any) -> str:
    if not error:
        return ""
    return texts.error_line(as_str(error) or as_str(as_dict(error).get("content")))
