"""On-failure records are written to the mapping's destination."""

import json

import pytest
from botocore.exceptions import ClientError
from support.doubles import NOON, FakeClient, a_mapping, silent

from lambda_event_sources.drivers.destinations import Destinations
from lambda_event_sources.events import (
    StreamRecord,
)
from lambda_event_sources.on_failure import (
    DiscardBatch,
)


@pytest.fixture
def destinations() -> tuple[Destinations, FakeClient]:
    calls = FakeClient(get_queue_url={"QueueUrl": "http://q"})
    return Destinations(s3=calls, sqs=calls, sns=calls, log=silent), calls


GIVEN_UP = DiscardBatch(
    records=(StreamRecord(sequence_number="8", arrived_at=NOON, event={"kinesis": "k"}, size=1),),
    condition="RetryAttemptsExhausted",
    invocations=1,
)


def test_a_bucket_gets_the_payload_and_a_queue_or_topic_does_not(destinations):
    to, calls = destinations
    for arn in ("arn:aws:s3:::parked", "arn:aws:sqs:us-east-1:1:dead", "arn:aws:sns:us-east-1:1:t"):
        to.send(GIVEN_UP, a_mapping(on_failure_destination=arn), shard_id="s", now=NOON)

    (put, send, publish) = [c for c in calls.made if c[0] != "get_queue_url"]
    assert ("put_object", "parked") == (put[0], put[1]["Bucket"])
    assert {"Records": [{"kinesis": "k"}]} == json.loads(json.loads(put[1]["Body"])["payload"])
    assert "payload" not in json.loads(send[1]["MessageBody"])
    assert "payload" not in json.loads(publish[1]["Message"])


def test_a_destination_that_fails_does_not_stop_the_shard():
    gone = ClientError({"Error": {"Code": "NoSuchBucket"}}, "PutObject")
    s3 = FakeClient(put_object=gone)
    noted: list[str] = []
    to = Destinations(s3=s3, sqs=s3, sns=s3, log=lambda slug, **_: noted.append(slug))

    to.send(GIVEN_UP, a_mapping(on_failure_destination="arn:aws:s3:::x"), shard_id="s", now=NOON)

    assert ["batch_discarded", "destination_delivery_failed"] == noted
