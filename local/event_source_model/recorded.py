"""A recorded Lambda event comes in; its records go out as the model takes them, ready to be brought again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.event_source_model.events import QueueMessage, StreamRecord, encoded, item_key

SHARD = "shardId-000000000000"
"""Whose a record is that does not say its shard: a table's records do not."""


def stream_records(event: Mapping[str, Any]) -> list[tuple[str, StreamRecord]]:
    """Return the records of a Kinesis or DynamoDB event, each with its shard, as they stand there."""
    return [stream_record(record) for record in event["Records"]]


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


def queue_messages(event: Mapping[str, Any]) -> list[QueueMessage]:
    """Return the messages of an SQS event."""
    return [
        QueueMessage(
            message_id=record["messageId"],
            receipt_handle=record["receiptHandle"],
            event=record,
            size=len(encoded(record)),
        )
        for record in event["Records"]
    ]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
