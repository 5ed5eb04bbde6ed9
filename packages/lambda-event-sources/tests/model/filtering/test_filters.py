"""Filter criteria: what patterns look at, and what happens to filtered records."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from support.aggregates import aggregate
from support.doubles import recording
from support.lanes import NOON, SECOND, SUCCESS, a_mapping

from lambda_event_sources.events import QueueMessage, StreamRecord
from lambda_event_sources.filtering.filter_criteria import FilterCriteria
from lambda_event_sources.filtering.operators import InvalidPattern
from lambda_event_sources.mapping import SourceKind
from lambda_event_sources.queues.queue_batcher import Deliver, QueueBatcher, Receive
from lambda_event_sources.streams.shard_batcher import ShardBatcher
from lambda_event_sources.streams.shard_sequencer import TRIM_HORIZON, after
from lambda_event_sources.streams.steps import Invoke, Wait

PLACED = '{"data": {"status": ["PLACED"]}}'
OF_O_1 = '{"partitionKey": ["o-1"]}'


def kinesis(data: bytes, key: str = "o-1") -> dict[str, Any]:
    record = recording("kinesis_event_doc")["Records"][0]
    content = {"partitionKey": key, "data": base64.b64encode(data).decode()}
    return {**record, "kinesis": {**record["kinesis"], **content}}


def sqs(body: str) -> dict[str, Any]:
    return {**recording("sqs_event_sns_raw")["Records"][0], "body": body}


def lets(kind: SourceKind, event: Mapping[str, Any], *patterns: str) -> bool:
    return FilterCriteria(kind, patterns).matches(event)


def test_without_a_filter_everything_goes_through() -> None:
    assert lets(SourceKind.KINESIS, kinesis(b"\xff"))
    assert lets(SourceKind.SQS, sqs("anything"))


def test_one_pattern_of_several_suffices() -> None:
    placed_by_another = kinesis(b'{"status": "PLACED"}', "o-2")

    assert lets(SourceKind.KINESIS, placed_by_another, PLACED, OF_O_1)
    assert lets(SourceKind.KINESIS, kinesis(b'{"status": "SHIPPED"}'), PLACED, OF_O_1)
    assert not lets(SourceKind.KINESIS, kinesis(b'{"status": "SHIPPED"}', "o-2"), PLACED, OF_O_1)


def test_the_data_of_a_kinesis_record_is_decoded_beside_its_key_and_number() -> None:
    event = kinesis(b'{"status": "PLACED", "total": 300.0}')

    assert lets(SourceKind.KINESIS, event, PLACED)
    assert lets(SourceKind.KINESIS, event, '{"data": {"total": [300.0]}, "partitionKey": ["o-1"]}')
    assert not lets(SourceKind.KINESIS, event, '{"data": {"total": [300]}}')
    assert lets(
        SourceKind.KINESIS, event, '{"approximateArrivalTimestamp": [{"numeric": [">", 1]}]}'
    )


NO_JSON = {
    "text": b"status PLACED",
    "half": b'{"status": "PLACED"',
    "bytes": b"\xff\xfe",
    "constant": b'{"status": "PLACED", "total": NaN}',
    "compressed": b"\x1f\x8b\x08\x00",
    "aggregate": aggregate(b'{"status": "PLACED"}', b'{"status": "PLACED"}'),
}


@pytest.mark.parametrize("data", NO_JSON.values(), ids=NO_JSON)
def test_data_that_is_no_json_is_dropped_where_a_pattern_looks_into_data(data: bytes) -> None:
    assert not lets(SourceKind.KINESIS, kinesis(data), PLACED)
    assert not lets(SourceKind.KINESIS, kinesis(data), '{"data": {"status": [{"exists": false}]}}')


@pytest.mark.parametrize("data", NO_JSON.values(), ids=NO_JSON)
def test_data_that_is_no_json_goes_through_where_no_pattern_looks_into_data(data: bytes) -> None:
    assert lets(SourceKind.KINESIS, kinesis(data), OF_O_1)
    assert lets(SourceKind.KINESIS, kinesis(data), PLACED, OF_O_1)


def test_a_table_s_change_is_looked_at_as_a_whole_and_its_numbers_are_strings() -> None:
    change, *_, expired = recording("ddb_stream_event_ledger")["Records"]

    assert lets(SourceKind.DYNAMODB, change, '{"eventName": ["INSERT"]}')
    assert not lets(SourceKind.DYNAMODB, change, '{"eventName": ["REMOVE"]}')
    by_ttl = '{"userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}'
    assert [False, True] == [lets(SourceKind.DYNAMODB, each, by_ttl) for each in (change, expired)]
    priced = {"eventName": "INSERT", "dynamodb": {"NewImage": {"price": {"N": "7"}}}}
    assert lets(SourceKind.DYNAMODB, priced, '{"dynamodb": {"NewImage": {"price": {"N": ["7"]}}}}')
    numeric = '{"dynamodb": {"NewImage": {"price": {"N": [{"numeric": ["=", 7]}]}}}}'
    assert not lets(SourceKind.DYNAMODB, priced, numeric)


JSON, TEXT = '{"body": {"status": ["PLACED"]}}', '{"body": [{"prefix": "PLACED"}, "7"]}'


@pytest.mark.parametrize(
    ("body", "as_json", "as_text"),
    [
        ('{"status": "PLACED"}', True, False),
        ('{"status": "SHIPPED"}', False, False),
        ("PLACED by o-1", False, True),
        ("o-1", False, False),
        ("7", False, False),
    ],
)
def test_a_body_and_its_pattern_are_both_json_or_both_text(
    body: str, *, as_json: bool, as_text: bool
) -> None:
    assert as_json == lets(SourceKind.SQS, sqs(body), JSON)
    assert as_text == lets(SourceKind.SQS, sqs(body), TEXT)
    assert lets(SourceKind.SQS, sqs(body), '{"eventSource": ["aws:sqs"]}')
    looks_in, takes_whole = '{"body": {"no": [{"exists": false}]}}', '{"body": [{"exists": false}]}'
    assert [body.startswith("{") or body == "7", False] == [
        lets(SourceKind.SQS, sqs(body), each) for each in (looks_in, takes_whole)
    ]


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        (SourceKind.KINESIS, '{"data": ["PLACED"]}'),
        (SourceKind.DYNAMODB, '{"dynamodb": ["PLACED"]}'),
        (SourceKind.KINESIS, '{"partitionKey": [{"prefix": "a", "suffix": "b"}]}'),
        (SourceKind.SQS, "PLACED"),
    ],
)
def test_a_filter_that_aws_refuses_is_refused(kind: SourceKind, pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        FilterCriteria(kind, [pattern])


def of(number: int, key: str) -> StreamRecord:
    return StreamRecord(
        sequence_number=str(number), arrived_at=NOON, event=kinesis(b"{}", key), size=100, key=key
    )


def test_what_is_filtered_is_in_no_batch_and_takes_no_room_in_it() -> None:
    shard = ShardBatcher(a_mapping(filters=(OF_O_1,), batch_size=2, max_batching_window=SECOND))

    filtered_out = shard.put([of(1, "o-2"), of(2, "o-1"), of(3, "o-3")], now=NOON)
    assert ["1", "3"] == [record.sequence_number for record in filtered_out]
    assert Wait(until=NOON + SECOND) == shard.next_step(now=NOON)
    assert 1 == shard.capacity
    shard.put([of(4, "o-1")], now=NOON)

    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke)
    assert [2, 4] == [record.position for record in step.records]


def test_the_checkpoint_passes_what_is_filtered_when_all_before_it_is_done() -> None:
    shard = ShardBatcher(a_mapping(filters=(OF_O_1,)))

    shard.put([of(1, "o-2")], now=NOON)
    assert after("1") == shard.position
    shard.put([of(2, "o-1"), of(3, "o-2")], now=NOON)
    assert after("1") == shard.position

    shard.next_step(now=NOON)
    shard.settle(0, SUCCESS, now=NOON)
    assert after("3") == shard.position
    assert TRIM_HORIZON != shard.position


def test_a_filtered_message_is_deleted_and_in_no_batch() -> None:
    queue = QueueBatcher(a_mapping(source_arn="arn:aws:sqs:us-east-1:1:q", filters=(TEXT,)))
    messages = [
        QueueMessage(message_id=body, receipt_handle=body, event=sqs(body), size=100)
        for body in ("o-1", "PLACED", "{}")
    ]

    assert (messages[0], messages[2]) == queue.put(messages, now=NOON)
    assert Deliver(messages=(messages[1],)) == queue.next_step(now=NOON)
    assert isinstance(queue.next_step(now=NOON), Receive)


def test_the_message_says_why_a_filter_is_refused() -> None:
    with pytest.raises(InvalidPattern, match="not an operator: wildcard"):
        FilterCriteria(SourceKind.SQS, [json.dumps({"body": [{"wildcard": "*"}]})])
