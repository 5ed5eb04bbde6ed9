"""Read the orders stream again over a span of time. Used by replay, record and the reconciliation."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ordercast.errors import StreamUnavailable
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.unavailable import raised_as
from ordercast.reconciliation.progress import READ_TO_THE_END

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import RecordTypeDef

BETWEEN_READS = 0.5
"""Seconds: a shard is read five times a second at most, by all readers together."""

SHARE = 1024 * 1024
"""Bytes a second of a shard: half of what all its readers get, for the relay reads it too. A shard takes
as much in, so the relay is never short of it (Kinesis guide: quotas and limits)."""

_FIRST_PAGE = 200  # records, until their size is known; a page may be 10 MB whatever is asked for
_LARGEST_PAGE = 10_000  # records: Kinesis's own limit


class KinesisOrders(Struct, frozen=True, kw_only=True):
    """The stream that order events are put on, to be read again within its retention."""

    client: "KinesisClient"
    name: str
    pause: Callable[[float], None]

    def between(self, since: datetime, until: datetime) -> Iterator[list[StreamRecord]]:
        """Yield, page by page, the records that arrived from *since* on and before *until*."""
        return (records for _, _, records in self.pages(since, until))

    def by_shard(
        self, since: datetime, until: datetime
    ) -> Iterator[tuple[str, list[StreamRecord]]]:
        """Yield what `between` does, each page with the id of its shard."""
        return ((shard, records) for shard, _, records in self.pages(since, until))

    def pages(
        self, since: datetime, until: datetime, *, places: Mapping[str, str] | None = None
    ) -> Iterator[tuple[str, str, list[StreamRecord]]]:
        """Yield what `by_shard` does, each page with the place behind it.

        *places* are, by shard, those behind which an earlier reading ended.
        """
        known = places or {}
        pages = self.client.get_paginator("list_shards").paginate(StreamName=self.name)
        with _translated():
            shards = [shard["ShardId"] for page in pages for shard in page["Shards"]]
        for shard in shards:
            if known.get(shard) == READ_TO_THE_END:
                continue
            for place, records in self._of_shard(shard, since, until, known.get(shard)):
                yield shard, place, records

    def _of_shard(
        self, shard: str, since: datetime, until: datetime, after: str | None
    ) -> Iterator[tuple[str, list[StreamRecord]]]:
        begins: dict[str, Any] = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": after}
            if after
            else {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": since}
        )
        with _translated():
            place: str | None = self.client.get_shard_iterator(
                StreamName=self.name, ShardId=shard, **begins
            )["ShardIterator"]
        limit = _FIRST_PAGE
        while place:
            with _translated():
                page = self.client.get_records(ShardIterator=place, Limit=limit)
            records = page["Records"]
            size = sum(len(each["Data"]) for each in records)
            caught_up = not page.get("MillisBehindLatest") and not records
            ends = caught_up or bool(records and _arrived(records[-1]) >= until)
            place = None if ends else page.get("NextShardIterator")
            after = records[-1]["SequenceNumber"] if records else after
            found = [_record(r) for r in records if since <= _arrived(r) < until]
            if found or not place:
                yield (READ_TO_THE_END if place is None else str(after)), found
            if place:
                limit = _records_in_a_share(len(records), size) or limit
                # What a page had above the share is waited for.
                self.pause(max(BETWEEN_READS, size / SHARE))


def _records_in_a_share(records: int, size: int) -> int:
    """Return how many records of the size of these are a page within the share; 0 if nobody knows."""
    if not size:
        return 0
    return max(1, min(_LARGEST_PAGE, int(SHARE * BETWEEN_READS * records / size)))


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
