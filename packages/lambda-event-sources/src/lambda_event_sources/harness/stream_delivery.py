"""Deliver a stream in memory to a handler, shard by shard, on a manual clock. Used by `StreamRun`."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.harness.function import Function
from lambda_event_sources.harness.report import Discarded, Invocation, Report
from lambda_event_sources.limits import validated
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import DiscardBatch, on_failure_object
from lambda_event_sources.outcomes import Outcome, exception_of
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.in_memory_stream import InMemoryStream
from lambda_event_sources.streams.shard_batcher import ShardBatcher
from lambda_event_sources.streams.shard_reader import ShardReader
from lambda_event_sources.streams.shard_sequencer import Position, Positions, ShardSequencer
from lambda_event_sources.streams.steps import Expired, Invoke, Wait


class _InFlight(NamedTuple):
    """An invocation in flight; ordered by when it ends, then by its number."""

    at: datetime
    number: int
    active: "_ActiveShard"
    step: Invoke
    outcome: Outcome
    began: datetime


class _ActiveShard:
    """One shard that is being read; replaced, not changed, when a successor takes over."""

    def __init__(self, shard_id: str, reader: ShardReader, source: ShardBatcher) -> None:
        self.shard_id = shard_id
        self.reader = reader
        self.source = source
        self.is_superseded = False


class StreamDelivery:
    """Deliver a stream to a function.

    Everything that is due at one moment happens, responses first, before the clock is turned on.
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        function: Function,
        *,
        stream: InMemoryStream,
        retention: timedelta,
        backoff: Backoff,
    ) -> None:
        self.mapping = mapping
        self._function = function
        self._clock = function.clock
        self._stream = stream
        self._retention = retention
        self._backoff = backoff
        self._positions: Positions = {}
        self._sequencer = ShardSequencer(mapping, self._positions)
        self._active: dict[str, _ActiveShard] = {}
        self._in_flight: list[_InFlight] = []
        self._numbered = 0
        self._turn = 0
        self._redeliveries: dict[tuple[str, str], int] = {}
        self._shards_changed = True
        self.report = Report()

    def note_resharding(self) -> None:
        """Note that the stream's shards have changed."""
        self._shards_changed = True

    def redeliver_after(self, shard_id: str, number: str, records: int) -> None:
        """When the record is done, let its shard begin again so many records before it."""
        self._redeliveries[shard_id, number] = records

    def update_mapping(self, settings: Mapping[str, Any]) -> None:
        """Release every shard; delivery continues from the checkpoints under new settings."""
        for active in self._active.values():
            self._supersede(active)
        self._active = {}
        self.mapping = validated(replace(self.mapping, **settings))
        self._sequencer = ShardSequencer(self.mapping, self._positions)
        self._shards_changed = True

    def advance(self, *, until: datetime | None) -> None:
        """Let time pass until then, or until nothing is left to do."""
        while True:
            while self._step():
                pass
            moment = self._next_moment()
            if moment is None or (until is not None and moment > until):
                break
            self._clock.at = moment
        if until is not None:
            self._clock.at = until

    def _supersede(self, active: _ActiveShard) -> None:
        active.is_superseded = True
        self._positions[active.shard_id] = active.source.position

    def _next_moment(self) -> datetime | None:
        moments = [self._in_flight[0].at] if self._in_flight else []
        for active in self._active.values():
            step = active.source.next_step(now=self._clock())
            if isinstance(step, Wait) and step.until:
                moments.append(step.until)
        return min(moments, default=None)

    def _step(self) -> bool:
        if self._in_flight and self._in_flight[0].at <= self._clock():
            self._settle(heappop(self._in_flight))
            return True
        if self._shards_changed:
            self._begin_shards()
        waiting = list(self._active.values())
        for place in range(len(waiting)):
            # In turns, so that no shard is done before another has begun.
            turn = (self._turn + place) % len(waiting)
            if self._drive(waiting[turn]):
                self._turn = turn + 1
                return True
        return False

    def _begin_shards(self) -> None:
        self._shards_changed = False
        for shard_id, position in self._sequencer.ready_shards(self._stream.shards()):
            self.report.shards_started.append((shard_id, position))
            self._begin(shard_id, position)

    def _begin(self, shard_id: str, position: Position) -> None:
        reader = ShardReader(self._stream, shard_id, position=position)
        source = ShardBatcher(
            self.mapping,
            shard_id=shard_id,
            position=position,
            backoff=self._backoff,
            retention=self._retention,
        )
        self._active[shard_id] = _ActiveShard(shard_id, reader, source)

    def _drive(self, active: _ActiveShard) -> bool:
        now = self._clock()
        capacity = active.source.capacity
        read = active.reader.read(capacity) if capacity else ()
        if capacity and not read:
            active.source.note_read_until(now)
        self.report.note_filtered(now, active.shard_id, active.source.put(read, now=now))
        if active.reader.is_at_end:
            active.source.end()
        match active.source.next_step(now=now):
            case Invoke() as step:
                self._invoke(active, step)
            case DiscardBatch() as discarded:
                self._discard(active, discarded)
            case Expired(records=records):
                self._note_expired(active, records)
            case Wait():
                return bool(read) or self._finish(active)
        return True

    def _invoke(self, active: _ActiveShard, step: Invoke) -> None:
        began = self._clock()
        outcome, took = self._function.invoke(active.shard_id, step.records, step.window_fields)
        self._numbered += 1
        heappush(
            self._in_flight, _InFlight(began + took, self._numbered, active, step, outcome, began)
        )

    def _settle(self, ended: _InFlight) -> None:
        active = ended.active
        invocation = Invocation(
            at=ended.began,
            source=active.shard_id,
            lane=ended.step.lane,
            records=ended.step.records,
            window_fields=ended.step.window_fields,
            how="superseded",
            raised=exception_of(ended.outcome),
        )
        if not active.is_superseded:
            settled = active.source.settle(ended.step.lane, ended.outcome, now=self._clock())
            invocation = replace(invocation, how=settled.how, done=settled.done)
            self._redeliver(active, settled.done)
        self.report.entries.append(invocation)

    def _redeliver(self, active: _ActiveShard, done: Iterable[StreamRecord]) -> None:
        shard_id = active.shard_id
        for record in done:
            back = self._redeliveries.pop((shard_id, record.sequence_number), None)
            if back is not None:
                active.is_superseded = True
                position = self._stream.position_before(shard_id, record.sequence_number, back)
                # Never after the checkpoint: other lanes may be far behind the record.
                self._begin(shard_id, min(position, active.source.position, key=_place))
                return

    def _discard(self, active: _ActiveShard, discarded: DiscardBatch) -> None:
        failure = on_failure_object(
            discarded, self.mapping, shard_id=active.shard_id, now=self._clock()
        )
        discards = Discarded(
            at=self._clock(),
            source=active.shard_id,
            condition=discarded.condition,
            records=discarded.records,
            failure=json.loads(failure),
        )
        self.report.entries.append(discards)

    def _note_expired(self, active: _ActiveShard, records: tuple[StreamRecord, ...]) -> None:
        expired = Discarded(
            at=self._clock(), source=active.shard_id, condition="Expired", records=records
        )
        self.report.entries.append(expired)

    def _finish(self, active: _ActiveShard) -> bool:
        """Let go of a shard that is processed to its end; its children become ready."""
        if not active.source.is_finished:
            return False
        self._sequencer.checkpoint(active.shard_id, active.source.position)
        self._sequencer.finish(active.shard_id)
        del self._active[active.shard_id]
        self._shards_changed = True
        return True


def _place(position: Position) -> int:
    return int(position.number or 0)
