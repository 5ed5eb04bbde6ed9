"""Define what a notification contributes to its hourly rollup. Used by counting and reconciliation.

Rollups are a fold of the ledger: each notification is counted once, at its newest known version.
Amounts are whole numbers and exact decimals of US dollars, so they add up in any order.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from msgspec import Struct

from ordercast.budgets.budget import Spending
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, COUNTS_AS_UNDELIVERED, State
from ordercast.notifications.message import CostSource
from ordercast.pacing.holds import Why
from ordercast.rollups.latency import bin_of

Amount = int | Decimal
Amounts = Mapping[str, Amount]
"""By name: a count, US dollars, or the number of latencies in a bin. Zeros are left out."""


class RollupKey(NamedTuple):
    """The key of a bucket; `hour` is that of `effective_at` in UTC, `2026-03-02T09`."""

    hour: str
    channel: str
    country: str | None
    template: str
    campaign: str | None
    shop: str | None

    @property
    def spending(self) -> Spending:
        """What a budget knows of it."""
        return Spending(self.hour, self.channel, self.country, self.campaign, self.shop)


class RollupInput(Struct, frozen=True, kw_only=True):
    """The fields of a ledger row that are counted; none is personal.

    `taken` means that a provider accepted the message. `parts`, `estimate` (its price by the price list) and
    `reserved` (the most that it may cost) are of all its tries, `retries` those beyond the first; with
    `unsettled` one of them may have been taken, and its cost is not known. `drawn` (US dollars) is what all claims
    drew from budgets. `cost` (US dollars) is the carrier's price or our estimate, by `cost_source`.
    `closed` means that nothing more is awaited. `fallback` means that it took another's place, `resend` that an operator had another sent again as it. `route` is the key of that of the
    last claim (None: the channel's first; ordercast/sending/routes.py). `keep_until` is when the row's retention ends. An input in the
    state `NOTHING` is no notification; by itself it contributes nothing.
    """

    id: str
    version: int
    state: str
    rule: str | None = None
    bucket: RollupKey
    effective_at: datetime
    occurred_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    keep_until: int
    taken: bool = False
    parts: int = 0
    estimate: Decimal | None = None
    reserved: Decimal | None = None
    drawn: Decimal | None = None
    closed: bool = False
    cost: Decimal | None = None
    cost_source: str | None = None
    fallback: bool = False
    resend: bool = False
    route: str | None = None
    retries: int = 0
    unsettled: bool = False

    @property
    def time(self) -> str:
        """The time within its hour, `15:30.123`; empty for what is no notification.

        `effective_at` of a notification never changes.
        """
        if self.state in _NO_NOTIFICATION:
            return ""
        return self.effective_at.astimezone(UTC).isoformat(timespec="milliseconds")[14:23]

    @property
    def place(self) -> "CountedPlace":
        """Where its counted version is kept."""
        return CountedPlace(self.bucket.hour, self.time)


class CountedPlace(NamedTuple):
    """Where a counted version is kept: the hour of its bucket, and its time in it (`RollupInput.time`)."""

    hour: str
    time: str


CountedPlaces = Mapping[str, CountedPlace]
"""By notification id."""


class Contribution(Struct, frozen=True, kw_only=True):
    """What one notification adds to a bucket."""

    bucket: RollupKey
    amounts: Amounts


class CountedVersion(Struct, frozen=True, kw_only=True):
    """What was last counted of a notification, and at which version; `time` is as in `RollupInput`."""

    version: int
    contribution: Contribution
    time: str = ""

    @property
    def place(self) -> CountedPlace:
        """Where it is kept."""
        return CountedPlace(self.contribution.bucket.hour, self.time)


STATE, RULE = "state#", "rule#"
PARTS, TAKEN, FALLBACKS = "parts", "taken", "fallbacks"
RESENDS, RETRIES = "resends", "retries"
BY_ROUTE = {
    **dict.fromkeys(COUNTS_AS_DELIVERED, "delivered#"),
    **dict.fromkeys(COUNTS_AS_UNDELIVERED, "undelivered#"),
}
"""What a notification counts as by its route, by state; the key of the route follows."""
RESERVED, CARRIER, ESTIMATE = "reserved", "carrier", "estimate"
PRICED, ESTIMATED, UNPRICED = "priced", "estimated", "unpriced"
PRICED_ESTIMATE, PRICED_PARTS = "priced_estimate", "priced_parts"
DRAWN, OUTSTANDING = "drawn", "outstanding"
CHARGES, UNATTRIBUTED, NOTHING = "charges", "unattributed", "nothing"

_NO_NOTIFICATION = frozenset({UNATTRIBUTED, NOTHING})

CHARGE = "message#"
"""Prefix of the id of an unattributed charge; the provider's message id follows."""

# One letter each, because a bucket holds hundreds: event → accepted → sent → delivered.
TO_ACCEPTED, TO_SENT, TO_DELIVERED, IN_ALL = "a#", "s#", "d#", "e#"
LATENCIES = {
    "accepted": TO_ACCEPTED,
    "sent": TO_SENT,
    "delivered": TO_DELIVERED,
    "in_all": IN_ALL,
}
"""Event to accepted, accepted to sent, sent to delivered, and event to delivered in all."""


def hour_of(moment: datetime) -> str:
    """Return the hour of *moment* in UTC: `2026-03-02T09`."""
    return moment.astimezone(UTC).isoformat()[:13]


def short(word: str | None) -> str | None:
    """Shorten a shop's own name so that a bucket's key fits into 1,024 bytes (DynamoDB).

    A hash keeps names with the same beginning distinct.
    """
    if (
        word is None
        or len(word) <= _SURELY_SHORT
        or len(json.dumps(word, ensure_ascii=False).encode()) <= _LONGEST
    ):
        return word
    return f"{word[:_CUT]}~{blake2b(word.encode(), digest_size=8).hexdigest()}"


_LONGEST, _CUT = 200, 20
_SURELY_SHORT = (_LONGEST - 2) // 6  # characters: JSON writes none in more than six bytes


def contribution(row: RollupInput) -> Contribution:
    """Return what a notification, or an unattributed charge, contributes as it stands."""
    if row.state == UNATTRIBUTED:
        charge: dict[str, Amount] = {CHARGES: 1, UNATTRIBUTED: row.cost or 0}
        return Contribution(bucket=row.bucket, amounts={n: a for n, a in charge.items() if a})
    if row.state == NOTHING:
        return Contribution(bucket=row.bucket, amounts={})
    amounts = _counted_as(row)
    if row.taken:
        amounts |= _spent(row)
    if row.drawn:
        amounts |= _drawn(row)
    for name, took in latencies(row).items():
        amounts[f"{LATENCIES[name]}{bin_of(took)}"] = 1
    return Contribution(bucket=row.bucket, amounts=amounts)


def _counted_as(row: RollupInput) -> dict[str, Amount]:
    """Return what a notification is one of."""
    counted: dict[str, Amount] = {STATE + row.state: 1}
    if row.rule:
        counted[f"{RULE}{row.state}#{row.rule}"] = 1
    if row.fallback and row.state != State.SUPPRESSED:
        counted[FALLBACKS] = 1
    if row.resend:
        counted[RESENDS] = 1
    # What went by the channel's first route is the rest, and costs nothing.
    if row.route and row.state in BY_ROUTE:
        counted[BY_ROUTE[State(row.state)] + row.route] = 1
    return counted


def latencies(row: RollupInput) -> dict[str, timedelta]:
    """Return the duration of each step that is known."""
    took: dict[str, timedelta] = {}
    event_at = None if row.resend else row.occurred_at  # it took as long as the operator
    if event_at and (row.taken or _has_begun(row)):
        took["accepted"] = row.effective_at - event_at
    if row.taken and row.sent_at:
        took["sent"] = row.sent_at - row.effective_at
    if row.state in COUNTS_AS_DELIVERED and row.delivered_at:
        # An event without a time has no latency from the event on.
        if event_at:
            took["in_all"] = row.delivered_at - event_at
        if row.sent_at:
            took["delivered"] = row.delivered_at - row.sent_at
    return took


def difference(new: Contribution, last: Contribution | None) -> dict[RollupKey, dict[str, Amount]]:
    """Return what to add to each bucket so that it holds *new* instead of *last*."""
    changes: dict[RollupKey, dict[str, Amount]] = {new.bucket: dict(new.amounts)}
    if last is not None:
        minus = {name: -amount for name, amount in last.amounts.items()}
        add(changes.setdefault(last.bucket, {}), minus)
    return {bucket: amounts for bucket, amounts in changes.items() if amounts}


def add(total: dict[str, Amount], amounts: Amounts) -> None:
    """Add *amounts* to *total*, and remove what comes to 0."""
    for name, amount in amounts.items():
        summed = total.get(name, 0) + amount
        if summed:
            total[name] = summed
        else:
            total.pop(name, None)


def summed(contributions: Iterable[Contribution]) -> dict[RollupKey, dict[str, Amount]]:
    """Return what the buckets hold if these are all the contributions."""
    buckets: dict[RollupKey, dict[str, Amount]] = {}
    for each in contributions:
        add(buckets.setdefault(each.bucket, {}), each.amounts)
    return {bucket: amounts for bucket, amounts in buckets.items() if amounts}


def _has_begun(row: RollupInput) -> bool:
    """Tell whether it has taken effect: until a time it has not, behind a hold it has, suppressed never."""
    if row.state == State.DEFERRED:
        return row.rule in _HELD
    return row.state != State.SUPPRESSED


_HELD = frozenset(map(str, Why))


# Its next try may cost what is drawn, whatever the earlier ones have cost.
_TO_BE_TRIED = frozenset({State.DEFERRED, State.REQUESTED, State.SENDING, State.IN_DOUBT})


def _drawn(row: RollupInput) -> dict[str, Amount]:
    """Return what was drawn from budgets, and what of it may still be charged beyond the cost so far.

    A message counts at what was drawn for it until its price comes or it ends. What waits to be tried
    again keeps what it has drawn. One that stays in doubt counts at its estimate.
    """
    drawn, cost = row.drawn or Decimal(), row.cost or Decimal()
    priced = row.cost is not None and row.cost_source == CostSource.CARRIER
    outstanding = max(Decimal(), drawn - cost)
    if row.closed and (row.unsettled or row.state == State.IN_DOUBT):
        outstanding = max(Decimal(), min(drawn, row.estimate or drawn) - cost)
    elif row.closed or (priced and row.state not in _TO_BE_TRIED):
        outstanding = Decimal()
    amounts: dict[str, Amount] = {DRAWN: drawn, OUTSTANDING: outstanding}
    return {name: amount for name, amount in amounts.items() if amount}


def _spent(row: RollupInput) -> dict[str, Amount]:
    """Return the amounts of an accepted message; a price of 0 is a price, unlike a missing one."""
    spent: dict[str, Amount] = {TAKEN: 1, RETRIES: row.retries, PARTS: row.parts}
    if row.reserved:
        spent[RESERVED] = row.reserved
    if row.cost is None:
        spent[UNPRICED] = 1
    elif row.cost_source == CostSource.CARRIER:
        spent |= {PRICED: 1, CARRIER: row.cost}
        # What was free, such as a number that opted out, says nothing of the price list.
        if row.cost:
            spent |= {PRICED_ESTIMATE: row.estimate or 0, PRICED_PARTS: row.parts}
    else:
        spent |= {ESTIMATED: 1, ESTIMATE: row.cost}
    return {name: amount for name, amount in spent.items() if amount}
