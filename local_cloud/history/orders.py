"""Make up orders and their events, from the first to the last. Used by the history."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec import Struct

from local_cloud.history.pattern import HistoryPeriod, seconds_of_day
from local_cloud.history.shops import SHOPS, MadeUpCustomer, MadeUpShop, customer
from ordercast.events.order_event import Money
from ordercast.notifications.notification import OrderDetails, OrderItem


class PastEvent(Struct, frozen=True, kw_only=True):
    """One event of an order: what became of it, and when."""

    order: OrderDetails
    customer: MadeUpCustomer
    campaign: str | None
    status: str
    at: datetime


_DAYS_BEFORE = 4
"""Orders of so many days before the first still have events in the period."""

_CUSTOMERS_A_DAILY_MESSAGE = 3

_RUNS: tuple[tuple[tuple[tuple[str, float], ...], int], ...] = (
    ((("confirmed", 0), ("shipped", 22), ("delivered", 55)), 76),
    ((("confirmed", 0), ("shipped", 26), ("out_for_delivery", 50), ("delivered", 56)), 8),
    ((("confirmed", 0), ("delayed", 20), ("shipped", 47), ("delivered", 80)), 5),
    ((("confirmed", 0), ("cancelled", 3), ("refunded", 28)), 5),
    ((("payment_failed", 0), ("confirmed", 1), ("shipped", 24), ("delivered", 60)), 3),
    ((("confirmed", 0), ("ready_for_pickup", 18)), 3),
)
"""What becomes of an order, each status hours after the first, and how many in a hundred do so."""


def past_events(period: HistoryPeriod, *, seed: int) -> list[PastEvent]:
    """Return the events of a period in order of time; the same seed makes the same ones."""
    chance = Random(f"{seed} orders")  # noqa: S311 - sample data, not secrets
    pool = max(20, period.messages_a_day * _CUSTOMERS_A_DAILY_MESSAGE)
    customers = [customer(number, seed=seed) for number in range(1, pool + 1)]
    first, until = _midnight(period.first), _midnight(period.until)
    made: list[PastEvent] = []
    for back in range(period.days + _DAYS_BEFORE, 0, -1):
        day = period.until - timedelta(days=back)
        begin = _midnight(day)
        times = seconds_of_day(period.orders_on(day, chance), chance)
        for number, second in enumerate(times, start=1):
            order_id = f"h{day:%y%m%d}-{number:04}"
            at = begin + timedelta(seconds=second)
            made += _events(order_id, at, chance.choice(customers), chance)
    noon = until - timedelta(hours=12)
    for number in range(1, _orders_of_rush(period) + 1):
        at = noon + timedelta(seconds=chance.random() * 3599)
        made += _events(f"rush-{number:05}", at, chance.choice(customers), chance)
    return sorted(
        (e for e in made if first <= e.at < until), key=lambda e: (e.at, e.order.order_id)
    )


def _orders_of_rush(period: HistoryPeriod) -> int:
    return round(period.busy_hour / _MESSAGES_AN_EVENT)


_MESSAGES_AN_EVENT = 1.1


def _events(
    order_id: str, at: datetime, who: MadeUpCustomer, chance: Random
) -> Iterator[PastEvent]:
    (shop,) = chance.choices(SHOPS, [each.share for each in SHOPS])
    (run,) = chance.choices([r for r, _ in _RUNS], [share for _, share in _RUNS])
    campaign = chance.choice(shop.campaigns)
    order = _order(order_id, shop, who, at.date(), chance)
    pace = chance.uniform(0.8, 1.25)
    for status, hours in run:
        moment = _to_the_milli(at + timedelta(hours=hours * pace))
        yield PastEvent(order=order, customer=who, campaign=campaign, status=status, at=moment)


def _order(
    order_id: str, shop: MadeUpShop, who: MadeUpCustomer, day: date, chance: Random
) -> OrderDetails:
    bought = chance.sample(shop.goods, chance.randint(1, 2))
    whole = sum(price for _, price in bought)
    rate, places = _RATES[who.country.currency]
    value = Decimal(whole * rate).quantize(Decimal(1).scaleb(-places))
    return OrderDetails(
        order_id=order_id,
        shop=shop.name,
        amount=Money(value=value, currency=who.country.currency),
        items=tuple(OrderItem(name=name) for name, _ in bought),
        tracking_url=f"https://shop.example.com/orders/{order_id}",
        day=day,
    )


_RATES = {"USD": (1, 2), "SEK": (10, 2), "AUD": (2, 2), "EUR": (1, 2), "JPY": (150, 0)}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _to_the_milli(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
