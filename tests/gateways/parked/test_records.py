import json
from base64 import b64decode
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.errors import ParkingUnavailable
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.gateways.parked.records import S3ParkedRecords

BUCKET = "parked"


def parked(
    sequence_number: str, payload: bytes = b"\xff\x00 not JSON", *, index: int | None = None
) -> ParkedRecord:
    record = StreamRecord(
        sequence_number=sequence_number,
        index=index,
        partition_key="o-1",
        arrived_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        payload=payload,
    )
    return ParkedRecord(record=record, reason="malformed-order-event", detail="not JSON")


def lines(client) -> list[dict]:
    listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    bodies = [client.get_object(Bucket=BUCKET, Key=o["Key"])["Body"].read() for o in listed]
    return [json.loads(line) for body in bodies for line in body.splitlines()]


@pytest.fixture
def s3(aws):
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


def test_a_parked_record_keeps_its_payload_to_the_byte_with_reason_and_position(s3) -> None:
    S3ParkedRecords(client=s3, bucket=BUCKET).park([parked("101"), parked("105")])

    kept = lines(s3)
    assert ["101", "105"] == [each["sequence_number"] for each in kept]
    assert "malformed-order-event" == kept[0]["reason"]
    assert b"\xff\x00 not JSON" == b64decode(kept[0]["payload"])


def test_a_batch_parked_twice_is_kept_once(s3) -> None:
    """Lambda brings a batch again; nobody should count its records twice."""
    bucket = S3ParkedRecords(client=s3, bucket=BUCKET)
    bucket.park([parked("101"), parked("105")])
    bucket.park([parked("101"), parked("105")])

    assert 2 == len(lines(s3))


def test_the_parts_of_an_aggregate_carry_their_index(s3) -> None:
    """They share a sequence number; whoever redrives them must tell them apart."""
    bucket = S3ParkedRecords(client=s3, bucket=BUCKET)
    bucket.park([parked("101", index=0), parked("101", index=7), parked("102")])
    bucket.park([parked("101", index=0), parked("101", index=7), parked("102")])

    kept = [(each["sequence_number"], each["index"]) for each in lines(s3)]
    assert [("101", 0), ("101", 7), ("102", None)] == kept


def test_batches_that_park_other_records_between_the_same_ends_are_kept_apart(s3) -> None:
    bucket = S3ParkedRecords(client=s3, bucket=BUCKET)
    bucket.park([parked("101"), parked("103"), parked("109")])
    bucket.park([parked("101"), parked("105"), parked("109")])

    assert {"101", "103", "105", "109"} == {each["sequence_number"] for each in lines(s3)}


def test_a_batch_without_failures_writes_no_object(s3) -> None:
    S3ParkedRecords(client=s3, bucket=BUCKET).park([])

    assert [] == lines(s3)


def test_a_record_that_cannot_be_parked_is_not_let_go(s3) -> None:
    with Stubber(s3) as stub, pytest.raises(ParkingUnavailable):
        stub.add_client_error("put_object", "SlowDown")
        S3ParkedRecords(client=s3, bucket=BUCKET).park([parked("101")])
