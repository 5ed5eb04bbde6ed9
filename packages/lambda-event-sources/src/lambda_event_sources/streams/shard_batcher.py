"""Spread one shard's records over parallelization lanes and return the next step. Used by the stream driver and the harness."""

import zlib
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.filtering.filter_criteria import FilterCriteria
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Outcome
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.parallelization_lane import ParallelizationLane
from lambda_event_sources.streams.shard_sequencer import TRIM_HORIZON, Position, after
from lambda_event_sources.streams.steps import Invoke, Settled, Step, Wait
from lambda_event_sources.streams.tumbling_lane import TumblingWindowLane

READ_AHEAD = 10_000
"""How many records may wait in a shard's lanes: as many as one GetRecords returns."""


class ShardBatcher:
    """Batch one shard's records, in as many concurrent batches as the mapping allows.

    Call `put` while it has `capacity` and `note_read_until` when there is nothing to read; carry
    out `next_step`, and `settle` the outcome of each `Invoke`.
    The rules, each with a test named in docs/rules.md:

    - there are `parallelization_factor` lanes, each with one batch at a time
    - all records of one key are in one lane, so their order is kept
    - a lane that retries does not hold up the others
    - filtered records are in no batch, and the checkpoint passes them as it passes processed ones
    - the checkpoint is before the first unprocessed record of any lane; a successor begins there
      and delivers again what other lanes had processed beyond it
    - with tumbling windows each lane has its own (`TumblingWindowLane`); a closed shard's last
      window ends early, and its state does not pass to the children

    AWS does not document how keys are spread over lanes, nor how far a shard is read ahead of a
    lane that retries: here by a checksum of the key, and by READ_AHEAD.
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        shard_id: str = "",
        position: Position = TRIM_HORIZON,
        backoff: Backoff | None = None,
        retention: timedelta | None = None,
    ) -> None:
        self._lanes = [
            _lane(mapping, shard_id, backoff, retention)
            for _ in range(mapping.parallelization_factor)
        ]
        self._filters = FilterCriteria(mapping.kind, mapping.filters)
        self._position = position
        # Sequence numbers from the checkpoint on, in order; some of them may be done.
        self._read: deque[str] = deque()
        self._is_read_to_end = False

    @property
    def position(self) -> Position:
        """Return the checkpoint: after the last record before which all are done or discarded."""
        return self._position

    @property
    def capacity(self) -> int:
        """Return how many records can be taken now: as many as the emptiest lane takes."""
        waiting = sum(lane.waiting for lane in self._lanes)
        return max(0, min(max(lane.capacity for lane in self._lanes), READ_AHEAD - waiting))

    @property
    def is_finished(self) -> bool:
        """Tell whether the shard is closed, read to its end, and wholly processed."""
        return self._is_read_to_end and all(lane.is_empty for lane in self._lanes)

    def put(self, records: Iterable[StreamRecord], *, now: datetime) -> tuple[StreamRecord, ...]:
        """Take records, in the shard's order, as read at *now*; return those that were filtered out."""
        filtered_out = []
        for record in records:
            self._note_read_until(record.arrived_at)
            self._read.append(record.sequence_number)
            if self._filters.matches(record.event):
                self._lanes[lane_of(record.key, len(self._lanes))].put([record], now=now)
            else:
                filtered_out.append(record)
        if filtered_out:
            self._advance()
        return tuple(filtered_out)

    def note_read_until(self, now: datetime) -> None:
        """Record that nothing was left to read at *now*."""
        self._note_read_until(now)

    def end(self) -> None:
        """Record that the shard is closed and was read to its end."""
        self._is_read_to_end = True
        self._note_read_until(datetime.max.replace(tzinfo=UTC))

    def next_step(self, *, now: datetime) -> Step:
        """Return what to do now; `Invoke` names its lane, and other lanes may go on meanwhile."""
        waits = []
        for number, lane in enumerate(self._lanes):
            if lane.is_invoking:
                continue
            match lane.next_step(now=now):
                case Invoke() as invoke:
                    return replace(invoke, lane=number)
                case Wait(until=until):
                    waits += [until] if until else []
                case discarded:
                    self._advance()
                    return discarded
        # A window without state may have closed without an invocation.
        self._advance()
        return Wait(until=min(waits, default=None))

    def settle(self, lane: int, outcome: Outcome, *, now: datetime) -> Settled:
        """Apply the outcome of the `Invoke` of a lane."""
        settled = self._lanes[lane].settle(outcome, now=now)
        self._advance()
        return settled

    def _note_read_until(self, at: datetime) -> None:
        for lane in self._lanes:
            if isinstance(lane, TumblingWindowLane):
                lane.note_read_until(at)

    def _advance(self) -> None:
        firsts = [lane.first_unprocessed for lane in self._lanes]
        undone = min((first for first in firsts if first is not None), default=None)
        while self._read and (undone is None or int(self._read[0]) < undone):
            self._position = after(self._read.popleft())


def _lane(
    mapping: EventSourceMapping,
    shard_id: str,
    backoff: Backoff | None,
    retention: timedelta | None,
) -> ParallelizationLane | TumblingWindowLane:
    if mapping.tumbling_window:
        return TumblingWindowLane(mapping, shard_id=shard_id, backoff=backoff, retention=retention)
    return ParallelizationLane(mapping, backoff=backoff, retention=retention)


def lane_of(key: str, lanes: int) -> int:
    """Return the lane of a key's records."""
    return zlib.crc32(key.encode()) % lanes
