"""A Kinesis event in, stream records out."""

from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from notifications.parking import StreamRecord


def stream_records(event: Mapping[str, Any]) -> list[StreamRecord]:
    """Return the batch's records in the stream's order."""
    return [_record(record["kinesis"]) for record in event["Records"]]


def _record(kinesis: Mapping[str, Any]) -> StreamRecord:
    arrived = kinesis.get("approximateArrivalTimestamp")
    return StreamRecord(
        sequence_number=kinesis["sequenceNumber"],
        # A stream that distributes records by itself gives them no partition key.
        partition_key=kinesis.get("partitionKey"),
        arrived_at=datetime.fromtimestamp(arrived, UTC) if arrived else None,
        payload=b64decode(kinesis["data"]),
    )
