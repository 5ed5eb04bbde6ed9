"""Play the input of a stream: put records, change shards, turn the clock. Used by `run_handler`."""

from collections.abc import Iterable, Mapping
from typing import Any

from lambda_event_sources.events import StreamRecord, dynamodb_record
from lambda_event_sources.harness.function import Clock, Function
from lambda_event_sources.harness.items import (
    Change,
    Fault,
    FaultWithoutRecord,
    Item,
    MappingUpdate,
    MergeShards,
    Put,
    Redelivery,
    RollOverShard,
    Send,
    SplitShard,
    TimePasses,
)
from lambda_event_sources.harness.report import Report
from lambda_event_sources.harness.stream_delivery import StreamDelivery
from lambda_event_sources.harness.table_changes import change_record, partition_of
from lambda_event_sources.mapping import SourceKind
from lambda_event_sources.recordings import in_order, stream_record
from lambda_event_sources.streams.in_memory_stream import InMemoryStream


class NotAStreamItem(Exception):
    """An item that only a queue takes, or only the other kind of stream."""


class StreamRun:
    """Put each item of the input on the stream at its time, and deliver until nothing is left."""

    def __init__(
        self, delivery: StreamDelivery, function: Function, stream: InMemoryStream
    ) -> None:
        self._delivery = delivery
        self._function = function
        self._clock: Clock = function.clock
        self._stream = stream
        self._faults: list[Fault] = []
        self._redelivered_before: int | None = None

    def run(self, items: Iterable[Item]) -> Report:
        """Play the input to its end and return the report."""
        for item in items:
            self._take(item)
        if self._faults:
            raise FaultWithoutRecord(type(self._faults[0]).__name__)
        self._delivery.advance(until=None)
        return self._delivery.report

    def _take(self, item: Item) -> None:
        match item:
            case bytes() | Put():
                self._put(item if isinstance(item, Put) else Put(data=item))
            case Change():
                self._change(item)
            case Mapping():
                self._take_recorded(item)
            case TimePasses():
                self._delivery.advance(until=self._clock() + item.time)
            case SplitShard() | MergeShards() | RollOverShard():
                self._reshard(item)
            case MappingUpdate():
                self._delivery.update_mapping(item.settings)
            case Send() | str():
                raise NotAStreamItem(type(item).__name__)
            case fault:
                self._await_record(fault)

    def _await_record(self, fault: Fault | Redelivery) -> None:
        if isinstance(fault, Redelivery):
            self._redelivered_before = fault.records
        else:
            self._faults.append(fault)

    def _put(self, item: Put) -> None:
        if self._delivery.mapping.kind is not SourceKind.KINESIS:
            raise NotAStreamItem("Put: a table's stream takes Change")
        shard_id, record = self._stream.put(item.key, item.data, now=self._clock())
        self._plan(shard_id, record)

    def _change(self, item: Change) -> None:
        if self._delivery.mapping.kind is not SourceKind.DYNAMODB:
            raise NotAStreamItem("Change: a data stream takes Put")
        shard_id, number = self._stream.locate(partition_of(item))
        read = change_record(item, number=number, at=self._clock())
        record = dynamodb_record(read, stream_arn=self._stream.arn)
        self._stream.append(shard_id, record)
        self._plan(shard_id, record)

    def _take_recorded(self, recorded: Mapping[str, Any]) -> None:
        """Put recorded records, each at the time at which it arrived."""
        for one in in_order([recorded if "Records" in recorded else {"Records": [recorded]}]):
            shard_id, record = stream_record(one)
            if record.arrived_at > self._clock():
                self._delivery.advance(until=record.arrived_at)
            self._delivery.note_resharding()
            self._stream.append(shard_id, record)
            self._plan(shard_id, record)

    def _plan(self, shard_id: str, record: StreamRecord) -> None:
        self._function.plan_faults(shard_id, record.sequence_number, self._faults)
        self._faults = []
        if self._redelivered_before is not None:
            self._delivery.redeliver_after(
                shard_id, record.sequence_number, self._redelivered_before
            )
            self._redelivered_before = None

    def _reshard(self, item: SplitShard | MergeShards | RollOverShard) -> None:
        self._delivery.note_resharding()
        match item:
            case SplitShard():
                self._stream.split(item.shard)
            case MergeShards():
                self._stream.merge(item.shard, item.other)
            case RollOverShard():
                self._stream.roll_over(item.shard)
