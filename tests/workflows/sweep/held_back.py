"""Make rows that are deferred, and hold rows back behind holds of each kind. Used by tests of releases and holds."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from ordercast.budgets.account import opened
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.budgets.draws import Exceeded
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import FOR_MONEY, Hold, Why
from ordercast.rollups.budget_holds import hold_for
from ordercast.rollups.rollup import hour_of
from tests.examples import notification, paused
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
ONE, TWO, THREE = notification(1), notification(2, campaign="spring"), notification(3)
LETTERS = paused(channel=Channel.EMAIL)


def deferred(number: int, channel: Channel = Channel.EMAIL) -> Notification:
    return notification(number, channel, state=State.DEFERRED, rule="quiet-hours")


def hold_back(world: World, *rows: Notification, hold: Hold = LETTERS) -> None:
    """Enter the rows, and let a sender hold them back."""
    world.enter(*rows)
    world.ledger.hold([hold])
    world.send(*[row.id for row in rows])
    assert {hold.id} == {world.row(row.id).held_by for row in rows}


def let_go(world: World, hold: Hold = LETTERS) -> None:
    world.ledger.let_go({hold.id}, at=world.now())


def trouble(why: Why = Why.ACCOUNT) -> Hold:
    return replace(LETTERS, why=why, by="sender")


def hold_of(world: World, why: Why) -> Hold:
    """Return a hold of ONE for that reason; the budget of a hold for money is used up, also for e-mails that cost nothing here."""
    if why not in FOR_MONEY:
        return trouble(why)
    velocity = why is Why.VELOCITY
    budget = Budget(period=BudgetPeriod.DAY, limit=Decimal(1), channel="email", velocity=velocity)
    world.ledger.limits = Limits(budgets=() if velocity else (budget,))
    key = budget.account(hour_of(ONE.effective_at))
    world.accounts.kept[key] = replace(opened(budget, key), left=Decimal())
    return hold_for(ONE, Exceeded(budget, Decimal()), now=world.now())
