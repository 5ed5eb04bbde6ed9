"""Read stream records from a Kinesis event, and write one as Lambda would deliver it.

Used by the order relay, the replay and the recorder.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ordercast.events.stream_record import StreamRecord


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


def lambda_record(
    record: StreamRecord, *, stream_arn: str, shard_id: str, role_arn: str
) -> dict[str, Any]:
    """Return the record as one of a Kinesis event's `Records`.

    https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
    """
    kinesis: dict[str, Any] = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": record.partition_key,
        "sequenceNumber": record.sequence_number,
        "data": b64encode(record.payload).decode(),
    }
    if record.arrived_at:
        kinesis["approximateArrivalTimestamp"] = round(record.arrived_at.timestamp(), 3)
    return {
        "kinesis": kinesis,
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{record.sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role_arn,
        "awsRegion": stream_arn.split(":")[3],
        "eventSourceARN": stream_arn,
    }
