"""Token counts from the many fields that servers have for them."""

from typing import Any

from chatsite.completions.types import Usage

# What a 32-bit column of any database holds.
MAX_COUNT = 2**31 - 1


def usage_from(raw: Any) -> Usage | None:
    """Return the usage in a server's object; None if it is not an object."""
    if not isinstance(raw, dict):
        return None
    prompt, completion = raw.get("prompt_tokens_details"), raw.get("completion_tokens_details")
    cached = prompt.get("cached_tokens") if isinstance(prompt, dict) else raw.get("prompt_cache_hit_tokens")
    thought = (
        completion.get("reasoning_tokens") if isinstance(completion, dict) else raw.get("reasoning_tokens")
    )
    return Usage(
        count(raw.get("prompt_tokens")),
        count(raw.get("completion_tokens")),
        count(raw.get("total_tokens")),
        count(cached),
        count(thought),
        _amount(raw.get("cost")),
        raw,
    )


def count(value: Any) -> int | None:
    """The number without its fraction; None for anything that counts nothing, or more than a column holds."""
    number = whole_number(value)
    return number if number is not None and 0 <= number <= MAX_COUNT else None


def whole_number(value: Any) -> int | None:
    """Return the number without its fraction; None if it is not a number, or needs more than 63 bits."""
    return int(value) if _is_number(value) and abs(value) < 2**63 else None


def _amount(value: Any) -> float | None:
    return float(value) if _is_number(value) and 0 <= value <= MAX_COUNT else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
