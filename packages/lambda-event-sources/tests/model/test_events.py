"""Records of the services' APIs become Lambda events."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from support.doubles import NOON, STREAM, recording

from lambda_event_sources.events import (
    dynamodb_record,
    encoded,
    kinesis_record,
    lambda_event,
    sqs_message,
)


def test_a_kinesis_record_has_the_event_that_aws_delivers():
    recorded = recording("kinesis_event_doc")

    event = lambda_event(
        [
            kinesis_record(
                {
                    "SequenceNumber": r["kinesis"]["sequenceNumber"],
                    "PartitionKey": "1",
                    "Data": data,
                    "ApproximateArrivalTimestamp": datetime.fromtimestamp(at, UTC),
                    "EncryptionType": "NONE",
                },
                stream_arn=STREAM,
                shard_id="shardId-000000000006",
                role_arn="arn:aws:iam::123456789012:role/lambda-role",
            )
            for r, data, at in zip(
                recorded["Records"],
                [b"Hello, this is a test.", b"This is only a test."],
                [1545084650.987, 1545084711.166],
                strict=True,
            )
        ]
    )

    assert recorded == event


def test_a_change_of_a_table_has_the_event_that_aws_delivers():
    recorded = recording("ddb_stream_event_ledger")["Records"]

    records = [
        dynamodb_record(from_api(record), stream_arn=record["eventSourceARN"])
        for record in recorded
    ]

    assert recorded == lambda_event(records)["Records"]
    assert recorded[0]["dynamodb"]["SequenceNumber"] == records[0].sequence_number


def from_api(record: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a record of a Lambda event back into what DynamoDB Streams GetRecords returns."""
    at = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)
    change = record["dynamodb"] | {"ApproximateCreationDateTime": at}
    found = {**record, "dynamodb": change}
    if identity := record.get("userIdentity"):
        found["userIdentity"] = {"PrincipalId": identity["principalId"], "Type": identity["type"]}
    return found


def test_binary_attributes_are_base64_in_the_event():
    change = {
        "SequenceNumber": "1",
        "ApproximateCreationDateTime": NOON,
        "NewImage": {"b": {"B": b"\x00\x01"}, "s": {"BS": [b"x"]}, "m": {"M": {"l": {"L": []}}}},
    }

    record = dynamodb_record(
        {"eventID": "e", "eventName": "INSERT", "dynamodb": change},
        stream_arn="arn:aws:dynamodb:us-east-1:1:table/t/stream/s",
    )

    image = {"b": {"B": "AAE="}, "s": {"BS": ["eA=="]}, "m": {"M": {"l": {"L": []}}}}
    assert image == record.event["dynamodb"]["NewImage"]
    assert "us-east-1" == record.event["awsRegion"]


def test_a_table_s_changes_keep_their_order_by_item() -> None:
    def key_of(number: str, item: str, *, names: str = "sk pk") -> str:
        keys = {"sk": {"S": item}, "pk": {"S": "order"}}
        change = {
            "SequenceNumber": number,
            "ApproximateCreationDateTime": NOON,
            "Keys": {name: keys[name] for name in names.split()},
        }
        record = {"eventID": number, "eventName": "MODIFY", "dynamodb": change}
        arn = "arn:aws:dynamodb:us-east-1:1:table/t/stream/s"
        return dynamodb_record(record, stream_arn=arn).key

    assert key_of("1", "a") == key_of("2", "a") != key_of("3", "b")
    assert key_of("1", "a") == key_of("4", "a", names="pk sk")


def test_a_message_has_the_event_that_aws_delivers():
    for name in ("sqs_event_doc", "sqs_event_sns_raw"):
        recorded = recording(name)["Records"]
        messages = [
            sqs_message(
                {
                    "MessageId": record["messageId"],
                    "ReceiptHandle": record["receiptHandle"],
                    "Body": record["body"],
                    "MD5OfBody": record["md5OfBody"],
                    "Attributes": record["attributes"],
                    "MessageAttributes": {
                        key: {"StringValue": value["stringValue"], "DataType": value["dataType"]}
                        for key, value in record["messageAttributes"].items()
                    },
                },
                queue_arn=record["eventSourceARN"],
            )
            for record in recorded
        ]

        # Recorded on AWS, though its examples leave it out.
        as_recorded = [{"md5OfMessageAttributes": None} | record for record in recorded]
        assert as_recorded == lambda_event(messages)["Records"]


def test_the_size_of_records_adds_up_to_that_of_the_event():
    record = kinesis_record(
        {
            "SequenceNumber": "1",
            "PartitionKey": "ключ",
            "Data": b"\xff" * 100,
            "ApproximateArrivalTimestamp": NOON,
        },
        stream_arn=STREAM,
        shard_id="s",
        role_arn="r",
    )

    assert 2 * record.size + 1 + 14 == len(encoded(lambda_event([record, record])))
