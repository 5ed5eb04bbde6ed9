"""Read the orders stream again over a span of time. Used by replay, record and the reconciliation."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ordercast.errors import StreamUnavailable
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.unavailable import raised_as

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import RecordTypeDef

BETWEEN_READS = 0.25
"""Seconds: a shard is read five times a second at most, by all readers together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KinesisOrders:
    """The stream that order events are put on, to be read again within its retention."""

    client: "KinesisClient"
    name: str
    pause: Callable[[float], None]

    def between(self, since: datetime, until: datetime) -> Iterator[list[StreamRecord]]:
        """Yield, page by page, the records that arrived from *since* on and before *until*."""
        return (records for _, records in self.by_shard(since, until))

    def by_shard(
        self, since: datetime, until: datetime
    ) -> Iterator[tuple[str, list[StreamRecord]]]:
        """Yield what `between` does, each page with the id of its shard."""
        pages = self.client.get_paginator("list_shards").paginate(StreamName=self.name)
        with _translated():
            shards = [shard["ShardId"] for page in pages for shard in page["Shards"]]
        for shard in shards:
            for records in self._of_shard(shard, since, until):
                yield shard, records

    def _of_shard(
        self, shard: str, since: datetime, until: datetime
    ) -> Iterator[list[StreamRecord]]:
        with _translated():
            place: str | None = self.client.get_shard_iterator(
                StreamName=self.name,
                ShardId=shard,
                ShardIteratorType="AT_TIMESTAMP",
                Timestamp=since,
            )["ShardIterator"]
        while place:
            with _translated():
                page = self.client.get_records(ShardIterator=place)
            records = page["Records"]
            yield [_record(r) for r in records if since <= _arrived(r) < until]
            caught_up = not page.get("MillisBehindLatest") and not records
            if caught_up or (records and _arrived(records[-1]) >= until):
                return
            place = page.get("NextShardIterator")
            self.pause(BETWEEN_READS)


def _translated() -> AbstractContextManager[None]:
    return raised_as(StreamUnavailable, "the orders stream")


def _arrived(record: "RecordTypeDef") -> datetime:
    return record["ApproximateArrivalTimestamp"]


def _record(record: "RecordTypeDef") -> StreamRecord:
    return StreamRecord(
        sequence_number=record["SequenceNumber"],
        partition_key=record.get("PartitionKey"),
        arrived_at=_arrived(record),
        payload=record["Data"],
    )
