"""Recorded Lambda events come in; their records go out as the model takes them, to be brought again."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from lambda_event_sources.events import StreamRecord, encoded, item_key

SHARD = "shardId-000000000000"
"""Whose a record is that does not say its shard: a table's records do not."""


def in_order(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the records of several recorded batches as their shards had them.

    Each once, though a retry was recorded too; by arrival, and in a shard by number: batches of
    parallel lanes hold every other record.
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
    """Return one record of such an event, with its shard."""
    size = len(encoded(record))
    if "kinesis" in record:
        kinesis = record["kinesis"]
        return record.get("eventID", "").rpartition(":")[0] or SHARD, StreamRecord(
            sequence_number=kinesis["sequenceNumber"],
            arrived_at=_moment(kinesis.get("approximateArrivalTimestamp", 0)),
            event=record,
            size=size,
            key=kinesis.get("partitionKey", ""),
        )
    change = record["dynamodb"]
    return SHARD, StreamRecord(
        sequence_number=change["SequenceNumber"],
        arrived_at=_moment(change.get("ApproximateCreationDateTime", 0)),
        event=record,
        size=size,
        key=item_key(record),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
