"""Define the columns of `ordercast stats` and `ordercast cost` once: name, unit, meaning and value.

Used by `--csv`, `--json`, the tables of the terminal, and the test of docs/figures.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ordercast.operations.state_groups import count_by_group
from ordercast.rollups.statistics import Figures, Step

Measure = int | Decimal | timedelta | dict[str, int] | None
"""A value as it was computed; None is unknown."""

Value = int | float | str | dict[str, int] | None
"""A value as it is exported."""

NOTIFICATIONS, MESSAGES, PARTS = "notifications", "messages", "parts"
BY_RULE = "notifications by rule"
SHARE, SECONDS, DOLLARS = "0 to 1", "seconds", "US dollars"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; *heading* is its heading in a terminal's table, empty where none shows it."""

    name: str
    unit: str
    meaning: str
    of: Callable[[Figures], Measure]
    heading: str = ""

    def exported(self, figures: Figures) -> Value:
        """Return the value for programs: seconds and shares as numbers, US dollars as exact text."""
        value = self.of(figures)
        if isinstance(value, timedelta):
            return round(value.total_seconds(), 3)
        if isinstance(value, Decimal):
            return round(float(value), 6) if self.unit == SHARE else f"{value.normalize():f}"
        return value


def _count(name: str, meaning: str, of: Callable[[Figures], Measure], heading: str = "") -> Column:
    return Column(name=name, unit=NOTIFICATIONS, meaning=meaning, of=of, heading=heading)


def _group(name: str, meaning: str, heading: str) -> Column:
    return _count(name, meaning, lambda figures: count_by_group(figures)[name], heading)


def _usd(name: str, meaning: str, of: Callable[[Figures], Decimal], heading: str = "") -> Column:
    return Column(name=name, unit=DOLLARS, meaning=meaning, of=of, heading=heading)


def _percentiles(name: str, meaning: str, step: Step, heading: str = "") -> list[Column]:
    return [
        Column(
            name=f"{name}_p{percent}",
            unit=SECONDS,
            meaning=meaning,
            of=lambda figures, share=percent / 100: figures.percentile(step, share),  # type: ignore[misc]
            heading=heading and (f"{heading}\np{percent}" if percent == 50 else f"\n\np{percent}"),  # noqa: PLR2004
        )
        for percent in (50, 95, 99)
    ]


STATS: Sequence[Column] = (
    _count(
        "notifications",
        "all of them: the sum of `delivered`, `undelivered`, `in_flight`, `carrier_accepted`, "
        "`unconfirmed`, `in_doubt`, `deferred`, `suppressed` and `parked`",
        lambda figures: figures.notifications,
    ),
    _count(
        "accepted",
        "those that were, or are, to be sent by now: neither deferred nor suppressed by us",
        lambda figures: figures.accepted,
        "accepted",
    ),
    _count("sent", "those that a provider accepted", lambda figures: figures.sent, "sent"),
    _group("delivered", "those that arrived, including those that drew a complaint", "delivered"),
    _group("undelivered", "those that failed or bounced", "failed or\nbounced"),
    Column(
        name="delivery_rate",
        unit=SHARE,
        meaning="`delivered` divided by `delivered` plus `undelivered`; empty where both are 0",
        of=lambda figures: figures.delivery_rate,
        heading="delivery\nrate",
    ),
    _group(
        "in_flight",
        "those that wait to be sent, are being sent, or were sent and may still arrive",
        "in\nflight",
    ),
    _group(
        "carrier_accepted",
        "those that a carrier accepted, without a receipt from the handset",
        "with\ncarrier",
    ),
    _group(
        "unconfirmed",
        "those without a final receipt after three days, or with an automatic reply only",
        "uncon-\nfirmed",
    ),
    _group("in_doubt", "those of which it is unknown whether they were sent", "in\ndoubt"),
    _group("deferred", "those that wait until quiet hours end", "de-\nferred"),
    _group(
        "suppressed",
        "those that we, or the provider's own suppression list, decided not to send",
        "sup-\npressed",
    ),
    Column(
        name="suppressed_by_rule",
        unit=BY_RULE,
        meaning="how many of these by rule or reason, the most frequent first; an object, in CSV "
        'as JSON: `{"cap": 3, "stale": 1}`, or `{}`',
        of=lambda figures: figures.suppressed_by,
    ),
    _group(
        "parked",
        "those that are out of attempts, or that a bug keeps from being sent, and that wait for "
        "an operator",
        "parked",
    ),
    Column(
        name="parts",
        unit=PARTS,
        meaning="SMS parts of the messages that were sent",
        of=lambda figures: figures.parts,
    ),
    *_percentiles(
        "event_to_accepted",
        "the longest time from the event's own time to acceptance, for 50 %, 95 % and 99 % of the "
        "notifications whose event has a time; exact within 1 %",
        "accepted",
    ),
    *_percentiles(
        "accepted_to_sent",
        "the same from acceptance until the provider accepted it",
        "sent",
        "accepted\nto sent",
    ),
    *_percentiles("sent_to_delivered", "the same from there until it arrived", "delivered"),
    *_percentiles(
        "event_to_delivered",
        "the same from the event's own time until it arrived",
        "in_all",
        "event to\nhandset",
    ),
)

COST: Sequence[Column] = (
    _count(
        "sent",
        "those that a provider accepted: `priced`, `estimated` and `unpriced` together",
        lambda figures: figures.sent,
    ),
    Column(name="parts", unit=PARTS, meaning="SMS parts of them", of=lambda figures: figures.parts),
    _usd(
        "reserved_usd",
        "what was reserved for them before they were sent",
        lambda figures: figures.money.reserved,
    ),
    _count(
        "priced",
        "those whose price a delivery receipt names",
        lambda figures: figures.money.priced,
    ),
    _usd(
        "priced_reserved_usd",
        "what was reserved for these: 0 where no price was known",
        lambda figures: figures.money.priced_reserved,
        "reserved\nfor priced",
    ),
    _usd(
        "carrier_usd",
        "what receipts say that these cost: the highest price of each message, summed over messages",
        lambda figures: figures.money.carrier,
        "carrier",
    ),
    _usd(
        "difference_usd",
        "`carrier_usd` less `priced_reserved_usd`: above 0, they cost more than was reserved",
        lambda figures: figures.money.difference,
        "difference",
    ),
    _count(
        "estimated",
        "those whose price no receipt names yet; for an e-mail none ever does",
        lambda figures: figures.money.estimated,
    ),
    _usd(
        "estimate_usd",
        "what we expect these to cost, by the price list",
        lambda figures: figures.money.estimate,
        "estimated\nyet",
    ),
    _usd(
        "cost_usd",
        "`carrier_usd` plus `estimate_usd`: the cost as far as it is known",
        lambda figures: figures.money.cost,
        "cost",
    ),
    _count(
        "unpriced",
        "those with neither price nor estimate; they are in no sum",
        lambda figures: figures.money.unpriced,
        "unpriced\nmessages",
    ),
    Column(
        name="unattributed",
        unit=MESSAGES,
        meaning="messages that were charged for and that no notification is known for",
        of=lambda figures: figures.money.charges,
    ),
    _usd(
        "unattributed_usd",
        "what was charged for these; in no other sum. With `--by template` they stand under "
        "`unattributed`",
        lambda figures: figures.money.unattributed,
    ),
)
