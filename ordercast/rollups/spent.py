"""Tell what buckets mean for budgets: what was spent, reserved and drawn. Used by counting, `verify` and `ordercast budget`."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ordercast.budgets.account import NOTHING, BySlot
from ordercast.budgets.budget import Budget
from ordercast.rollups.rollup import (
    CARRIER,
    DRAWN,
    ESTIMATE,
    OUTSTANDING,
    Amounts,
    RollupKey,
)


def cost(amounts: Amounts) -> Decimal:
    """Return what carriers charged, and what is expected of messages that they have not priced yet."""
    return NOTHING + amounts.get(CARRIER, 0) + amounts.get(ESTIMATE, 0)


def charged(amounts: Amounts) -> Decimal:
    """Return the cost, and what may still be charged beyond it."""
    return cost(amounts) + amounts.get(OUTSTANDING, 0)


def adjustment(amounts: Amounts) -> Decimal:
    """Return by how much a budget is charged more, or less, than was drawn from it."""
    return charged(amounts) - amounts.get(DRAWN, 0)


def adjustments(
    additions: Mapping[RollupKey, Amounts], budgets: Iterable[Budget]
) -> dict[str, dict[str, Decimal]]:
    """Return what *additions* to buckets adjust in each account of *budgets*, by slot."""
    found: dict[str, dict[str, Decimal]] = {}
    for budget in budgets:
        for bucket, amounts in additions.items():
            amount = adjustment(amounts)
            if amount and budget.covers(bucket.spending):
                slots = found.setdefault(budget.account(bucket.hour), {})
                slot = budget.period.slot(bucket.hour)
                slots[slot] = slots.get(slot, NOTHING) + amount
    return found


def charged_by_slot(buckets: Mapping[RollupKey, Amounts], budget: Budget, period: str) -> BySlot:
    """Return what *buckets* of a period charge to a budget, by slot."""
    found: dict[str, Decimal] = {}
    for bucket, amounts in buckets.items():
        if budget.period.of(bucket.hour) == period and budget.covers(bucket.spending):
            slot = budget.period.slot(bucket.hour)
            found[slot] = found.get(slot, NOTHING) + charged(amounts)
    return found
