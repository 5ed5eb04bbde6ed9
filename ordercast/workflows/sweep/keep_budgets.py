"""Take into budgets what receipts say, and release what they pay for again. Used by the sweeper."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ordercast.budgets.account import Account, share_used
from ordercast.budgets.budget import Budget, hours_back
from ordercast.decisions.lookup import LookupKeys
from ordercast.pacing.holds import Hold
from ordercast.rollups.budget_holds import (
    account_of,
    budget_of,
    is_pumping,
    money_holds,
    pays_for,
)
from ordercast.rollups.rollup import hour_of
from ordercast.workflows.ports import Accounts, Clock, Ledger
from ordercast.workflows.release_room import ReleaseRoom
from ordercast.workflows.sweep.release_paid import ReleasePaid
from ordercast.workflows.sweep.swept import Swept
from ordercast.workflows.take_in_adjustments import Adjustments, take_in_adjustments


class KeepBudgets(Struct, frozen=True, kw_only=True):
    """Keep the accounts of the present and the last period in step with counting and with the limits."""

    ledger: Ledger
    accounts: Accounts
    adjustments: Adjustments
    release: ReleasePaid
    now: Clock

    def __call__(self, shards: Sequence[int], swept: Swept, room: ReleaseRoom) -> bool:
        """Do one bounded round, in the invocation that has the first shard; return whether there may be more.

        Raises `Retryable`.
        """
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
        paid = {hold: _paid(hold, held.get(hold), accounts, swept) for hold in money}
        # What no budget holds any more, or pays for in whole.
        ended = {
            hold.id
            for hold, pays in paid.items()
            if pays is None or (pays and self.release.is_enough(hold, pays, room))
        }
        if ended:
            self.ledger.let_go(ended, at=now)
        partly = {hold: pays for hold, pays in paid.items() if pays and hold.id not in ended}
        # All of them, whichever of them has more.
        more = [self.release(hold, pays, swept, room) for hold, pays in partly.items()]
        return any(more)


def _paid(
    hold: Hold, budget: Budget | None, accounts: Mapping[str, Account], swept: Swept
) -> int | None:
    """Return how many messages the budget pays for besides those that passed in this invocation; None if there is none."""
    account = budget and accounts.get(account_of(hold, budget))
    if not (budget and account):
        return None
    return max(0, pays_for(hold, budget, account) - swept.passed[hold.id])


def _fullest(accounts: Mapping[str, Account], budgets: Iterable[Budget], now: datetime) -> float:
    """Return how much of the fullest budget is used in its present period, in percent."""
    present = [each.account(hour_of(now)) for each in budgets]
    used = [share_used(accounts[key]) for key in present if key in accounts]
    return float(max(used, default=0))
