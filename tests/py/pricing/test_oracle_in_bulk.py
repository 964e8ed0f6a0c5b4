"""The pipeline prices 10,000 generated families as the oracle does: lines, totals, schedules.

Environment:
  ORACLE_FAMILIES   how many families at least (10000); above that they are other ones each time
"""

from __future__ import annotations

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings

from tests.py.pricing.engine import Engine, EngineRefusesError
from tests.py.pricing.families import PRICE_LISTS, batches
from tests.py.pricing.oracle import OracleRefusesError, Order, Price, parts, price

_BATCH = 50
_USUAL = 10_000
FAMILIES = int(os.environ.get("ORACLE_FAMILIES", _USUAL))


def opinion(order: Order, name: str) -> tuple[Price | None, set[str]]:
    """The oracle's price, or the codes of its refusal."""
    try:
        return price(order, PRICE_LISTS[name]), set()
    except OracleRefusesError as refusal:
        return None, set(refusal.args)


# Seconds.
@pytest.mark.timeout(max(120, FAMILIES // 50))
@settings(
    max_examples=-(-FAMILIES // _BATCH),
    derandomize=FAMILIES <= _USUAL,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    # A batch is long: the assertion names the one order.
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
)
@given(batch=batches(_BATCH))
def test_the_pipeline_prices_every_family_as_the_oracle_does(
    engine: Engine, batch: tuple[str, list[Order]]
) -> None:
    name, orders = batch
    opinions = [(order, *opinion(order, name)) for order in orders]
    sold = [(order, expected) for order, expected, codes in opinions if not codes]
    if sold:
        prices = engine.price(name, [order for order, _ in sold])
        for (order, expected), found in zip(sold, prices, strict=True):
            assert found == expected, (name, order)
    # One refusal fails a whole call.
    for order, _, codes in opinions:
        if codes:
            try:
                found = engine.price(name, [order])
            except EngineRefusesError as refusal:
                assert set(refusal.args) <= codes, order
            else:
                raise AssertionError(f"{found} instead of {codes} for {order}")


@pytest.mark.parametrize(
    ("name", "plan"), [(name, plan) for name, rules in PRICE_LISTS.items() for plan in rules.plans]
)
def test_the_parts_of_a_total_are_the_oracles(engine: Engine, name: str, plan: str) -> None:
    totals = [0, 1, 3, 4, 5, 6, 4_999, 5_000, 5_001, 941_43, 2**40 + 1]
    for ordered_on in (
        date(2026, 8, 31), date(2027, 1, 15), date(2027, 1, 31), date(2027, 2, 20),
        date(2027, 5, 15), date(2028, 2, 29),
    ):
        for days in (1, 30):
            found = engine.schedule(name, plan, totals, ordered_on, days)
            assert found == [
                parts(total, PRICE_LISTS[name].plans[plan], ordered_on, days) for total in totals
            ], ordered_on
