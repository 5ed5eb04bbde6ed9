"""Make up a seeded day of rollups: both channels, five countries, every state, prices and charges."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.receipts.provider_events import REFUSED_BY_PROVIDERS
from ordercast.rollups.rollup import (
    Amount,
    RollupInput,
    RollupKey,
    contribution,
    summed,
)
from tests.lines import line, unattributed_charge

DAY = datetime(2026, 3, 2, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)

_ENDS = {
    "sms": {State.DELIVERED: 90, State.FAILED: 4, State.CARRIER_ACCEPTED: 3, State.UNCONFIRMED: 1},
    "email": {State.DELIVERED: 93, State.BOUNCED: 2, State.COMPLAINED: 1, State.SENT: 2},
}
_BESIDE = {State.SUPPRESSED: 6, State.DEFERRED: 2, State.IN_DOUBT: 1, State.PARKED: 1}
_RULES = {
    State.SUPPRESSED: ("cap", "stale", "Bounce/Permanent/OnAccountSuppressionList"),
    State.DEFERRED: ("quiet-hours",),
}
_PRICES = {"US": "0.01002", "SE": "0.0533", "AU": "0.05", "GB": "0.04"}
_TEMPLATES = ("confirmed", "shipped", "delivered", "refunded")
_UNSENT = frozenset(_BESIDE)


def busy_day(count: int = 600) -> dict[RollupKey, dict[str, Amount]]:
    """Return the buckets of such a day."""
    return summed(contribution(each) for each in busy_lines(count))


def busy_lines(count: int = 600) -> Iterator[RollupInput]:
    """Return what counts of *count* notifications, and two charges for messages nobody knows."""
    chance = Random(7)  # noqa: S311 - made up, and the same every time
    one = line()
    for number in range(count):
        yield _line(one, number, chance)
    for number in (1, 2):
        at = DAY + timedelta(hours=11)
        price = Decimal("0.0533")
        yield unattributed_charge(f"m-{number}", price, at=at, country="SE")


def _line(one: RollupInput, number: int, chance: Random) -> RollupInput:
    channel = chance.choice(("sms", "email"))
    ends = _ENDS[channel] | _BESIDE
    state = chance.choices(list(ends), list(ends.values()))[0]
    hour = min(21, max(6, round(chance.gauss(14, 3))))
    accepted = DAY + timedelta(hours=hour, minutes=chance.random() * 60)
    country = chance.choices(list(_PRICES), (60, 20, 10, 10))[0]
    sent = accepted + timedelta(seconds=chance.lognormvariate(0.5, 0.5))
    rule = chance.choice(_RULES[state]) if state in _RULES else None
    # Where SES's own list keeps one back, SES had taken it.
    rule = "stale" if rule and "/" in rule and channel == "sms" else rule
    taken = state not in _UNSENT or rule in REFUSED_BY_PROVIDERS
    bucket = RollupKey(
        accepted.isoformat()[:13],
        channel,
        country if channel == "sms" else None,
        chance.choice(_TEMPLATES),
        chance.choice((None, "spring")),
        "Example Tea",
    )
    row = replace(
        one,
        id=f"n-{number}",
        state=state,
        rule=rule,
        bucket=bucket,
        effective_at=accepted,
        occurred_at=accepted - timedelta(seconds=chance.lognormvariate(0, 0.6)),
        taken=taken,
    )
    if not taken:
        return row
    arrived = sent + timedelta(seconds=chance.lognormvariate(1.5 if channel == "sms" else 0.2, 1))
    return _reservations(replace(row, sent_at=sent, delivered_at=arrived), chance)


def _reservations(row: RollupInput, chance: Random) -> RollupInput:
    if row.bucket.channel == "email":
        price = Decimal("0.0001")
        source = CostSource.ESTIMATE
        return replace(row, estimate=price, reserved=price, cost=price, cost_source=source)
    parts = chance.choice((1, 1, 2))
    expected = Decimal(_PRICES[str(row.bucket.country)]) * parts
    row = replace(
        row,
        parts=parts,
        estimate=expected,
        reserved=expected * Decimal("1.5"),
        cost=expected,
        cost_source="estimate",
    )
    if row.state in {State.DELIVERED, State.FAILED}:
        return replace(row, cost=expected + Decimal("0.0005"), cost_source=CostSource.CARRIER)
    return row
