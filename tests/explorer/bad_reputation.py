"""Define the hours of the explorer's day in which too many e-mails bounce. Used by the scenario."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from ordercast.events.order_event import Channel
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.pacing.reputation import ENOUGH, Reputation
from tests.examples import paused
from tests.explorer.deployed.stage import Stage
from tests.explorer.orders import bounced
from tests.fakes.clock import START

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BEGINS = 6 * HOUR
"""When the rates rise, counted from the beginning of the day."""

HIGH = Reputation(bounces=Decimal("4.6"), sent=ENOUGH)
LOW = Reputation(bounces=Decimal("1.0"), sent=ENOUGH)
RATES = ((0, HIGH), (16, LOW), (36, HIGH), (54, LOW))
"""Minutes after which the rates change: they fall under the stop, and have not fallen when an operator ends it."""

ORDERS = {
    3: 1,  # before anybody can know
    9: 2,  # on its way to the sender when the stop begins
    33: 3,  # the rates are low, and nobody has said yet that it may go out
    53: 4,  # an operator has, and the rates are high
}
"""Minutes after which each order comes."""

STOPPED_BY = 12 * MINUTE
"""By then e-mail has stopped: of two looks the second is told of the change, and it may fail twice."""

LET_GO = 35 * MINUTE

STOP = Hold(
    why=Why.REPUTATION,
    scope=Scope(channel=Channel.EMAIL),
    by="sweeper",
    since=START + BEGINS + STOPPED_BY,
    reason="bounces",
)

FROST = paused(campaign="frost")
"""Another hold, which ends when one look does not know of the change yet, and the next one would."""


def lose_reputation(set_up: Stage) -> None:
    """Let it all happen on a stage."""
    set_up.operator.hold(BEGINS - 20 * MINUTE, FROST)
    set_up.operator.let_go(BEGINS - 14 * MINUTE, FROST)
    for minute, rates in RATES:
        set_up.after(BEGINS + minute * MINUTE, partial(_turn, set_up, rates))
    for minute, number in ORDERS.items():
        set_up.after(BEGINS + minute * MINUTE, partial(set_up.stream.put, bounced(number)))
    set_up.after(BEGINS + STOPPED_BY, lambda: _expect_a_stop(set_up))
    set_up.operator.let_go(BEGINS + LET_GO, STOP)


def _turn(set_up: Stage, rates: Reputation) -> None:
    set_up.reputations.coming = rates


def _expect_a_stop(set_up: Stage) -> None:
    set_up.journal.asked_for.setdefault(STOP.id, STOP)
