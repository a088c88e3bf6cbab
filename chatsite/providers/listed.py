"""What a provider's list says of a model beside its name: its context window, what it can, and its prices.

Servers have many forms for the same. What is of none of them is taken as not said; nothing here raises.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from chatsite.completions.types import Model as ListedModel

# The words that servers have for each ability, with underscores, and without “supports_” before them.
WORDS = {
    "images": frozenset({"vision", "image", "images", "image_in", "image_input", "multimodal", "vlm"}),
    "tools": frozenset(
        {"tools", "tool_use", "tool_calls", "tool_calling", "function_calling", "trained_for_tool_use"}
    ),
    "reasoning": frozenset({"reasoning", "thinking", "include_reasoning", "reasoning_effort"}),
}
ABILITIES = tuple(WORDS)
COLUMNS = (
    "listed_window",
    *(f"listed_{name}" for name in ABILITIES),
    "listed_input_price",
    "listed_output_price",
)

# Fields that name some abilities: what they do not name may still be there.
_OPEN = ("capabilities", "features", "tags", "type")
# Fields that name all there is of some abilities: what they do not name is not there.
_WHOLE = {
    "input_modalities": ("images",),
    "supported_input_modalities": ("images",),
    "supported_parameters": ("tools", "reasoning"),
    "supported_features": ("tools", "reasoning"),
}
# Objects beside the model's own fields: OpenRouter and DeepInfra.
_NESTED = ("architecture", "metadata")

_PRICES = (("prompt", "completion"), ("input", "output"), ("input_tokens", "output_tokens"))
MAX_PRICE = 10_000
# A number below this for a million tokens is likely to be one for a single token; which one, nobody says.
MIN_PRICE = 0.001
MAX_PRICE_CHARACTERS = 40
PRICE_PLACES = 6


def columns(model: ListedModel) -> dict[str, Any]:
    """Return the values of a listed model by the names of columns; None for what its list does not say."""
    sources = _sources(model.raw)
    abilities = {f"listed_{name}": _ability(name, sources) for name in ABILITIES}
    prices = next(filter(None, map(_prices, sources)), (None, None))
    return {
        "listed_window": model.context_window,
        **abilities,
        "listed_input_price": prices[0],
        "listed_output_price": prices[1],
    }


def _sources(raw: dict[str, Any]) -> list[dict[str, Any]]:
    return [raw, *(raw[name] for name in _NESTED if isinstance(raw.get(name), dict))]


def _ability(name: str, sources: list[dict[str, Any]]) -> bool | None:
    """Return whether one of the sources says so, or that it is not so; None where none says either."""
    said = [is_so for source in sources for is_so in _said(name, source)]
    return any(said) if said else None


def _said(name: str, source: dict[str, Any]) -> Iterator[bool]:
    words = WORDS[name]
    flags = {**_flags(source), **_flags(source.get("capabilities"))}
    yield from (is_so for word, is_so in flags.items() if word in words)
    yield from (True for field in _OPEN if words & _texts(source.get(field)))
    for field, abilities in _WHOLE.items():
        if name in abilities and (found := _texts(source.get(field))):
            yield bool(words & found)
    modality = source.get("modality")
    if name == "images" and isinstance(modality, str) and "->" in modality:
        yield "image" in modality.partition("->")[0].lower().split("+")


def _flags(value: Any) -> dict[str, bool]:
    """Return the flags of an object: its own and, as one server has them, those of `supports` in it."""
    if not isinstance(value, dict):
        return {}
    inner = value.get("supports")
    return {
        _word(name): is_so
        for each in (value, inner if isinstance(inner, dict) else {})
        for name, is_so in each.items()
        if isinstance(is_so, bool)
    }


def _texts(value: Any) -> set[str]:
    """Return the words of a text or a list of texts."""
    texts = value if isinstance(value, list) else [value]
    return {_word(text) for text in texts if isinstance(text, str)}


def _word(text: str) -> str:
    return text.lower().replace("-", "_").replace(" ", "_").removeprefix("supports_")


def _prices(source: dict[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Return the prices of a million tokens of input and of output; None unless both are there."""
    pricing = source.get("pricing")
    if not isinstance(pricing, dict):
        return None
    for names in _PRICES:
        read, write = (_price(pricing.get(name)) for name in names)
        if read is not None and write is not None:
            return read, write
    return None


def _price(value: Any) -> Decimal | None:
    """Return the price of a million tokens: a text is for one token, a number for a million. A number of 0 is what
    servers have for models that cost by the hour."""
    if isinstance(value, str) and len(value) <= MAX_PRICE_CHARACTERS:
        price = _decimal(value)
        return _rounded(price * 1_000_000) if price is not None else None
    if isinstance(value, int | float) and not isinstance(value, bool) and MIN_PRICE <= value <= MAX_PRICE:
        return _rounded(Decimal(str(value)))
    return None


def _decimal(text: str) -> Decimal | None:
    """Return a number that can be a price; None for anything else, such as -1, which stands for a varying one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= MAX_PRICE else None


def _rounded(price: Decimal) -> Decimal | None:
    return round(price, PRICE_PLACES) if price <= MAX_PRICE else None
