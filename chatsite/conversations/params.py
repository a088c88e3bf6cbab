"""The parameters of a request that a person may set. All others are the site's, such as its headers and the model."""

from collections.abc import Callable
from typing import Any

from chatsite.conversations.texts import storable
from chatsite.providers.params import Effort

NUMBERS = {"temperature", "top_p", "frequency_penalty", "presence_penalty"}
WHOLE_NUMBERS = {"max_tokens", "max_completion_tokens", "seed"}
MAX_NUMBER = 100
MAX_STOPS = 16
MAX_STOP_CHARACTERS = 200


def allowed(params: dict[str, Any]) -> dict[str, Any]:
    """Return those that a person may set. Others may come with a file that was imported."""
    return {name: value for name, value in params.items() if is_allowed(name, value)}


def is_allowed(name: str, value: Any) -> bool:
    """Return whether a person may set this parameter to this value."""
    return name in ALLOWED and ALLOWED[name](value)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= MAX_NUMBER


def _is_whole_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _is_reasoning_effort(value: Any) -> bool:
    return isinstance(value, str) and value in Effort.values


def _is_stop(value: Any) -> bool:
    stops = value if isinstance(value, list) else [value]
    return len(stops) <= MAX_STOPS and all(
        isinstance(stop, str) and 0 < len(stop) <= MAX_STOP_CHARACTERS and storable(stop) == stop
        for stop in stops
    )


ALLOWED: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(NUMBERS, _is_number),
    **dict.fromkeys(WHOLE_NUMBERS, _is_whole_number),
    "stop": _is_stop,
    "reasoning_effort": _is_reasoning_effort,
}
