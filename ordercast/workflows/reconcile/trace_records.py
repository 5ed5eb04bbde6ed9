"""A span of arrival in, what became of each record of the stream out, and what its mark promised.

Every record ends as accepted, duplicate, stale or parked, and the sum holds. A record is placed by
where it stands in the stream: its event's mark names the position it was made for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from ordercast.decisions.decision import Decision, fingerprint
from ordercast.decisions.inbound_event import InboundEvent
from ordercast.decisions.lookup import DecisionKey, LookupKeys, LookupResult
from ordercast.errors import Rejected
from ordercast.events.envelope import open_envelope
from ordercast.events.identity import event_hash, notification_id, order_hash
from ordercast.events.order_event import parse_order_event
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.workflows.reconcile.compare_rollups import RollupInputs


class Stream(Protocol):
    """The orders stream, within its retention. Raises `StreamUnavailable`."""

    def between(self, since: datetime, until: datetime) -> Iterator[list[StreamRecord]]:
        """Yield, page by page, the records that arrived from *since* on and before *until*."""
        ...


class Decisions(Protocol):
    """The ledger's marks. Raises `LedgerUnavailable`."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read what is wanted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedSource:
    """What is parked: positions of records, and sequence numbers in batches that were given up."""

    positions: frozenset[str]
    given_up: frozenset[str]


@dataclass(slots=True, kw_only=True)
class TracedRecords:
    """How many records there were, and what became of them.

    `waiting` are positions without any trace that are young enough to be brought again; `lost`
    are those that are not; `unentered` are ids of notifications that a mark promised and the
    ledger has not. `promised` are all that were promised: they are to be counted.
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
        """Tell whether every record is accounted for."""
        placed = self.accepted + self.duplicate + self.stale + self.parked
        return self.records == placed + len(self.waiting) and not self.unentered


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRecords:
    """Read the stream again, and place each record by its event's mark or among the parked.

    `brought_for` is how long the relay is brought a record before it is given up.
    """

    stream: Stream
    decisions: Decisions
    ledger: RollupInputs
    source: Callable[[], ParkedSource]
    now: Callable[[], datetime]
    redelivered_for: timedelta
    default_currency: str

    def __call__(self, since: datetime, until: datetime) -> TracedRecords:
        """Place the records that arrived from *since* on and before *until*."""
        placed, source = TracedRecords(), self.source()
        for page in self.stream.between(since, until):
            self._place(page, source, placed)
        return placed

    def _place(
        self, page: Iterable[StreamRecord], source: ParkedSource, placed: TracedRecords
    ) -> None:
        read = [self._read(each) for record in page for each in open_envelope(record)]
        keys = frozenset(each.key for each in read if isinstance(each, InboundEvent))
        decisions = self.decisions.look_up(LookupKeys(decisions=keys)).decisions if keys else {}
        promised: dict[str, StreamRecord] = {}
        for each in read:
            placed.records += 1
            self._place_one(each, decisions, source, placed)
            if isinstance(each, InboundEvent) and each.record.position not in source.positions:
                promised |= dict.fromkeys(self._promised(each, decisions), each.record)
        there = self.ledger.lines(promised) if promised else {}
        placed.unentered += [
            i for i, record in promised.items() if i not in there and not self._is_young(record)
        ]
        placed.promised |= promised.keys()

    def _read(self, record: StreamRecord | ParkedRecord) -> InboundEvent | StreamRecord:
        """Return the arrival, or the record by itself where nothing can be read in it."""
        if isinstance(record, ParkedRecord):
            return record.record
        try:
            event = parse_order_event(record.payload, default_currency=self.default_currency)
        except Rejected:
            return record
        return InboundEvent(
            record=record,
            event=event,
            key=(order_hash(event), event_hash(event)),
            people=frozenset(),
            fingerprint=fingerprint(record.payload),
        )

    def _place_one(
        self,
        each: InboundEvent | StreamRecord,
        decisions: Mapping[DecisionKey, Decision],
        source: ParkedSource,
        placed: TracedRecords,
    ) -> None:
        record = each.record if isinstance(each, InboundEvent) else each
        mark = decisions.get(each.key) if isinstance(each, InboundEvent) else None
        if record.position in source.positions:
            placed.parked += 1
        elif mark and isinstance(each, InboundEvent) and each.is_first_of(mark):
            placed.stale += mark.is_stale
            placed.accepted += not mark.is_stale
        elif record.sequence_number in source.given_up:
            placed.parked += 1
        elif mark and isinstance(each, InboundEvent) and not each.conflicts_with(mark):
            placed.duplicate += 1
        else:
            (placed.waiting if self._is_young(record) else placed.lost).append(record.position)

    def _promised(
        self, inbound: InboundEvent, decisions: Mapping[DecisionKey, Decision]
    ) -> list[str]:
        mark = decisions.get(inbound.key)
        if mark is None or not inbound.is_first_of(mark):
            return []
        if mark.is_stale or self.now() >= mark.expires_at:
            return []
        return [notification_id(inbound.event, channel) for channel in mark.verdicts]

    def _is_young(self, record: StreamRecord) -> bool:
        return record.arrived_at is None or self.now() - record.arrived_at < self.redelivered_for
