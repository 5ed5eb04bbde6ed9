"""Say which hold a message over its budget waits behind, and when that is let go. Used by the senders and the sweeper."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from ordercast.budgets.account import Account
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits, Spending, ends
from ordercast.budgets.draws import Exceeded
from ordercast.budgets.velocity import is_replaced
from ordercast.events.order_event import Priority
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import FOR_MONEY, Hold, Scope, Why
from ordercast.rollups.rollup import hour_of, short

SENDER = "sender"
"""By whom such a hold is written."""

ROOM = Decimal("0.01")
"""Which part of a limit must be left for any message to pass its hold: or each receipt would free one."""

ALARMED = timedelta(minutes=5)
"""How long after its hour a velocity hold still counts: one that began in the last minute must ring, too."""


def spending_of(row: Notification) -> Spending:
    """Return what the cost of *row* belongs to: the dimensions of its bucket."""
    return Spending(
        hour=hour_of(row.effective_at),
        channel=row.channel,
        country=row.country,
        campaign=short(row.campaign),
        shop=short(row.order.shop),
    )


def hold_for(row: Notification, exceeded: Exceeded, *, now: datetime) -> Hold:
    """Return the hold of a message over a budget: of all that the budget covers in its period.

    Messages of high priority are held only when the reserve, too, is used up.
    """
    budget = exceeded.budget
    normal = row.priority is Priority.NORMAL and budget.reserve
    scope = Scope(
        channel=row.channel if budget.channel else None,
        country=row.country if budget.country else None,
        campaign=row.campaign if budget.campaign else None,
        shop=row.order.shop if budget.shop else None,
        priority=Priority.NORMAL if normal else None,
        period=budget.period.of(hour_of(row.effective_at)),
    )
    why = Why.VELOCITY if budget.velocity else Why.BUDGET
    return Hold(
        why=why,
        scope=scope,
        by=SENDER,
        since=now,
        reason=f"of {budget.limit:f} USD, less than a message takes is left",
        needs=exceeded.amount,
    )


def the_least_of_each(holds: Iterable[Hold]) -> list[Hold]:
    """Return of the holds of one id the one that needs least: there is room when one message fits."""
    by_need = sorted(holds, key=lambda each: each.needs or Decimal(), reverse=True)
    return list({each.id: each for each in by_need}.values())


def is_over(hold: Hold, *, now: datetime) -> bool:
    """Tell whether the period of a hold for money is over: what it has used is not given back any more."""
    period = hold.scope.period
    return hold.why in FOR_MONEY and period is not None and ends(period) <= now


def is_pumping(hold: Hold, *, now: datetime) -> bool:
    """Tell whether a velocity limit has tripped in this hour."""
    return hold.why is Why.VELOCITY and not is_over(hold, now=now - ALARMED)


def money_holds(holds: Iterable[Hold]) -> list[Hold]:
    """Return the holds that hold back for money."""
    return [each for each in holds if each.is_active and each.why in FOR_MONEY]


def budget_of(hold: Hold, limits: Limits) -> Budget | None:
    """Return the budget that *hold* is of; None if an operator has removed or replaced it, or it names no period."""
    scope = hold.scope
    period = next((each for each in BudgetPeriod if len(scope.period or "") == each.length), None)
    if period is None:
        return None
    named = Budget(
        period=period,
        limit=Decimal(),
        channel=scope.channel,
        country=scope.country,
        campaign=short(scope.campaign),
        shop=short(scope.shop),
        velocity=hold.why is Why.VELOCITY,
    )
    if named.velocity:
        return None if is_replaced(named, limits) else named
    return next((each for each in limits.budgets if each.id == named.id), None)


def account_of(hold: Hold, budget: Budget) -> str:
    """Return the key of the account whose end *hold* is."""
    return budget.account(str(hold.scope.period))


def pays_for(hold: Hold, budget: Budget, account: Account) -> int:
    """Return how many of the messages behind *hold* the account pays for, if they are of the cheapest."""
    kept = budget.kept if hold.scope.priority is Priority.NORMAL else Decimal()
    least, needs = account.limit * ROOM, hold.needs or account.limit * ROOM
    left = account.left - kept
    return int(left / needs) if account.limit > 0 and left >= max(least, needs) else 0
