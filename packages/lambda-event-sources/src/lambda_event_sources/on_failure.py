"""Write the on-failure record of a discarded batch. Used by the destinations driver and the harness."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from lambda_event_sources.events import StreamRecord, lambda_event
from lambda_event_sources.mapping import EventSourceMapping, SourceKind

Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardBatch:
    """The next step: these records are discarded and never delivered again.

    `invocations` counts those of this batch; after a partial batch response that made progress
    the rest is a new batch. `function_error` is None where the function returned failed items.
    """

    records: tuple[StreamRecord, ...]
    condition: Condition
    invocations: int
    request_id: str = ""
    function_error: str | None = None


def on_failure_record(
    discarded: DiscardBatch, mapping: EventSourceMapping, *, shard_id: str, now: datetime
) -> dict[str, Any]:
    """Return the invocation record that a queue or topic receives, which has no payload.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    As recorded on AWS: a batch discarded for its age has no `responseContext`, counts one
    invocation even if there was none and then still has a UUID as its request id;
    one discarded after partial batch responses has a null `functionError`; arrival times of a
    DynamoDB stream have whole seconds.
    """
    record: dict[str, Any] = {
        "requestContext": {
            "requestId": discarded.request_id or _request_id(discarded, mapping, shard_id),
            "functionArn": mapping.function_arn,
            "condition": discarded.condition,
            "approximateInvokeCount": max(1, discarded.invocations),
        },
        "version": "1.0",
        "timestamp": _milliseconds(now),
        _INFO_KEYS[mapping.kind]: _batch_info(discarded.records, mapping, shard_id),
    }
    if discarded.condition == "RetryAttemptsExhausted":
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": discarded.function_error,
        }
    return record


def on_failure_object(
    discarded: DiscardBatch, mapping: EventSourceMapping, *, shard_id: str, now: datetime
) -> str:
    """Return what a bucket receives: the record, and as `payload` the whole event as a JSON string."""
    record = on_failure_record(discarded, mapping, shard_id=shard_id, now=now)
    payload = json.dumps(lambda_event(discarded.records), separators=(",", ":"), ensure_ascii=False)
    return json.dumps({**record, "payload": payload}, ensure_ascii=False)


def on_failure_object_key(
    mapping: EventSourceMapping, *, shard_id: str, now: datetime, unique: str
) -> str:
    """Return the object's key: `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<unique>`.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    at = now.astimezone(UTC)
    return f"aws/lambda/{mapping.uuid}/{shard_id}/{at:%Y/%m/%d}/{at:%Y-%m-%dT%H.%M.%S}-{unique}"


_INFO_KEYS = {SourceKind.KINESIS: "KinesisBatchInfo", SourceKind.DYNAMODB: "DDBStreamBatchInfo"}


def _batch_info(
    records: tuple[StreamRecord, ...], mapping: EventSourceMapping, shard_id: str
) -> dict[str, Any]:
    return {
        "shardId": shard_id,
        "startSequenceNumber": records[0].sequence_number,
        "endSequenceNumber": records[-1].sequence_number,
        "approximateArrivalOfFirstRecord": _arrival(records[0], mapping),
        "approximateArrivalOfLastRecord": _arrival(records[-1], mapping),
        "batchSize": len(records),
        "streamArn": mapping.source_arn,
    }


def _request_id(discarded: DiscardBatch, mapping: EventSourceMapping, shard_id: str) -> str:
    """Return a UUID for a batch that no invocation belongs to, the same whenever it is written."""
    first = discarded.records[0].sequence_number
    return str(uuid5(NAMESPACE_URL, f"{mapping.uuid}/{shard_id}/{first}"))


def _arrival(record: StreamRecord, mapping: EventSourceMapping) -> str:
    if mapping.kind is SourceKind.DYNAMODB:
        return record.arrived_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _milliseconds(record.arrived_at)


def _milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
