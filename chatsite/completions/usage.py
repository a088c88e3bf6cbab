"""Token counts from the many fields that servers have for them."""

from typing import Any

from chatsite.completions.types import Usage


def usage_from(raw: Any) -> Usage | None:
    """Usage from a server's object; None when it is none."""
    if not isinstance(raw, dict):
        return None
    prompt, completion = raw.get("prompt_tokens_details"), raw.get("completion_tokens_details")
    cached = prompt.get("cached_tokens") if isinstance(prompt, dict) else raw.get("prompt_cache_hit_tokens")
    thought = (
        completion.get("reasoning_tokens") if isinstance(completion, dict) else raw.get("reasoning_tokens")
    )
    cost = raw.get("cost")
    return Usage(
        whole_number(raw.get("prompt_tokens")),
        whole_number(raw.get("completion_tokens")),
        whole_number(raw.get("total_tokens")),
        whole_number(cached),
        whole_number(thought),
        float(cost) if isinstance(cost, (int, float)) and not isinstance(cost, bool) else None,
        raw,
    )


def whole_number(value: Any) -> int | None:
    """The number without its fraction; None for anything that is none or beyond 63 bits."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if value == value and abs(value) < 2**63 else None
