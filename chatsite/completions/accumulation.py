"""Chunks accumulated into one whole completion."""

import json
from collections.abc import Iterable
from typing import Any

from chatsite.completions.thinking import told_apart
from chatsite.completions.types import AssistantMessage, ChatCompletion, ChatCompletionChunk, Choice, Usage


def accumulated(chunks: Iterable[ChatCompletionChunk]) -> ChatCompletion:
    """The completion that these chunks make; a single chunk passes its `raw` on."""
    ident, created, model, usage = "", 0, "", None
    raw: dict[str, Any] = {}
    choice = Choice(AssistantMessage())
    several = False
    for chunk in chunks:
        several = bool(raw)
        ident, created, model = chunk.id or ident, chunk.created or created, chunk.model or model
        usage = chunk.usage or usage
        raw = chunk.raw or raw
        _add(choice, chunk)
    _tell_apart(choice.message)
    return _completion(ident, created, model, choice, usage, {} if several else raw)


def merged_tool_calls(calls: list[dict[str, Any]], pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The calls with these pieces added; a piece with a new id, or a new name, begins a call of its own."""
    calls = list(calls)
    alone = len(pieces) == 1
    for position, piece in enumerate(pieces):
        if isinstance(piece, dict):
            _merge(calls, piece, -1 if alone else position)
    return calls


def _completion(
    ident: str, created: int, model: str, choice: Choice, usage: Usage | None, raw: dict[str, Any]
) -> ChatCompletion:
    return ChatCompletion(ident, created, model, [choice], usage, raw=raw)


def _add(choice: Choice, chunk: ChatCompletionChunk) -> None:
    for piece in chunk.choices:
        message, delta = choice.message, piece.delta
        if delta.content is not None:
            message.content = (message.content or "") + delta.content
        if delta.reasoning:
            message.reasoning = (message.reasoning or "") + delta.reasoning
        if delta.tool_calls:
            message.tool_calls = merged_tool_calls(message.tool_calls or [], delta.tool_calls)
        choice.finish_reason = piece.finish_reason or choice.finish_reason


def _tell_apart(message: AssistantMessage) -> None:
    text, reasoning = told_apart(message.content or "", message.reasoning or "")
    if text != (message.content or ""):
        message.content, message.reasoning = text, reasoning


def _merge(calls: list[dict[str, Any]], piece: dict[str, Any], position: int) -> None:
    slot = _slot(calls, piece, position)
    if slot is None:
        calls.append(piece | {"function": _joined({}, piece.get("function"))})
        return
    held = calls[slot]
    ident = held.get("id") or piece.get("id")
    calls[slot] = held | {"id": ident, "function": _joined(held["function"], piece.get("function"))}


def _joined(held: dict[str, Any], more: Any) -> dict[str, Any]:
    if not isinstance(more, dict):
        more = {}
    arguments, rest = held.get("arguments") or "", more.get("arguments") or ""
    both_text = isinstance(arguments, str) and isinstance(rest, str)
    name = held.get("name") or more.get("name")
    joined: dict[str, Any] = more | held
    return joined | {"name": name, "arguments": arguments + rest if both_text else arguments or rest}


def _slot(calls: list[dict[str, Any]], piece: dict[str, Any], position: int) -> int | None:
    """Which call a piece belongs to; None for a new one."""
    ident = piece.get("id")
    if ident and (found := _last(calls, "id", ident)) is not None:
        return found
    slot = _place(calls, piece, position)
    if slot is None or not 0 <= slot < len(calls) or _is_another(calls[slot], piece):
        return None
    return slot


def _place(calls: list[dict[str, Any]], piece: dict[str, Any], position: int) -> int | None:
    if piece.get("index") is not None:
        return _last(calls, "index", piece["index"])
    return len(calls) - 1 if position < 0 else position


def _last(calls: list[dict[str, Any]], field: str, value: Any) -> int | None:
    """The newest call with this value: some servers send several calls with one index."""
    return next((n for n in reversed(range(len(calls))) if calls[n].get(field) == value), None)


def _is_another(held: dict[str, Any], piece: dict[str, Any]) -> bool:
    """Whether a piece that has the same index or position is not of this call."""
    if held.get("id") and piece.get("id"):
        return True  # the ids differ
    function = piece.get("function")
    if not isinstance(function, dict) or not function.get("name") or not held["function"].get("name"):
        return False
    if function["name"] != held["function"]["name"]:
        return True
    return bool(function.get("arguments")) and _is_whole(held["function"].get("arguments"))


def _is_whole(arguments: Any) -> bool:
    """Whether the arguments are a JSON object, as text or as it is."""
    if not isinstance(arguments, str):
        return bool(arguments)
    try:
        return arguments.rstrip().endswith("}") and isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        return False
