"""A batch that was given up comes in; the record of it for the on-failure destination goes out."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from lambda_event_sources.events import StreamRecord, lambda_event
from lambda_event_sources.mapping import EventSourceMapping, Kind

Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Records that will not be brought again.

    `function_error` is None where the function answered and named failures.
    """

    records: tuple[StreamRecord, ...]
    condition: Condition
    invocations: int
    request_id: str = ""
    function_error: str | None = None


def failure_record(
    given_up: GivenUp, mapping: EventSourceMapping, *, shard_id: str, now: datetime
) -> dict[str, Any]:
    """Describe the batch, without the records themselves, as a queue or topic receives it.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    As seen on AWS: a batch given up for its age has no `responseContext` and counts one invocation
    even if there was none; one given up on partial answers has a null `functionError`.
    """
    record: dict[str, Any] = {
        "requestContext": {
            "requestId": given_up.request_id,
            "functionArn": mapping.function_arn,
            "condition": given_up.condition,
            "approximateInvokeCount": max(1, given_up.invocations),
        },
        "version": "1.0",
        "timestamp": _milliseconds(now),
        _INFO_KEYS[mapping.kind]: _batch_info(given_up.records, mapping, shard_id),
    }
    if given_up.condition == "RetryAttemptsExhausted":
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": given_up.function_error,
        }
    return record


def failure_object(
    given_up: GivenUp, mapping: EventSourceMapping, *, shard_id: str, now: datetime
) -> str:
    """Describe the batch as a bucket receives it: with `payload`, the whole event as a JSON string."""
    record = failure_record(given_up, mapping, shard_id=shard_id, now=now)
    payload = json.dumps(lambda_event(given_up.records), separators=(",", ":"), ensure_ascii=False)
    return json.dumps({**record, "payload": payload}, ensure_ascii=False)


def failure_object_key(
    mapping: EventSourceMapping, *, shard_id: str, now: datetime, unique: str
) -> str:
    """Name the object: `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<unique>`.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    at = now.astimezone(UTC)
    return f"aws/lambda/{mapping.uuid}/{shard_id}/{at:%Y/%m/%d}/{at:%Y-%m-%dT%H.%M.%S}-{unique}"


_INFO_KEYS = {Kind.KINESIS: "KinesisBatchInfo", Kind.DYNAMODB: "DDBStreamBatchInfo"}


def _batch_info(
    records: tuple[StreamRecord, ...], mapping: EventSourceMapping, shard_id: str
) -> dict[str, Any]:
    return {
        "shardId": shard_id,
        "startSequenceNumber": records[0].sequence_number,
        "endSequenceNumber": records[-1].sequence_number,
        "approximateArrivalOfFirstRecord": _milliseconds(records[0].arrived_at),
        "approximateArrivalOfLastRecord": _milliseconds(records[-1].arrived_at),
        "batchSize": len(records),
        "streamArn": mapping.source_arn,
    }


def _milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
