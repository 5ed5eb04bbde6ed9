"""The record of a batch that was given up, as AWS writes it."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from support.doubles import NOON, a_mapping, recording

from lambda_event_sources.events import (
    StreamRecord,
)
from lambda_event_sources.on_failure import (
    GivenUp,
    failure_object,
    failure_object_key,
    failure_record,
)


def from_event(name: str) -> tuple[StreamRecord, ...]:
    return tuple(
        StreamRecord(
            sequence_number=record["kinesis"]["sequenceNumber"],
            arrived_at=datetime.fromtimestamp(
                record["kinesis"]["approximateArrivalTimestamp"], UTC
            ),
            event=record,
            size=1,
        )
        for record in json.loads(recording(name)["payload"])["Records"]
    )


@pytest.mark.parametrize(
    ("name", "condition", "invocations"),
    [
        ("kinesis_esm_onfailure_s3_object", "RetryAttemptsExhausted", 6),
        ("kinesis_esm_onfailure_s3_age_exceeded", "RecordAgeExceeded", 0),
    ],
)
def test_a_bucket_gets_the_record_that_aws_writes(name, condition, invocations):
    recorded = recording(name)
    given_up = GivenUp(
        records=from_event(name),
        condition=condition,
        invocations=invocations,
        request_id=recorded["requestContext"]["requestId"],
        function_error="Unhandled",
    )
    mapping = a_mapping(
        function_arn=recorded["requestContext"]["functionArn"],
        source_arn=recorded["KinesisBatchInfo"]["streamArn"],
    )
    now = datetime.fromisoformat(recorded["timestamp"])

    written = json.loads(
        failure_object(given_up, mapping, shard_id="shardId-000000000000", now=now)
    )

    # Seen on AWS: a batch that was never invoked counts as one invocation.
    recorded["requestContext"]["approximateInvokeCount"] = max(1, invocations)
    assert recorded == written


def test_a_partial_failure_given_up_has_a_null_function_error():
    given_up = GivenUp(
        records=from_event("kinesis_esm_onfailure_s3_object"),
        condition="RetryAttemptsExhausted",
        invocations=2,
    )

    record = failure_record(given_up, a_mapping(), shard_id="s", now=NOON)

    assert record["responseContext"]["functionError"] is None


def test_a_table_s_batch_has_its_own_key_and_no_payload():
    recorded = recording("ddb_esm_onfailure_sqs_body")
    at = NOON.replace(microsecond=0)
    given_up = GivenUp(
        records=(StreamRecord(sequence_number="8", arrived_at=at, event={}, size=1),),
        condition="RetryAttemptsExhausted",
        invocations=1,
    )
    mapping = a_mapping(source_arn=recorded["DDBStreamBatchInfo"]["streamArn"])

    record = failure_record(given_up, mapping, shard_id="s", now=NOON)

    assert recorded.keys() == record.keys()
    assert recorded["DDBStreamBatchInfo"].keys() == record["DDBStreamBatchInfo"].keys()


def test_an_objects_key_names_mapping_shard_and_time():
    key = failure_object_key(a_mapping(), shard_id="shardId-1", now=NOON, unique="u")

    assert "aws/lambda/m-1/shardId-1/2026/11/21/2026-11-21T12.00.00-u" == key


def test_an_objects_key_names_the_time_in_utc():
    far_east = NOON.astimezone(timezone(timedelta(hours=13)))

    key = failure_object_key(a_mapping(), shard_id="shardId-1", now=far_east, unique="u")

    assert key.endswith("/2026/11/21/2026-11-21T12.00.00-u")
