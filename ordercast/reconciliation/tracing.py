"""Find what became of a stream record, by the stored decision or the parked items. Used by `trace_records`.

A record ends as accepted, duplicate, stale or parked. A decision names the position of the record
that it was made for, so later records of the same event are duplicates.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from ordercast.decisions.decision import Decision, fingerprint
from ordercast.decisions.inbound_event import InboundEvent
from ordercast.decisions.lookup import DecisionKey
from ordercast.errors import Rejected
from ordercast.events.identity import event_hash, notification_id, order_hash
from ordercast.events.parse import parse_order_event
from ordercast.events.stream_record import ParkedRecord, StreamRecord


class ParkedPositions(Struct, frozen=True, kw_only=True):
    """Positions of parked records, and sequence numbers of records in batches that were given up."""

    positions: frozenset[str]
    given_up: frozenset[str]


class Fate(StrEnum):
    """What became of a record; `UNTRACED` is none of the others (yet)."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    STALE = "stale"
    PARKED = "parked"
    UNTRACED = "untraced"


class TracedRecords(Struct, kw_only=True):
    """How many records there were, and what became of them.

    `waiting` are positions of untraced records young enough to be redelivered, `lost` the older
    ones. `promised` are ids of notifications that decisions promised; `unentered` are those of them
    that are not on the ledger.
    """

    records: int = 0
    accepted: int = 0
    duplicate: int = 0
    stale: int = 0
    parked: int = 0
    waiting: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unentered: list[str] = field(default_factory=list)
    promised: set[str] = field(default_factory=set)

    @property
    def add_up(self) -> bool:
        """Return whether every record is accounted for."""
        traced = self.accepted + self.duplicate + self.stale + self.parked
        return self.records == traced + len(self.waiting) and not self.unentered

    def add(self, record: StreamRecord, fate: Fate, *, is_young: bool) -> None:
        """Count one record."""
        self.records += 1
        if fate is Fate.UNTRACED:
            (self.waiting if is_young else self.lost).append(record.position)
        else:
            setattr(self, fate, getattr(self, fate) + 1)


def read_record(
    record: StreamRecord | ParkedRecord, *, default_currency: str
) -> InboundEvent | StreamRecord:
    """Return the record's event, or the record itself if it cannot be read."""
    if isinstance(record, ParkedRecord):
        return record.record
    try:
        event = parse_order_event(record.payload, default_currency=default_currency)
    except Rejected:
        return record
    return InboundEvent(
        record=record,
        event=event,
        key=(order_hash(event), event_hash(event)),
        people=frozenset(),
        fingerprint=fingerprint(event),
    )


def fate_of(
    record: StreamRecord,
    inbound: InboundEvent | None,
    decisions: Mapping[DecisionKey, Decision],
    parked: ParkedPositions,
) -> Fate:
    """Return what became of a record; *inbound* is its event, if it can be read."""
    decision = decisions.get(inbound.key) if inbound else None
    if record.position in parked.positions:
        return Fate.PARKED
    if inbound and decision and inbound.is_first_of(decision):
        return Fate.STALE if decision.is_stale else Fate.ACCEPTED
    if record.sequence_number in parked.given_up:
        return Fate.PARKED
    if inbound and decision and not inbound.conflicts_with(decision):
        return Fate.DUPLICATE
    return Fate.UNTRACED


def promised_by(inbound: InboundEvent, decision: Decision | None, *, now: datetime) -> list[str]:
    """Return the ids of the notifications that must be on the ledger for this record."""
    if decision is None or not inbound.is_first_of(decision):
        return []
    if decision.is_stale or now >= decision.expires_at:
        return []
    return [notification_id(inbound.event, channel) for channel in decision.verdicts]
