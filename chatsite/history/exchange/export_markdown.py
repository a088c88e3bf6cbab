"""A conversation as a Markdown file: front matter, and the shown branch."""

import json
import re
from collections.abc import Iterator

from chatsite.conversations.models import Conversation, Message, Role
from chatsite.history.exchange.export_queries import shown_branch

EXTENSION = "md"
# What JSON allows in a string and YAML does not: control characters, line ends of Unicode, noncharacters.
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def markdown(conversation: Conversation) -> Iterator[str]:
    """The file, in pieces."""
    about = {
        "title": conversation.title,
        "id": str(conversation.uuid),
        "model": conversation.model,
        "created": conversation.created.isoformat(),
        "updated": conversation.updated.isoformat(),
    }
    lines = (f"{name}: {_yaml(value)}" for name, value in about.items())
    yield "\n".join(["---", *lines, "---\n"])
    for message in shown_branch(conversation):
        yield f"\n{_message(message)}\n"


def _yaml(value: str) -> str:
    """A string in JSON is one in YAML, too, once these characters are escaped."""
    return NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _message(message: Message) -> str:
    if message.role == Role.USER:
        return f"## You\n\n{_closed(message.text.strip())}"
    model = message.completion.model if message.completion else ""
    parts = [f"## {model or 'Answer'}", _reasoning(message.reasoning), _closed(message.text.strip())]
    return "\n\n".join(part for part in parts if part)


def _closed(text: str) -> str:
    """The text, its last code block closed: an open one would swallow all messages that follow."""
    opened = ""
    for line in text.splitlines():
        marks, rest = found.groups() if (found := FENCE.match(line)) else ("", "")
        if opened:
            opened = "" if marks.startswith(opened) and not rest.strip() else opened
        elif marks and not (marks[0] == "`" and "`" in rest):
            opened = marks
    return f"{text}\n{opened}" if opened else text


def _reasoning(text: str) -> str:
    if not text.strip():
        return ""
    return "\n".join(f"> {line}".rstrip() for line in ["**Reasoning**", "", *text.strip().splitlines()])
