"""Take into budgets what receipts say, and let go what has room again. Used by the sweeper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ordercast.budgets.account import Account, share_used
from ordercast.budgets.budget import Budget, hours_back
from ordercast.decisions.lookup import LookupKeys
from ordercast.pacing.holds import Hold
from ordercast.rollups.budget_holds import (
    account_of,
    budget_of,
    has_room,
    is_pumping,
    money_holds,
)
from ordercast.rollups.rollup import hour_of
from ordercast.workflows.ports import Accounts, Adjustments, Clock, Ledger
from ordercast.workflows.sweep.swept import Swept
from ordercast.workflows.take_in_adjustments import take_in_adjustments


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepBudgets:
    """Keep the accounts of the present and the last period in step with counting and with the limits."""

    ledger: Ledger
    accounts: Accounts
    adjustments: Adjustments
    now: Clock

    def __call__(self, shards: Sequence[int], swept: Swept) -> bool:
        """Do all of it, in the invocation that has the first shard; raises `Retryable`."""
        if 0 not in shards:
            return False
        now = self.now()
        found = self.ledger.look_up(LookupKeys(holds=True, budgets=True))
        money = money_holds(found.holds)
        held = {hold: budget for hold in money if (budget := budget_of(hold, found.limits))}
        budgets = {account_of(hold, budget): budget for hold, budget in held.items()} | {
            budget.account(hour): budget
            for budget in found.limits.budgets
            for hour in hours_back(budget.period, 2, now)
        }
        if not (budgets or money):
            return False
        accounts = take_in_adjustments(self.accounts, self.adjustments, budgets)
        if found.limits.budgets:
            swept.budget_used = _fullest(accounts, found.limits.budgets, now)
        if any(is_pumping(hold, now=now) for hold in money):
            swept.budget_used = max(100.0, swept.budget_used or 0.0)
        # What no budget holds any more, or has room again.
        roomy = [hold.id for hold in money if _has_room(hold, held.get(hold), accounts)]
        if roomy:
            self.ledger.let_go(roomy, at=now)
        return False


def _has_room(hold: Hold, budget: Budget | None, accounts: Mapping[str, Account]) -> bool:
    account = budget and accounts.get(account_of(hold, budget))
    return not (budget and account) or has_room(hold, budget, account)


def _fullest(accounts: Mapping[str, Account], budgets: Iterable[Budget], now: datetime) -> float:
    """Return how much of the fullest budget is used in its present period, in percent."""
    present = [each.account(hour_of(now)) for each in budgets]
    used = [share_used(accounts[key]) for key in present if key in accounts]
    return float(max(used, default=0))
