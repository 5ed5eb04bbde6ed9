"""Take the records out of recorded Lambda events, to be delivered again. Used by the harness and by tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from lambda_event_sources.events import StreamRecord, encoded, item_key

DEFAULT_SHARD = "shardId-000000000000"
"""The shard of a record that does not name one: DynamoDB's records do not."""


def in_order(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the records of several recorded batches in the order of their shards.

    A record that was recorded twice, because of a retry, is returned once. Shards are merged by
    arrival time; within a shard the sequence number decides, because batches of parallel lanes
    interleave.
    """
    once: dict[tuple[str, int], Mapping[str, Any]] = {}
    for record in (record for event in events for record in event["Records"]):
        shard_id, read = stream_record(record)
        once.setdefault((shard_id, read.position), record)
    arrived: dict[str, datetime] = {}
    ordered = []
    for (shard_id, number), record in sorted(once.items()):
        at = max(stream_record(record)[1].arrived_at, arrived.get(shard_id, _moment(0)))
        arrived[shard_id] = at
        ordered.append((at, shard_id, number, record))
    return [record for *_, record in sorted(ordered, key=lambda each: each[:3])]


def stream_record(record: Mapping[str, Any]) -> tuple[str, StreamRecord]:
    """Return one record of a recorded event, with its shard."""
    size = len(encoded(record))
    if "kinesis" in record:
        kinesis = record["kinesis"]
        return record.get("eventID", "").rpartition(":")[0] or DEFAULT_SHARD, StreamRecord(
            sequence_number=kinesis["sequenceNumber"],
            arrived_at=_moment(kinesis.get("approximateArrivalTimestamp", 0)),
            event=record,
            size=size,
            key=kinesis.get("partitionKey", ""),
        )
    change = record["dynamodb"]
    return DEFAULT_SHARD, StreamRecord(
        sequence_number=change["SequenceNumber"],
        arrived_at=_moment(change.get("ApproximateCreationDateTime", 0)),
        event=record,
        size=size,
        key=item_key(record),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
