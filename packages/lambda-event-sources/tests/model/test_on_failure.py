"""The on-failure record of a discarded batch, as AWS writes it."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from support.doubles import NOON, a_mapping, recording

from lambda_event_sources.events import (
    StreamRecord,
)
from lambda_event_sources.on_failure import (
    DiscardBatch,
    on_failure_object,
    on_failure_object_key,
    on_failure_record,
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
    discarded = DiscardBatch(
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
        on_failure_object(discarded, mapping, shard_id="shardId-000000000000", now=now)
    )

    # Seen on AWS: a batch that was never invoked counts as one invocation.
    recorded["requestContext"]["approximateInvokeCount"] = max(1, invocations)
    assert recorded == written


def test_a_partial_failure_discarded_has_a_null_function_error():
    discarded = DiscardBatch(
        records=from_event("kinesis_esm_onfailure_s3_object"),
        condition="RetryAttemptsExhausted",
        invocations=2,
    )

    record = on_failure_record(discarded, a_mapping(), shard_id="s", now=NOON)

    assert record["responseContext"]["functionError"] is None


@pytest.mark.parametrize("name", ["ddb_esm_onfailure_sqs_body", "kinesis_esm_onfailure_sqs_body"])
def test_a_queue_gets_the_record_that_aws_writes(name):
    """Value by value: a table's arrival times have whole seconds, a data stream's milliseconds."""
    recorded = recording(name)
    (info,) = (value for key, value in recorded.items() if key.endswith("BatchInfo"))
    ends = {number: info[f"{number}SequenceNumber"] for number in ("start", "end")}
    arrivals = [info["approximateArrivalOfFirstRecord"], info["approximateArrivalOfLastRecord"]]
    records = [
        StreamRecord(
            sequence_number=number, arrived_at=datetime.fromisoformat(at), event={}, size=1
        )
        for number, at in zip(ends.values(), arrivals, strict=True)
    ]
    middle = [records[0]] * (info["batchSize"] - 2)
    discarded = DiscardBatch(
        records=tuple([records[0], *middle, records[1]][-info["batchSize"] :]),
        condition="RetryAttemptsExhausted",
        invocations=1,
        request_id=recorded["requestContext"]["requestId"],
        function_error="Unhandled",
    )
    mapping = a_mapping(
        source_arn=info["streamArn"], function_arn=recorded["requestContext"]["functionArn"]
    )
    now = datetime.fromisoformat(recorded["timestamp"])

    assert recorded == on_failure_record(discarded, mapping, shard_id=info["shardId"], now=now)


def test_a_batch_that_was_never_invoked_has_a_request_id_all_the_same():
    """As recorded on AWS: a UUID."""
    record = StreamRecord(sequence_number="8", arrived_at=NOON, event={}, size=1)
    discarded = DiscardBatch(records=(record,), condition="RecordAgeExceeded", invocations=0)

    written, again = (
        on_failure_record(discarded, a_mapping(), shard_id="s", now=NOON) for _ in range(2)
    )

    request_id = written["requestContext"]["requestId"]
    assert str(UUID(request_id)) == request_id == again["requestContext"]["requestId"]
    assert 1 == written["requestContext"]["approximateInvokeCount"]


def test_an_objects_key_names_mapping_shard_and_time():
    key = on_failure_object_key(a_mapping(), shard_id="shardId-1", now=NOON, unique="u")

    assert "aws/lambda/m-1/shardId-1/2026/11/21/2026-11-21T12.00.00-u" == key


def test_an_objects_key_names_the_time_in_utc():
    far_east = NOON.astimezone(timezone(timedelta(hours=13)))

    key = on_failure_object_key(a_mapping(), shard_id="shardId-1", now=far_east, unique="u")

    assert key.endswith("/2026/11/21/2026-11-21T12.00.00-u")
