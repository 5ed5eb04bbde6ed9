"""Define the columns of `ordercast stats` and `ordercast cost` once: name, unit, meaning and value.

Used by `--csv`, `--json`, the tables of the terminal, and the test of docs/figures.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from operator import attrgetter

from ordercast.operations.state_groups import count_by_group
from ordercast.rollups.statistics import Figures, Step

Measure = int | Decimal | timedelta | dict[str, int] | None
"""A value as it was computed; None is unknown."""

Value = int | float | str | dict[str, int] | None
"""A value as it is exported."""

NOTIFICATIONS, MESSAGES, PARTS, TRIES = "notifications", "messages", "parts", "tries"
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


def _column(unit: str, name: str, meaning: str, of: str = "", heading: str = "") -> Column:
    """Return a column of a field of `Figures`, by default the one of its name."""
    return Column(name=name, unit=unit, meaning=meaning, of=attrgetter(of or name), heading=heading)


_count = partial(_column, NOTIFICATIONS)
_usd = partial(_column, DOLLARS)


def _group(name: str, meaning: str, heading: str) -> Column:
    return Column(
        name=name,
        unit=NOTIFICATIONS,
        meaning=meaning,
        of=lambda figures: count_by_group(figures)[name],
        heading=heading,
    )


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
    ),
    _count(
        "accepted",
        "those that were, or are, to be sent by now: not suppressed by us, nor deferred until a time",
        heading="accepted",
    ),
    _count("sent", "those that a provider accepted", heading="sent"),
    _group("delivered", "those that arrived, including those that drew a complaint", "delivered"),
    _group("undelivered", "those that failed or bounced", "failed or\nbounced"),
    _column(
        SHARE,
        "delivery_rate",
        "`delivered` divided by `delivered` plus `undelivered`; empty where both are 0",
        "delivery_rate",
        "delivery\nrate",
    ),
    _count("bounced", "e-mails to addresses that do not exist", heading="bounced"),
    _column(
        SHARE,
        "bounce_rate",
        "`bounced` divided by the e-mails that SES took; empty where it took none",
        heading="bounce\nrate",
    ),
    _count("complained", "e-mails that were called spam", heading="called\nspam"),
    _column(
        SHARE,
        "complaint_rate",
        "`complained` divided by the e-mails that SES took; empty where it took none",
        heading="complaint\nrate",
    ),
    _column(
        BY_RULE,
        "failed_by_reason",
        "how many of `undelivered` by the reason that the provider gave, the most frequent first; "
        "an object, as `suppressed_by_rule` is",
        "failed_for",
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
    _group("deferred", "those that wait until quiet hours end, or behind a hold", "de-\nferred"),
    _group(
        "suppressed",
        "those that we, or the provider's own suppression list, decided not to send",
        "sup-\npressed",
    ),
    _column(
        BY_RULE,
        "suppressed_by_rule",
        "how many of these by rule or reason, the most frequent first; an object, in CSV "
        'as JSON: `{"cap": 3, "stale": 1}`, or `{}`',
        "suppressed_by",
    ),
    _count(
        "fallbacks",
        "those that took the place of one that could not be had on the other channel, without suppressed ones",
    ),
    _count("resends", "those as which an operator had others sent again"),
    _column(
        TRIES,
        "retries",
        "tries beyond the first of each text whose phone or carrier could not be reached",
    ),
    _group(
        "parked",
        "those that are out of attempts, or that a bug keeps from being sent, and that wait for "
        "an operator",
        "parked",
    ),
    _column(PARTS, "parts", "SMS parts of the messages that were sent"),
    *_percentiles(
        "event_to_accepted",
        "the longest time from the event's own time to acceptance, for 50 %, 95 % and 99 % of the "
        "notifications whose event has a time, without resends; exact within 1 %",
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
    _count("sent", "those that a provider accepted: `priced`, `estimated` and `unpriced` together"),
    _column(PARTS, "parts", "SMS parts of them"),
    _usd(
        "reserved_usd",
        "what was reserved for them before they were sent: the most that they may cost",
        "money.reserved",
    ),
    _count("priced", "those whose price a delivery receipt names", "money.priced"),
    _column(
        PARTS,
        "priced_parts",
        "SMS parts of these, but for those that were free",
        "money.priced_parts",
    ),
    _usd(
        "priced_estimate_usd",
        "what these parts cost by the price list",
        "money.priced_estimate",
        "by the\nlist",
    ),
    _usd(
        "carrier_usd",
        "what receipts say that these cost: the highest price of each message, summed over messages",
        "money.carrier",
        "carrier",
    ),
    _usd(
        "difference_usd",
        "`carrier_usd` less `priced_estimate_usd`: above 0, they cost more than the price list says",
        "money.difference",
        "difference",
    ),
    _count(
        "estimated",
        "those whose price no receipt names yet; for an e-mail none ever does",
        "money.estimated",
    ),
    _usd(
        "estimate_usd",
        "what we expect these to cost, by the price list",
        "money.estimate",
        "estimated\nyet",
    ),
    _usd(
        "cost_usd",
        "`carrier_usd` plus `estimate_usd`: the cost as far as it is known",
        "money.cost",
        "cost",
    ),
    _count(
        "unpriced",
        "those with neither price nor estimate; they are in no sum",
        "money.unpriced",
        "unpriced\nmessages",
    ),
    _column(
        MESSAGES,
        "unattributed",
        "messages that were charged for and that no notification is known for",
        "money.charges",
    ),
    _usd(
        "unattributed_usd",
        "what was charged for these; in no other sum. With `--by template` they stand under "
        "`unattributed`",
        "money.unattributed",
    ),
)
