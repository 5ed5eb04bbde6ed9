"""Set budgets, and read what is used of them. Used by `ordercast budget`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, partial
from typing import Any

from msgspec.structs import replace

from ordercast.budgets.account import NOTHING, Account, opened, share_used
from ordercast.budgets.budget import (
    BUDGETS_MAX,
    DIMENSIONS,
    Budget,
    BudgetPeriod,
    begins,
    hours_back,
    period_of,
)
from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import LedgerUnavailable
from ordercast.operations.target import Target
from ordercast.rollups.budget_holds import account_of, budget_of, money_holds
from ordercast.rollups.rollup import Amounts, RollupKey, hour_of
from ordercast.rollups.spent import charged_by_slot, cost
from ordercast.usage_error import UsageError
from ordercast.workflows.read_rollups import rollups_between
from ordercast.workflows.take_in_adjustments import take_in_adjustments

HISTORY = {BudgetPeriod.MONTH: 12, BudgetPeriod.DAY: 14, BudgetPeriod.HOUR: 24}
"""How many earlier periods are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A budget in one period: what is left of it, spent so far, and how many messages wait for room."""

    budget: Budget
    account: Account
    spent: Decimal
    waiting: int

    @property
    def used(self) -> Decimal:
        """What is spent and reserved, in US dollars."""
        return self.account.limit - self.account.left

    @property
    def reserved(self) -> Decimal:
        """What may still be charged for messages on their way."""
        return self.used - self.spent

    @property
    def document(self) -> dict[str, Any]:
        """The same for `--json`; US dollars are text, so that no program rounds them."""
        return {
            "budget": self.budget.id,
            **{name: getattr(self.budget, name) for name in DIMENSIONS},
            "period": period_of(self.account.key),
            "limit_usd": f"{self.account.limit:f}",
            "used_usd": f"{self.used:f}",
            "spent_usd": f"{self.spent:f}",
            "reserved_usd": f"{self.reserved:f}",
            "used_percent": f"{share_used(self.account):.1f}",
            "reserve_percent": self.budget.reserve,
            "waiting": self.waiting,
            "by": self.budget.by,
            "since": self.budget.since and self.budget.since.isoformat(),
            "reason": self.budget.reason,
        }


def dollars(written: str, *, option: str) -> Decimal:
    """Read a limit in US dollars. Raises `UsageError`."""
    try:
        amount = Decimal(written)
        # More digits than an amount can have are refused by an exception, too.
        if amount.is_finite() and amount >= 0 and amount.quantize(_SMALLEST) == amount:
            return amount
    except InvalidOperation:
        pass
    raise UsageError(f"{option}: {written} is not an amount in US dollars, such as 100 or 2.50")


_SMALLEST = Decimal("0.00001")


def set_budget(chosen: Target, budget: Budget) -> None:
    """Set *budget* from now on; what its present period has cost so far is used already."""
    now = datetime.now(UTC)
    known = {each.id for each in chosen.limits().read().budgets}
    if budget.id not in known:
        if len(known) >= BUDGETS_MAX:
            raise UsageError(
                f"{BUDGETS_MAX} budgets are set already, which is the most",
                hint="remove one with `budget set … --remove`",
            )
        # First the account: as soon as there is a limit, senders open and draw from it.
        _open(chosen, budget, now)
    chosen.limits().set(budget)
    hour = hour_of(now)
    take_in_adjustments(chosen.accounts(), chosen.rollups(), {budget.account(hour): budget})


def remove_budget(chosen: Target, budget: Budget) -> None:
    """Remove the budget of that scope and period."""
    if budget.id not in {each.id for each in chosen.limits().read().budgets}:
        raise UsageError(f"no budget {budget.id} is set", hint="`budget show` lists them")
    chosen.limits().remove(budget)


def present(chosen: Target) -> list[BudgetState]:
    """Return every budget in its present period."""
    return _states(chosen, back=dict.fromkeys(BudgetPeriod, 1))


def earlier(chosen: Target) -> list[BudgetState]:
    """Return every budget in its present period and earlier ones in which it was used, oldest first."""
    return _states(chosen, back=HISTORY)


def _states(chosen: Target, *, back: Mapping[BudgetPeriod, int]) -> list[BudgetState]:
    now = datetime.now(UTC)
    by_key = {
        each.account(hour): each
        for each in chosen.limits().read().budgets
        for hour in hours_back(each.period, back[each.period], now)
    }
    accounts = take_in_adjustments(chosen.accounts(), chosen.rollups(), by_key)
    waiting = _waiting(chosen)
    buckets = cache(partial(_buckets, chosen))
    return [
        BudgetState(
            budget=budget,
            account=accounts.get(key) or opened(budget, key),
            spent=_spent(buckets(period_of(key)), budget),
            waiting=waiting.get(key, 0),
        )
        for key, budget in by_key.items()
        if key in accounts or key == budget.account(hour_of(now))
    ]


def _spent(buckets: Mapping[RollupKey, Amounts], budget: Budget) -> Decimal:
    """Return what carriers charged in a period, and what is expected of messages without a price."""
    covered = (a for bucket, a in buckets.items() if budget.covers(bucket.spending))
    return sum(map(cost, covered), NOTHING)


def _buckets(chosen: Target, period: str) -> dict[RollupKey, Amounts]:
    since = begins(period)
    lasts = {7: timedelta(days=31), 10: timedelta(days=1), 13: timedelta(hours=1)}[len(period)]
    found = rollups_between(chosen.rollups(), since, since + lasts)
    return {bucket: a for bucket, a in found.items() if bucket.hour.startswith(period)}


def _waiting(chosen: Target) -> dict[str, int]:
    """Return how many messages wait for room in each account."""
    ledger = chosen.ledger()
    found = ledger.look_up(LookupKeys(holds=True, budgets=True))
    keys = {
        hold.id: account_of(hold, budget)
        for hold in money_holds(found.holds)
        if (budget := budget_of(hold, found.limits))
    }
    behind = ledger.waiting(sorted(keys)) if keys else {}
    total: dict[str, int] = {}
    for hold_id, key in keys.items():
        total[key] = total.get(key, 0) + behind[hold_id]
    return total


def _open(chosen: Target, budget: Budget, now: datetime) -> None:
    """Open the account of the present period with what the rollups say was charged in it so far.

    What is on its way at this moment may be missing: the verifier puts that right.
    """
    key = budget.account(hour_of(now))
    period = period_of(key)
    charged = charged_by_slot(_buckets(chosen, period), budget, period)
    adjusted = chosen.rollups().adjusted([key]).get(key, {})
    fresh = opened(budget, key)
    account = replace(
        fresh,
        used={**fresh.used, **charged},
        left=budget.limit - sum(charged.values(), NOTHING),
        adjusted={**fresh.adjusted, **adjusted},
    )
    accounts = chosen.accounts()
    if not accounts.change([(accounts.read([key]).get(key), account)]):
        raise LedgerUnavailable(f"the account of {budget.id} was changed meanwhile: set it again")
