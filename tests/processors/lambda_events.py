"""Build Lambda events as AWS sends them, from payloads and bodies. Used by tests of handlers."""

import json
from base64 import b64encode
from collections.abc import Mapping
from gzip import compress
from typing import Any

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/orders"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:email-normal"


def kinesis_event(*payloads: bytes) -> dict[str, Any]:
    """A batch of one shard, at positions 101, 102 and so on."""
    return {"Records": [_kinesis(str(n), each) for n, each in enumerate(payloads, start=101)]}


def queue_event(*bodies: str, received: int = 1) -> dict[str, Any]:
    """A batch of a queue, its messages called m-1, m-2 and so on, their handles h-1, h-2."""
    return {
        "Records": [
            {
                "messageId": f"m-{n}",
                "receiptHandle": f"h-{n}",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": str(received),
                    "SentTimestamp": "1772443800000",
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": QUEUE,
            }
            for n, body in enumerate(bodies, start=1)
        ]
    }


def request(notification_id: str) -> str:
    """The body by which the topic asks a sender."""
    return json.dumps({"notification_id": notification_id})


def logs_event(*lines: str, kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    """A CloudWatch Logs subscription delivery."""
    delivery = {
        "messageType": kind,
        "logGroup": "sns/us-east-1/123456789012/DirectPublishToPhoneNumber",
        "logEvents": [{"id": str(n), "timestamp": 0, "message": m} for n, m in enumerate(lines)],
    }
    return {"awslogs": {"data": b64encode(compress(json.dumps(delivery).encode())).decode()}}


def failed(response: Mapping[str, Any]) -> list[str]:
    """The ids that a partial batch response asks to bring again."""
    return [each["itemIdentifier"] for each in response["batchItemFailures"]]


def _kinesis(sequence_number: str, payload: bytes) -> dict[str, Any]:
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "o",
            "sequenceNumber": sequence_number,
            "data": b64encode(payload).decode(),
            "approximateArrivalTimestamp": 1795262400.123,
        },
        "eventSource": "aws:kinesis",
        "eventID": f"shardId-000000000000:{sequence_number}",
        "eventSourceARN": STREAM,
    }
