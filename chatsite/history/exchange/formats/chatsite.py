"""Our own export, see docs/export-format.md: it loses nothing, so its messages are taken as they are."""

from datetime import datetime
from typing import Any

from chatsite.conversations.texts import storable
from chatsite.history.exchange import texts
from chatsite.history.exchange.json_types import as_dict, as_list, as_str
from chatsite.history.exchange.records import ReadConversation, ReadMessage, Skipped, Tally
from chatsite.history.exchange.times import moment

SOURCE = "chatsite"
VERSION = 1


def is_one(item: dict[str, Any]) -> bool:
    return item.get("format") == SOURCE


def read(item: dict[str, Any]) -> ReadConversation:
    """Raises Skipped."""
    version = item.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise Skipped("newer_version")
    id, created = texts.name(item.get("id")), moment(item.get("created"))
    if not id or created is None:
        raise Skipped("not_a_conversation")
    if not isinstance(item.get("messages"), list):
        raise Skipped("no_messages")
    tally = Tally()
    messages = _messages(item["messages"], created, as_list(item.get("prompts")), tally)
    if not messages:
        raise Skipped("empty", tally)
    return _conversation(item, id, created, messages, tally)


def _conversation(
    item: dict[str, Any], id: str, created: datetime, messages: list[ReadMessage], tally: Tally
) -> ReadConversation:
    ids = {message.id for message in messages}
    head = texts.name(item.get("head"))
    if head not in ids:
        tally.notes["no_current"] += 1
        head = messages[-1].id
    updated = moment(item.get("updated")) or max(message.created for message in messages)
    return ReadConversation(
        source=SOURCE,
        id=id,
        key=id,
        title=texts.title(item.get("title"), messages[0].text) if item.get("title") else "",
        created=created,
        updated=updated,
        version=updated,
        messages=messages,
        head=head,
        model=texts.name(item.get("model")),
        archived=item.get("archived") is True,
        pinned=item.get("pinned") is True,
        folder=as_str(item.get("folder")),
        params=as_dict(item.get("params")),
        prompt=texts.name(item.get("system_prompt")),
        tally=tally,
    )


def _messages(raw: list[Any], created: datetime, prompts: list[Any], tally: Tally) -> list[ReadMessage]:
    """The messages, in the order of the file: there, parents come before their replies."""
    messages: dict[str, ReadMessage] = {}
    for each in raw:
        if not isinstance(each, dict):
            tally.skipped["not_an_object"] += 1
            continue
        id, role, parent = texts.name(each.get("id")), each.get("role"), each.get("parent")
        if not id or role not in ("user", "assistant"):
            tally.skipped["unknown_role"] += 1
        elif id in messages:
            tally.notes["duplicate_message_id"] += 1
        else:
            before = messages.get(parent) if isinstance(parent, str) else None
            tally.notes["missing_parent"] += parent is not None and before is None
            messages[id] = _message(each, id, before, created, prompts, tally)
    return list(messages.values())


def _message(
    raw: dict[str, Any],
    id: str,
    before: ReadMessage | None,
    created: datetime,
    prompts: list[Any],
    tally: Tally,
) -> ReadMessage:
    text, reasoning = as_str(raw.get("text")), as_str(raw.get("reasoning"))
    fixed, thoughts = storable(text), storable(reasoning)
    tally.notes["text_repaired"] += (fixed, thoughts) != (text, reasoning)
    time = moment(raw.get("created"))
    tally.notes["bad_time"] += time is None
    message = ReadMessage(
        id=id,
        parent=before.id if before else None,
        role=raw["role"],
        text=fixed,
        reasoning=thoughts,
        created=time or (before.created if before else created),
    )
    message.completions = [_completion(as_dict(each), prompts) for each in as_list(raw.get("completions"))]
    message.model = message.completions[-1]["model"] if message.completions else ""
    return message


def _completion(raw: dict[str, Any], prompts: list[Any]) -> dict[str, Any]:
    """The completion with its prompt version in place of that one's number in the list."""
    number = raw.get("prompt")
    prompt = {}
    if isinstance(number, int) and 0 <= number < len(prompts):
        prompt = as_dict(prompts[number])
    return raw | {"model": texts.name(raw.get("model")), "prompt": prompt}
