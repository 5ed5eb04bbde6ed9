"""A stream and a function come in; its shards are driven, lane by lane, as time is turned."""

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


class _Out(NamedTuple):
    """An invocation that has not answered yet; compared by when it will, then by its number."""

    at: datetime
    number: int
    driven: "_Driven"
    step: Invoke
    outcome: Outcome
    began: datetime


class _Driven:
    """One shard as it is being read; replaced, not changed, where somebody else takes over."""

    def __init__(self, shard_id: str, reader: ShardReader, source: ShardBatcher) -> None:
        self.shard_id = shard_id
        self.reader = reader
        self.source = source
        self.is_left = False


class StreamDelivery:
    """Deliver a stream to a function.

    Everything that is due at one moment happens, answers first, before time goes on to the next.
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
        self._driven: dict[str, _Driven] = {}
        self._out: list[_Out] = []
        self._numbered = 0
        self._turn = 0
        self._goes_back: dict[tuple[str, str], int] = {}
        self._shards_changed = True
        self.report = Report()

    def look_again(self) -> None:
        """Note that the stream has other shards than before."""
        self._shards_changed = True

    def go_back_after(self, shard_id: str, number: str, records: int) -> None:
        """Let the shard begin again, so many records back, when a record is done."""
        self._goes_back[shard_id, number] = records

    def redeploy(self, settings: Mapping[str, Any]) -> None:
        """Let go of every shard; whoever comes next begins where each has come to."""
        for driven in self._driven.values():
            self._leave(driven)
        self._driven = {}
        self.mapping = validated(replace(self.mapping, **settings))
        self._sequencer = ShardSequencer(self.mapping, self._positions)
        self._shards_changed = True

    def go_on(self, *, until: datetime | None) -> None:
        """Let time pass *until* then, or until nothing is left to do."""
        while True:
            while self._step():
                pass
            moment = self._next_moment()
            if moment is None or (until is not None and moment > until):
                break
            self._clock.at = moment
        if until is not None:
            self._clock.at = until

    def _leave(self, driven: _Driven) -> None:
        driven.is_left = True
        self._positions[driven.shard_id] = driven.source.position

    def _next_moment(self) -> datetime | None:
        moments = [self._out[0].at] if self._out else []
        for driven in self._driven.values():
            step = driven.source.next_step(now=self._clock())
            if isinstance(step, Wait) and step.until:
                moments.append(step.until)
        return min(moments, default=None)

    def _step(self) -> bool:
        if self._out and self._out[0].at <= self._clock():
            self._settle(heappop(self._out))
            return True
        if self._shards_changed:
            self._begin_shards()
        waiting = list(self._driven.values())
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
        self._driven[shard_id] = _Driven(shard_id, reader, source)

    def _drive(self, driven: _Driven) -> bool:
        now = self._clock()
        capacity = driven.source.capacity
        read = driven.reader.read(capacity) if capacity else ()
        if capacity and not read:
            driven.source.note_read_until(now)
        self.report.note_filtered(now, driven.shard_id, driven.source.put(read, now=now))
        if driven.reader.is_at_end:
            driven.source.end()
        match driven.source.next_step(now=now):
            case Invoke() as step:
                self._invoke(driven, step)
            case DiscardBatch() as discarded:
                self._give_up(driven, discarded)
            case Expired(records=records):
                self._note_lost(driven, records)
            case Wait():
                return bool(read) or self._finish(driven)
        return True

    def _invoke(self, driven: _Driven, step: Invoke) -> None:
        began = self._clock()
        outcome, took = self._function.invoke(driven.shard_id, step.records, step.window_fields)
        self._numbered += 1
        heappush(self._out, _Out(began + took, self._numbered, driven, step, outcome, began))

    def _settle(self, out: _Out) -> None:
        driven = out.driven
        invocation = Invocation(
            at=out.began,
            source=driven.shard_id,
            lane=out.step.lane,
            records=out.step.records,
            window_fields=out.step.window_fields,
            how="superseded",
            raised=exception_of(out.outcome),
        )
        if not driven.is_left:
            settled = driven.source.settle(out.step.lane, out.outcome, now=self._clock())
            invocation = replace(invocation, how=settled.how, done=settled.done)
            self._go_back(driven, settled.done)
        self.report.entries.append(invocation)

    def _go_back(self, driven: _Driven, done: Iterable[StreamRecord]) -> None:
        shard_id = driven.shard_id
        for record in done:
            back = self._goes_back.pop((shard_id, record.sequence_number), None)
            if back is not None:
                driven.is_left = True
                position = self._stream.position_before(shard_id, record.sequence_number, back)
                # Never beyond what is done: other lanes may be far behind the record.
                self._begin(shard_id, min(position, driven.source.position, key=_place))
                return

    def _give_up(self, driven: _Driven, discarded: DiscardBatch) -> None:
        failure = on_failure_object(
            discarded, self.mapping, shard_id=driven.shard_id, now=self._clock()
        )
        discards = Discarded(
            at=self._clock(),
            source=driven.shard_id,
            condition=discarded.condition,
            records=discarded.records,
            failure=json.loads(failure),
        )
        self.report.entries.append(discards)

    def _note_lost(self, driven: _Driven, records: tuple[StreamRecord, ...]) -> None:
        lost = Discarded(
            at=self._clock(), source=driven.shard_id, condition="Expired", records=records
        )
        self.report.entries.append(lost)

    def _finish(self, driven: _Driven) -> bool:
        """Let go of a shard that is read to its end and done; its children may begin."""
        if not driven.source.is_finished:
            return False
        self._sequencer.checkpoint(driven.shard_id, driven.source.position)
        self._sequencer.finish(driven.shard_id)
        del self._driven[driven.shard_id]
        self._shards_changed = True
        return True


def _place(position: Position) -> int:
    return int(position.number or 0)
