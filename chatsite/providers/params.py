"""Parameters of requests: what a model's own may be, and which ones the site sets by itself."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from chatsite.completions.request import IGNORED

TEMPERATURE = [MinValueValidator(0), MaxValueValidator(2)]
TOP_P = [MinValueValidator(0), MaxValueValidator(1)]
MAX_TOKENS = [MinValueValidator(1), MaxValueValidator(10_000_000)]
MAX_OTHER_CHARACTERS = 2_000
# Parameters of which a request has one at most: servers refuse both.
ALTERNATIVES = ({"max_tokens", "max_completion_tokens"},)
# Parameters that have fields of their own.
TYPED = ("temperature", "top_p", "max_tokens", "reasoning_effort")
# What the site sets for each request, what would change what it sends, and what it cannot read the answer of.
RESERVED = frozenset(
    {
        "messages",
        "model",
        "stream",
        "stream_options",
        "n",
        "tools",
        "tool_choice",
        "functions",
        "function_call",
    }
    | {"parallel_tool_calls", "modalities", "audio", "prediction", "user", "timeout"}
    | {"self", "record", "extra_body", "extra_headers", "extra_query", "headers"}
    | IGNORED
)


class Effort(models.TextChoices):
    """How long a model reasons before it answers."""

    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def validate_other_params(value: Any) -> None:
    """Raise ValidationError with a sentence unless this can be sent with each request."""
    if not isinstance(value, dict):
        raise ValidationError('Write a JSON object, such as {"seed": 1}.')
    for name in value:
        if not name:
            raise ValidationError("A parameter needs a name.")
        # Some servers ignore the case of parameters' names.
        if name.casefold() in TYPED:
            raise ValidationError(f"“{name}” has a field of its own. Set it there.")
        if name.casefold() in RESERVED:
            raise ValidationError(f"“{name}” cannot be set here: the site decides about it.")
    if not _is_storable(value):
        raise ValidationError("It has a number or a character that cannot be sent.")
    if len(json.dumps(value, ensure_ascii=False)) > MAX_OTHER_CHARACTERS:
        raise ValidationError(f"{MAX_OTHER_CHARACTERS:,} characters is the most.")


def with_defaults(defaults: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request: what a command or conversation chose, and a model's defaults for the rest."""
    replaced = {name for names in ALTERNATIVES if names & chosen.keys() for name in names}
    return {name: value for name, value in defaults.items() if name not in replaced} | chosen


def _is_storable(value: Any) -> bool:
    """Return whether a request and both databases can hold it: no NaN, no NUL, no half surrogate pair."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text
