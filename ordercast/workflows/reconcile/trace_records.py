"""Trace each record of the stream to what became of it. Used by `verify` and the verifier.

Every record must end as accepted, duplicate, stale or parked, and every promised notification must
be on the ledger.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from ordercast.decisions.inbound_event import InboundEvent
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import StreamRecord
from ordercast.reconciliation.tracing import (
    ParkedPositions,
    TracedRecords,
    fate_of,
    promised_by,
    read_record,
)
from ordercast.rollups.rollup import RollupInput
from ordercast.workflows.ports import DecisionsAndRows
from ordercast.workflows.reconcile.compare_rollups import RollupInputs


class Stream(Protocol):
    """The orders stream, within its retention. Raises `StreamUnavailable`."""

    def pages(
        self, since: datetime, until: datetime, *, places: Mapping[str, str] | None = None
    ) -> Iterator[tuple[str, str, list[StreamRecord]]]:
        """Yield, by the page, the records that arrived from *since* on and before *until*.

        With each page comes its shard, and the place at which another reading goes on after it:
        *places*, by shard.
        """
        ...


class TraceRecords(Struct, frozen=True, kw_only=True):
    """Read the stream again, and trace each record by its decision or among the parked ones.

    `source` finds what was parked of the records that arrived from one instant on and before another;
    `redelivered_for` is how long Lambda redelivers a record before it is given up.
    """

    stream: Stream
    decisions: DecisionsAndRows
    ledger: RollupInputs
    source: Callable[[datetime, datetime], ParkedPositions]
    now: Callable[[], datetime]
    redelivered_for: timedelta
    default_currency: str

    def __call__(self, since: datetime, until: datetime) -> TracedRecords:
        """Trace the records that arrived from *since* on and before *until*."""
        traced = TracedRecords()
        for _ in self.pages(since, until, traced=traced):
            pass
        return traced

    def pages(
        self,
        since: datetime,
        until: datetime,
        *,
        traced: TracedRecords,
        places: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[str, str, Mapping[str, RollupInput]]]:
        """Trace page by page into *traced*, and yield of each what was promised and is on the ledger.

        With it come the shard and the place behind the page, as the stream has them.
        """
        parked = self.source(since, until)
        for shard, place, page in self.stream.pages(since, until, places=places):
            yield shard, place, self._trace(page, parked, traced)

    def _trace(
        self, page: Iterable[StreamRecord], parked: ParkedPositions, traced: TracedRecords
    ) -> Mapping[str, RollupInput]:
        read = [
            read_record(each, default_currency=self.default_currency)
            for record in page
            for each in open_envelope(record)
        ]
        keys = frozenset(each.key for each in read if isinstance(each, InboundEvent))
        decisions = self.decisions.look_up(LookupKeys(decisions=keys)).decisions if keys else {}
        promised: dict[str, StreamRecord] = {}
        for each in read:
            inbound = each if isinstance(each, InboundEvent) else None
            record = each.record if isinstance(each, InboundEvent) else each
            fate = fate_of(record, inbound, decisions, parked)
            traced.add(record, fate, is_young=self._is_young(record))
            if inbound and record.position not in parked.positions:
                ids = promised_by(inbound, decisions.get(inbound.key), now=self.now())
                promised |= dict.fromkeys(ids, record)
        there = self.ledger.rollup_inputs(promised) if promised else {}
        traced.unentered += [
            i for i, record in promised.items() if i not in there and not self._is_young(record)
        ]
        traced.promised |= promised.keys()
        return there

    def _is_young(self, record: StreamRecord) -> bool:
        return record.arrived_at is None or self.now() - record.arrived_at < self.redelivered_for
