"""What the package genai-prices knows of models of public servers, where it is installed.

Its data is a part of the package; nothing is asked over the network. Only `import genai_prices` is used, never what
updates it.
"""

from decimal import Decimal
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from chatsite.providers.models import Model

PACKAGE = "genai_prices"
PRICE_PLACES = Model._meta.get_field("input_price").decimal_places


class Known(NamedTuple):
    """Prices per million tokens, in dollars, and the context window in tokens; each None where it is not known."""

    input_price: Decimal | None
    output_price: Decimal | None
    context_window: int | None


def is_installed() -> bool:
    return find_spec(PACKAGE) is not None


def known_of(name: str, base_url: str) -> Known | None:
    """Return what is known of a model at a server; None where the server or the model is not known."""
    prices = _package()
    try:
        found = prices.calc_price(prices.Usage(), name, provider_api_url=base_url)
    except LookupError:
        return None
    price = found.model_price
    return Known(_lowest(price.input_mtok), _lowest(price.output_mtok), found.model.context_window)


def known_of_model(model: Model) -> Known | None:
    """Return the same of a stored model. What its provider lists is better than what is known."""
    known = known_of(model.name, model.provider.base_url)
    if known and model.listed_window:
        known = known._replace(context_window=None)
    if known and model.listed_input_price is not None:
        known = known._replace(input_price=None, output_price=None)
    return known


@cache
def _package() -> Any:
    """Imported when it is first used: it takes memory and half a second."""
    return import_module(PACKAGE)


def _lowest(price: Any) -> Decimal | None:
    """Return a price; of one that rises with the length of a request, that of short ones."""
    number = getattr(price, "base", price)
    return None if number is None else round(number, PRICE_PLACES)


def written(number: Decimal | int | None) -> str:
    """Return a price or a window without zeros at its end; empty for none."""
    return "" if number is None else f"{Decimal(number).normalize():f}"
