"""The export as JSON: complete, so that an import of it makes the same conversations. See docs/export-format.md."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chatsite.conversations.models import Completion, Conversation, Message, Status
from chatsite.history.exchange.export_queries import messages
from chatsite.history.exchange.formats.chatsite import SOURCE, VERSION
from chatsite.history.exchange.identifiers import text_digest

COMPLETION_FIELDS = (
    "status",
    "model",
    "dropped_prompt",
    "params",
    "request_hash",
    "omitted",
    "text_before",
    "finish_reason",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "cost",
    "error_kind",
    "error",
    "started",
    "first_delta",
    "finished",
)


def json_export(conversations: Iterable[Conversation]) -> Iterator[str]:
    """The document, in pieces."""
    head = {"format": SOURCE, "version": VERSION, "exported": datetime.now(UTC)}
    yield _dump(head)[:-1] + ', "conversations": ['
    before = "\n"
    for conversation in conversations:
        yield before
        yield from _conversation(conversation)
        before = ",\n"
    yield "\n]}\n"


def _conversation(conversation: Conversation) -> Iterator[str]:
    about = {
        "format": SOURCE,
        "version": VERSION,
        "id": conversation.uuid,
        "title": conversation.title,
        "model": conversation.model,
        "params": conversation.params,
        "system_prompt": conversation.system_prompt.name if conversation.system_prompt else None,
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "folder": conversation.folder.name if conversation.folder else None,
        "created": conversation.created,
        "updated": conversation.updated,
    }
    yield _dump(about)[:-1] + ', "messages": ['
    ids: dict[int | None, UUID | None] = {None: None}
    prompts: dict[int, tuple[int, dict[str, Any]]] = {}
    before = "\n "
    for message in messages(conversation):
        ids[message.pk] = message.uuid
        yield before + _dump(_message(message, ids, prompts))
        before = ",\n "
    versions = [prompt for _, prompt in prompts.values()]
    yield f'\n], "prompts": {_dump(versions)}, "head": {_dump(ids.get(conversation.head_id))}}}'


def _message(
    message: Message,
    ids: dict[int | None, UUID | None],
    prompts: dict[int, tuple[int, dict[str, Any]]],
) -> dict[str, Any]:
    completions = sorted(message.completions.all(), key=lambda each: each.pk)
    text, reasoning = message.text, message.reasoning
    if completions and completions[-1].status == Status.STREAMING:
        logged = completions[-1].logged()
        text, reasoning = text + logged[0], reasoning + logged[1]
    fields: dict[str, Any] = {
        "id": message.uuid,
        "parent": ids.get(message.parent_id),
        "role": message.role,
        "text": text,
        "reasoning": reasoning,
        "created": message.created,
    }
    if given := message.feedback:
        fields["feedback"] = {"value": given.value, "words": given.words, "shared": given.shared}
    if completions:
        fields["completions"] = [_completion(each, prompts) for each in completions]
    return fields


def _completion(completion: Completion, prompts: dict[int, tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    fields = {name: getattr(completion, name) for name in COMPLETION_FIELDS}
    fields["provider"] = completion.provider.name if completion.provider else ""
    fields["prompt"] = _prompt(completion, prompts)
    return fields


def _prompt(completion: Completion, prompts: dict[int, tuple[int, dict[str, Any]]]) -> int | None:
    """The place of the prompt's version in the conversation's list. People may use prompts that they cannot read, so
    it has a digest in place of the text."""
    version = completion.prompt_version
    if version is None:
        return None
    if version.pk not in prompts:
        about = {
            "name": version.prompt.name,
            "number": version.number,
            "sha256": text_digest(version.text),
        }
        prompts[version.pk] = (len(prompts), about)
    return prompts[version.pk][0]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    raise TypeError(f"{value!r} has no form in JSON")
