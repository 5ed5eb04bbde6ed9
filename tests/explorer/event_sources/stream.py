"""Batch the records of producers for the relay, in order and until they are done. Used by the stage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lambda_event_sources.events import StreamRecord, kinesis_record, lambda_event
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.outcomes import Outcome
from lambda_event_sources.streams.parallelization_lane import ParallelizationLane
from lambda_event_sources.streams.steps import Invoke, Wait
from ordercast.events import stream_record as parking
from tests.fakes.clock import HandTurnedClock

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"


@dataclass(slots=True, kw_only=True)
class LaneSource:
    """One lane of a stream and Lambda's event source on it, after the model."""

    clock: HandTurnedClock
    mapping: EventSourceMapping
    invoke: Callable[[dict[str, Any]], Outcome]
    lane: ParallelizationLane = field(init=False)
    unread: list[StreamRecord] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    brought: int = 0

    def __post_init__(self) -> None:
        self.lane = ParallelizationLane(self.mapping)

    def step(self) -> bool:
        """Do the next thing; False where there is nothing to do now."""
        now = self.clock()
        if self.unread and self.lane.capacity:
            room = self.lane.capacity
            self.lane.put(self.unread[:room], now=now)
            self.unread = self.unread[room:]
            return True
        match self.lane.next_step(now=now):
            case Invoke(records=records):
                self.brought += 1
                outcome = self.invoke(lambda_event(records))
                self.lane.settle(outcome, now=self.clock())
                return True
            case DiscardBatch(records=records):
                self.given_up += [record.sequence_number for record in records]
                return True
        return False

    def next_at(self) -> datetime | None:
        """Say when there will be something to do."""
        step = self.lane.next_step(now=self.clock())
        return step.until if isinstance(step, Wait) else None


@dataclass(slots=True, kw_only=True)
class StreamSource(LaneSource):
    """The one shard of the stream of orders."""

    put_so_far: list[parking.StreamRecord] = field(default_factory=list)

    def put(self, *payloads: bytes) -> None:
        """Put records, numbered from 101 on."""
        for payload in payloads:
            number = str(101 + len(self.put_so_far))
            self.put_so_far.append(
                parking.StreamRecord(
                    sequence_number=number,
                    partition_key="o",
                    arrived_at=self.clock(),
                    payload=payload,
                )
            )
            record = {
                "SequenceNumber": number,
                "PartitionKey": "o",
                "Data": payload,
                "ApproximateArrivalTimestamp": self.clock(),
            }
            shaped = kinesis_record(record, stream_arn=ARN, shard_id="shardId-0", role_arn="")
            self.unread.append(shaped)
