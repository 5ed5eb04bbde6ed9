"""Figures in, the columns that `--json` and `--csv` give of them out; docs/figures.md tells of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ordercast.operations.state_groups import count_by_group
from ordercast.rollups.statistics import Figures, Step

Value = int | float | str | dict[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, its unit, and what it holds of some figures; None is unknown.

    US dollars are text, so that no program rounds them; counts by rule are an object.
    """

    name: str
    unit: str
    of: Callable[[Figures], Value]


NOTIFICATIONS, MESSAGES, PARTS = "notifications", "messages", "parts"
BY_RULE = "notifications by rule"
SHARE, SECONDS, DOLLARS = "0 to 1", "seconds", "US dollars"

STEPS: tuple[tuple[str, Step], ...] = (
    ("event_to_accepted", "accepted"),
    ("accepted_to_sent", "sent"),
    ("sent_to_delivered", "delivered"),
    ("event_to_delivered", "in_all"),
)
SHARES = (0.5, 0.95, 0.99)


def _place(name: str) -> Column:
    return Column(name=name, unit=NOTIFICATIONS, of=lambda figures: count_by_group(figures)[name])


def _percentile(name: str, step: Step, share: float) -> Column:
    return Column(
        name=f"{name}_p{share * 100:.0f}",
        unit=SECONDS,
        of=lambda figures: _seconds(figures.percentile(step, share)),
    )


STATS: Sequence[Column] = (
    Column(name="notifications", unit=NOTIFICATIONS, of=lambda figures: figures.notifications),
    Column(name="accepted", unit=NOTIFICATIONS, of=lambda figures: figures.accepted),
    Column(name="sent", unit=NOTIFICATIONS, of=lambda figures: figures.sent),
    _place("delivered"),
    _place("undelivered"),
    Column(name="delivery_rate", unit=SHARE, of=lambda figures: _share(figures.delivery_rate)),
    _place("in_flight"),
    _place("carrier_accepted"),
    _place("unconfirmed"),
    _place("in_doubt"),
    _place("deferred"),
    _place("suppressed"),
    Column(name="suppressed_by_rule", unit=BY_RULE, of=lambda figures: figures.suppressed_by),
    _place("parked"),
    Column(name="parts", unit=PARTS, of=lambda figures: figures.parts),
    *(_percentile(name, step, share) for name, step in STEPS for share in SHARES),
)

COST: Sequence[Column] = (
    Column(name="sent", unit=NOTIFICATIONS, of=lambda figures: figures.sent),
    Column(name="parts", unit=PARTS, of=lambda figures: figures.parts),
    Column(name="reserved_usd", unit=DOLLARS, of=lambda figures: _usd(figures.money.reserved)),
    Column(name="priced", unit=NOTIFICATIONS, of=lambda figures: figures.money.priced),
    Column(
        name="priced_reserved_usd",
        unit=DOLLARS,
        of=lambda figures: _usd(figures.money.priced_reserved),
    ),
    Column(name="carrier_usd", unit=DOLLARS, of=lambda figures: _usd(figures.money.carrier)),
    Column(name="difference_usd", unit=DOLLARS, of=lambda figures: _usd(figures.money.difference)),
    Column(name="estimated", unit=NOTIFICATIONS, of=lambda figures: figures.money.estimated),
    Column(name="estimate_usd", unit=DOLLARS, of=lambda figures: _usd(figures.money.estimate)),
    Column(name="cost_usd", unit=DOLLARS, of=lambda figures: _usd(figures.money.cost)),
    Column(name="unpriced", unit=NOTIFICATIONS, of=lambda figures: figures.money.unpriced),
    Column(name="unattributed", unit=MESSAGES, of=lambda figures: figures.money.charges),
    Column(
        name="unattributed_usd",
        unit=DOLLARS,
        of=lambda figures: _usd(figures.money.unattributed),
    ),
)


def _seconds(took: timedelta | None) -> float | None:
    return None if took is None else round(took.total_seconds(), 3)


def _share(rate: Decimal | None) -> float | None:
    return None if rate is None else round(float(rate), 6)


def _usd(amount: Decimal) -> str:
    """Return it exactly, never as 1E-4."""
    return f"{amount.normalize():f}"
