"""Chunks folded into one whole completion."""

from collections.abc import Iterable
from typing import Any

from chatsite.completions.types import AssistantMessage, ChatCompletion, ChatCompletionChunk, Choice, Usage


def folded(chunks: Iterable[ChatCompletionChunk]) -> ChatCompletion:
    """The completion that these chunks make; a chunk alone gives its `raw` on."""
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
    return _completion(ident, created, model, choice, usage, {} if several else raw)


def merged_tool_calls(calls: list[dict[str, Any]], pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The calls with these pieces added: by index where there is one, else by id, else by position."""
    calls = list(calls)
    for position, piece in enumerate(pieces):
        if isinstance(piece, dict):
            _merge(calls, piece, position)
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
    for field in ("index", "id"):
        value = piece.get(field)
        if value is not None and value != "":
            return next((n for n, call in enumerate(calls) if call.get(field) == value), None)
    return position if position < len(calls) else None
