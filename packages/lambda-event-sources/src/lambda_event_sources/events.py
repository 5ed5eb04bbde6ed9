"""Build Lambda events from records as GetRecords and ReceiveMessage return them. Used by the drivers and the harness."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRecord:
    """One record of a shard; `size` is what it takes in the invocation's payload, in bytes.

    Records with the same `key` stay in order with any parallelization factor: the partition key
    of Kinesis, the item's key of DynamoDB.
    """

    sequence_number: str
    arrived_at: datetime
    event: Mapping[str, Any]
    size: int
    key: str = ""

    @property
    def position(self) -> int:
        """Return the sequence number as a number: they are compared as numbers, not as text."""
        return int(self.sequence_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMessage:
    """One message of a queue; `size` is what it takes in the invocation's payload, in bytes."""

    message_id: str
    receipt_handle: str
    event: Mapping[str, Any]
    size: int

    @property
    def group(self) -> str:
        """Return the message group id, empty for a standard queue."""
        return str(self.event.get("attributes", {}).get("MessageGroupId", ""))


# Bytes of {"Records":[]}, and of the comma between two records.
ENVELOPE_SIZE = 14
SEPARATOR_SIZE = 1


def kinesis_record(
    record: Mapping[str, Any], *, stream_arn: str, shard_id: str, role_arn: str
) -> StreamRecord:
    """Build the event of one record of Kinesis GetRecords.

    https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
    """
    number = record["SequenceNumber"]
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": record.get("PartitionKey", ""),
        "sequenceNumber": number,
        "data": base64.b64encode(record["Data"]).decode(),
        "approximateArrivalTimestamp": _seconds(record["ApproximateArrivalTimestamp"]),
    }
    if record.get("EncryptionType") == "KMS":
        kinesis["encryptionType"] = "KMS"
    event = {
        "kinesis": kinesis,
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role_arn,
        "awsRegion": stream_arn.split(":")[3],
        "eventSourceARN": stream_arn,
    }
    return StreamRecord(
        sequence_number=number,
        arrived_at=record["ApproximateArrivalTimestamp"],
        event=event,
        size=_size(event),
        key=kinesis["partitionKey"],
    )


def dynamodb_record(record: Mapping[str, Any], *, stream_arn: str) -> StreamRecord:
    """Build the event of one record of DynamoDB Streams GetRecords; binary attributes become base64.

    https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
    """
    change = record["dynamodb"]
    event = {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record.get("eventVersion", "1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": record.get("awsRegion") or stream_arn.split(":")[3],
        "dynamodb": _plain(change),
        "eventSourceARN": stream_arn,
    }
    if identity := record.get("userIdentity"):
        # The API says PrincipalId and Type; the event says principalId and type.
        event["userIdentity"] = {k[0].lower() + k[1:]: v for k, v in identity.items()}
    return StreamRecord(
        sequence_number=change["SequenceNumber"],
        arrived_at=change["ApproximateCreationDateTime"],
        event=event,
        size=_size(event),
        key=item_key(event),
    )


def sqs_message(message: Mapping[str, Any], *, queue_arn: str) -> QueueMessage:
    """Build the event of one message of SQS ReceiveMessage.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    A message without attributes has a null `md5OfMessageAttributes`, as recorded on AWS.
    """
    attributes = message.get("MessageAttributes", {})
    event = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "md5OfMessageAttributes": message.get("MD5OfMessageAttributes"),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
    return QueueMessage(
        message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        event=event,
        size=_size(event),
    )


def item_key(event: Mapping[str, Any]) -> str:
    """Return the key of the changed item: DynamoDB keeps order by item, not by partition key."""
    return json.dumps(event["dynamodb"].get("Keys", {}), sort_keys=True)


def lambda_event(
    records: Iterable[StreamRecord | QueueMessage], window_fields: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Build one Lambda event of the records, with *window_fields* (tumbling windows) beside them."""
    return {"Records": [record.event for record in records], **(window_fields or {})}


def encoded(event: Mapping[str, Any]) -> bytes:
    """Encode an event as it is sent and measured."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    as_received: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    if "StringValue" in value:
        as_received["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        as_received["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return {**as_received, "dataType": value["DataType"]}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of a change record
    """Convert what boto3 decoded to what Lambda delivers: seconds and base64."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return _seconds(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return value


def _seconds(at: datetime) -> float:
    return round(at.timestamp(), 3)


def _size(event: Mapping[str, Any]) -> int:
    return len(encoded(event))
