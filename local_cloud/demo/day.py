"""Make the records that a shop puts on the stream, with the result that the contract promises for each. Used by the demo.

The promises of docs/contract.md are written here a second time on purpose: a count that used the
pipeline's own decisions could not find a mistake in them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from random import Random

from local_cloud.demo.shop import Order, Result, orders

COHORTS = 4
"""Orders are put in this many groups; a group continues when its last messages are sent."""

Promised = Mapping[str, Result]
"""The result of an event's messages, by channel."""


class RecordKind(StrEnum):
    """The result of a record in the pipeline."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    STALE = "stale"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRecord:
    """One record: its partition key, and an event or bytes that hold none; aggregated or not."""

    kind: RecordKind
    order_id: str
    key: str
    aggregated: bool
    event: Mapping[str, object] | None = None
    raw: bytes = b""
    promised: Promised

    def payload(self, at: datetime) -> bytes:
        """Return the bytes; the event happened at that time."""
        if self.event is None:
            return self.raw
        return json.dumps({**self.event, "occurred_at": at.isoformat()}).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The records by cohort and round; `refusing` are the channels that customers opted out of, by customer id."""

    orders: int
    cohorts: Sequence[Sequence[Sequence[DemoRecord]]]
    refusing: Mapping[str, frozenset[str]]


def made_up_day(count: int, *, seed: int) -> Day:
    """Make up a day of so many orders; the same seed makes the same day."""
    chance = Random(seed)  # noqa: S311 - sample data, not secrets
    made = list(orders(count, seed=seed))
    rounds: list[list[list[DemoRecord]]] = [[[] for _ in range(_ROUNDS)] for _ in range(COHORTS)]
    for number, order in enumerate(made):
        cohort = rounds[number % COHORTS]
        for place, put in _records(order, number, chance):
            cohort[place].append(put)
    return Day(
        orders=count,
        cohorts=rounds,
        refusing={str(o.document["customer_id"]): o.refuses for o in made if o.refuses},
    )


_ROUNDS = 4
_LANES = 6  # partition keys of a cohort's aggregates
_DUPLICATES, _MALFORMED, _STALE = 0.02, 0.01, 0.01


def _records(order: Order, number: int, chance: Random) -> Iterator[tuple[int, DemoRecord]]:
    """Yield the records of the order, each with its round."""
    aggregated = chance.random() < 1 / 2
    key = f"lane-{number % (COHORTS * _LANES)}" if aggregated else order.id
    statuses = order.statuses
    # What was suppressed makes nothing stale.
    heard = not order.refuses and not order.fallback
    is_late = statuses[-2:] == ("shipped", "delivered") and heard
    late = is_late and chance.random() < _STALE * _ROUNDS
    # A late `shipped` comes after `delivered`.
    in_order = (*statuses[:-2], statuses[-1], statuses[-2]) if late else statuses
    for place, status in enumerate(in_order):
        stale = late and place == len(statuses) - 1
        put = DemoRecord(
            kind=RecordKind.STALE if stale else RecordKind.ACCEPTED,
            order_id=order.id,
            key=key,
            aggregated=aggregated,
            event=_event(order, status, place),
            promised={} if stale else _promised(order, place),
        )
        yield place, put
        if chance.random() < _DUPLICATES:
            again = min(place + chance.randrange(2), _ROUNDS - 1)
            yield again, replace(put, kind=RecordKind.DUPLICATE, promised={})
        if chance.random() < _MALFORMED:
            raw = chance.choice(_UNUSABLE).replace("ORDER", order.id).encode()
            yield place, replace(put, kind=RecordKind.PARKED, event=None, raw=raw, promised={})


_UNUSABLE = (
    '{"order_id": "ORDER", "status": "shipped", "customer_id":',
    '{"status": "shipped", "customer_id": "c-ORDER"}',
    '{"order_id": ["ORDER"], "status": "shipped", "customer_id": "c-ORDER"}',
    '{"order_id": "ORDER", "status": "shipped"}',
    '{"order_id": "ORDER", "customer_id": "c-ORDER", "occurred_at": "2026-03-02 09:29"}',
    '{"order_id": "ORDER", "customer_id": "c-ORDER", "schema_version": 2}',
    "order ORDER was shipped",
)


def _event(order: Order, status: str, place: int) -> dict[str, object]:
    ways = {_FIELDS[channel]: each.address for channel, each in order.reached(place).items()}
    return {
        **order.document,
        "event_id": f"{order.id}-{status}",
        "status": status,
        "contact": {**order.contact, **ways},
    }


_FIELDS = {"sms": "phone", "email": "email"}


def _promised(order: Order, place: int) -> Promised:
    reached = order.reached(place)
    channels = ("sms", "email") if order.channel == "both" or order.fallback else (order.channel,)
    return {
        channel: Result.SUPPRESSED if channel in order.refuses else reached[channel].result
        for channel in channels
    }
