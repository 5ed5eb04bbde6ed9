"""Limit what an hour may cost in a country or a shop, against SMS pumping. Used by the senders and the verifier.

Pumping is bought traffic: orders that only serve to have texts sent to expensive numbers. An hour
that costs a multiple of what the same hour cost on other days is stopped.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits, Spending
from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS

DAYS = 7
"""Of how many days the median is taken."""


class Velocity(Struct, frozen=True, kw_only=True):
    """A stage's velocity limit: the larger of `floor` US dollars and `factor` times the usual; a floor of 0 is none."""

    floor: Decimal
    factor: Decimal

    def limit(self, same_hours: Sequence[Decimal]) -> Decimal:
        """Return the limit of an hour that cost so much on each of the last days."""
        usual = _median(same_hours) if same_hours else Decimal()
        return max(self.floor, self.factor * usual)

    def budgets(self, spending: Spending) -> list[Budget]:
        """Return the budgets of a text's hour, with the limit that they have unless one was written."""
        channel = Channel(spending.channel)
        if not self.floor or CHANNELS[channel].contact != "phone":
            return []
        base = Budget(period=BudgetPeriod.HOUR, limit=self.floor, channel=channel, velocity=True)
        return [
            *([replace(base, country=spending.country)] if spending.country else []),
            *([replace(base, shop=spending.shop)] if spending.shop else []),
        ]


def applying(spending: Spending, limits: Limits, velocity: Velocity | None) -> tuple[Budget, ...]:
    """Return every budget that a cost counts in."""
    swift: Iterable[Budget] = velocity.budgets(spending) if velocity else ()
    return (*limits.covering(spending), *(each for each in swift if not is_replaced(each, limits)))


def is_replaced(swift: Budget, limits: Limits) -> bool:
    """Tell whether an operator's limit of an hour, of the same country or shop, replaces a velocity limit."""
    return any(
        each.period is BudgetPeriod.HOUR
        and each.channel in {None, swift.channel}
        and (each.country, each.campaign, each.shop) == (swift.country, None, swift.shop)
        for each in limits.budgets
    )


def _median(costs: Sequence[Decimal]) -> Decimal:
    """Return the one in the middle, or between the two; importing `statistics` for it would slow each start."""
    ordered, middle = sorted(costs), len(costs) // 2
    return (ordered[middle] + ordered[~middle]) / 2
