"""A draw costs one write unit: no account is larger than a kilobyte, whatever it has used."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from benchmarks.aws.write_units import UNIT, size
from ordercast.budgets.account import opened
from ordercast.budgets.budget import Budget, BudgetPeriod
from ordercast.gateways.budgets.items import insert_account


@pytest.mark.parametrize("period", BudgetPeriod)
def test_an_account_is_smaller_than_a_unit(period: BudgetPeriod) -> None:
    budget = Budget(
        period=period,
        limit=Decimal("99999.99999"),
        channel="sms",
        country="SE",
        campaign="c" * 37,
        shop="s" * 37,
    )
    full = replace(
        opened(budget, budget.account("2026-03-02T09")),
        left=Decimal("12345.67891"),
        used=dict.fromkeys(period.slots, Decimal("3333.33333")),
        adjusted=dict.fromkeys(period.slots, Decimal("-1234.56789")),
    )
    statement = insert_account("ledger", full)
    names = statement.text.split("'")[1::2]

    assert size(dict(zip(names, statement.parameters, strict=True))) < UNIT
