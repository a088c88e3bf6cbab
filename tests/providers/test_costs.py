"""What an answer costs."""

from decimal import Decimal

import pytest

from chatsite.providers.models import Model


@pytest.mark.parametrize(
    ("price", "tokens", "cost"),
    [("2.5", 1_000_000, Decimal("2.5")), ("999999.999999", 2**31 - 1, None), ("0", 2**31 - 1, Decimal(0))],
)
def test_a_cost_that_no_column_holds_is_not_known(price: str, tokens: int, cost: Decimal | None) -> None:
    model = Model(name="m", input_price=Decimal(0), output_price=Decimal(price))
    assert model.cost(0, tokens) == cost
