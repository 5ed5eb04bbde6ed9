"""Send texts on a budget of five, and let time pass. Used by tests of holds for money."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.sending.outcome import accepted
from tests.examples import notification
from tests.fakes.world import World

HOUR = timedelta(hours=1)
TEXTS = Budget(period=BudgetPeriod.DAY, limit=Decimal("0.10"), channel="sms")  # five texts


def spending() -> World:
    world = World()
    world.ledger.limits = Limits(budgets=(TEXTS,))
    world.provider.answer = lambda message: accepted(f"m-{message.notification.id}")
    return world


def send(world: World, *rows: Notification, channel: Channel = Channel.SMS) -> list[str]:
    """Let these come in now and be tried once; return the ids of those that are left in the queue."""
    new = [replace(row, effective_at=world.now()) for row in rows]
    world.enter(*new)
    return [*world.send(*(row.id for row in new), channel=channel).retry]


def texts(first: int, count: int, *, shop: str | None = None) -> list[Notification]:
    rows = [notification(n, Channel.SMS) for n in range(first, first + count)]
    if shop is None:
        return rows
    return [replace(row, country=None, order=replace(row.order, shop=shop)) for row in rows]


def pass_time(world: World, total: timedelta, *, by: timedelta = HOUR) -> None:
    """Let the sweeper and the senders work while time passes."""
    for _ in range(total // by):
        world.now.turn(by)
        world.sweep()
        world.send_published()
