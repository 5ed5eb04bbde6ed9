"""The poller: Lambda's event shapes, real APIs' odd ways, mappings that come, change and go."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from local.event_source_model.answers import Answered, NotInvoked, Outcome, Raised
from local.event_source_model.events import (
    StreamRecord,
    dynamodb_record,
    encoded,
    kinesis_record,
    lambda_event,
    sqs_message,
)
from local.event_source_model.give_up import (
    GivenUp,
    failure_object,
    failure_object_key,
    failure_record,
)
from local.event_source_model.lane import Backoff
from local.event_source_model.mapping import PAYLOAD_LIMIT, EventSourceMapping
from local.event_sources.destinations import Destinations
from local.event_sources.functions import Functions
from local.event_sources.pace import Pace
from local.event_sources.queues import QueuePoller
from local.event_sources.shards import DynamoDbStream, KinesisStream, Shard, ShardReader
from local.event_sources.streams import ShardDriver, StreamDriver
from local.event_sources.supervisor import Supervisor
from tests.eventually import eventually

RECORDINGS = Path(__file__).parents[1] / "recordings/aws"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
STREAM = "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"


def recording(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def a_mapping(**settings: Any) -> EventSourceMapping:
    defaults: dict[str, Any] = {
        "uuid": "m-1",
        "source_arn": STREAM,
        "function_arn": "arn:aws:lambda:us-east-2:123456789012:function:myfunction",
        "batch_size": 2,
        "reports_item_failures": True,
    }
    return EventSourceMapping(**(defaults | settings))


def silent(slug: str, **fields: Any) -> None:
    del slug, fields


# --- the event's shape


def test_a_kinesis_record_is_handed_over_as_aws_does():
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


def test_a_change_of_a_table_is_handed_over_as_aws_does():
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


def test_a_message_is_handed_over_as_aws_does():
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

        assert recorded == lambda_event(messages)["Records"]


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


# --- what is given up


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


class Calls:
    """A client that remembers every call and answers with what it was given."""

    def __init__(self, **answers: Any) -> None:
        self.made: list[tuple[str, dict[str, Any]]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.made.append((name, arguments))
            answer = self._answers.get(name, {})
            answer = answer.pop(0) if isinstance(answer, list) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


@pytest.fixture
def destinations(monkeypatch) -> tuple[Destinations, Calls]:
    calls = Calls(get_queue_url={"QueueUrl": "http://q"})
    monkeypatch.setattr("local.event_sources.destinations.client_of", lambda *_, **__: calls)
    return Destinations("http://127.0.0.1:1", region="us-east-1", journal=silent), calls


GIVEN_UP = GivenUp(
    records=(StreamRecord(sequence_number="8", arrived_at=NOON, event={"kinesis": "k"}, size=1),),
    condition="RetryAttemptsExhausted",
    invocations=1,
)


def test_a_bucket_gets_the_payload_and_a_queue_or_topic_does_not(destinations):
    to, calls = destinations
    for arn in ("arn:aws:s3:::parked", "arn:aws:sqs:us-east-1:1:dead", "arn:aws:sns:us-east-1:1:t"):
        to.send(GIVEN_UP, a_mapping(failure_destination=arn), shard_id="s", now=NOON)

    (put, send, publish) = [c for c in calls.made if c[0] != "get_queue_url"]
    assert ("put_object", "parked") == (put[0], put[1]["Bucket"])
    assert {"Records": [{"kinesis": "k"}]} == json.loads(json.loads(put[1]["Body"])["payload"])
    assert "payload" not in json.loads(send[1]["MessageBody"])
    assert "payload" not in json.loads(publish[1]["Message"])


def test_a_destination_that_fails_does_not_stop_the_shard(monkeypatch):
    gone = ClientError({"Error": {"Code": "NoSuchBucket"}}, "PutObject")
    monkeypatch.setattr(
        "local.event_sources.destinations.client_of", lambda *_, **__: Calls(put_object=gone)
    )
    noted: list[str] = []
    to = Destinations("x", region="r", journal=lambda slug, **_: noted.append(slug))

    to.send(GIVEN_UP, a_mapping(failure_destination="arn:aws:s3:::x"), shard_id="s", now=NOON)

    assert ["batch_given_up", "destination_delivery_failed"] == noted


# --- invoking


def functions(monkeypatch: pytest.MonkeyPatch, invoke: Any) -> tuple[Functions, Calls]:
    calls = Calls(invoke=invoke)
    monkeypatch.setattr("local.event_sources.functions.client_of", lambda *_, **__: calls)
    return Functions("http://127.0.0.1:1", region="us-east-1", journal=silent), calls


def an_answer(body: bytes, **more: Any) -> dict[str, Any]:
    return {"Payload": io.BytesIO(body), "ResponseMetadata": {"RequestId": "r-1"}, **more}


THROTTLED = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (an_answer(b"null"), Answered(payload=b"null", request_id="r-1")),
        (
            an_answer(b'{"errorType": "E"}', FunctionError="Unhandled"),
            Raised(error="Unhandled", request_id="r-1"),
        ),
        (THROTTLED, NotInvoked(reason="TooManyRequestsException")),
        (ReadTimeoutError(endpoint_url="x"), Raised(error="TimedOut")),
        (EndpointConnectionError(endpoint_url="x"), NotInvoked(reason="EndpointConnectionError")),
    ],
)
def test_what_became_of_an_invocation_is_told_apart(monkeypatch, answer, outcome):
    functions_, _ = functions(monkeypatch, answer)

    assert outcome == functions_.invoke("f", b"{}")


def test_more_than_six_megabytes_are_never_sent(monkeypatch):
    functions_, calls = functions(monkeypatch, an_answer(b"null"))

    assert NotInvoked(reason="RequestTooLarge") == functions_.invoke(
        "f", b"x" * (PAYLOAD_LIMIT + 1)
    )
    assert [] == calls.made


def test_an_errors_message_is_not_noted(monkeypatch):
    functions_, _ = functions(
        monkeypatch,
        an_answer(b'{"errorType": "E", "errorMessage": "ann@x"}', FunctionError="Unhandled"),
    )
    noted: list[Any] = []
    functions_._journal = lambda slug, **fields: noted.append((slug, fields))  # noqa: SLF001

    functions_.invoke("arn:aws:lambda:us-east-1:1:function:relay", b"{}")

    assert [("function_raised", {"function": "relay", "error": "E"})] == noted


# --- reading shards


def test_kinesis_is_read_from_its_horizon_on_and_gone_on_with_after_the_last_number():
    record = {"SequenceNumber": "7", "Data": b"", "ApproximateArrivalTimestamp": NOON}
    expired = ClientError({"Error": {"Code": "ExpiredIteratorException"}}, "GetRecords")
    calls = Calls(
        get_shard_iterator={"ShardIterator": "i"},
        get_records=[
            {"Records": [record], "NextShardIterator": "j"},
            expired,
            {"Records": []},
        ],
    )
    reader = ShardReader(
        KinesisStream(calls, STREAM, role_arn="r"), "shard-1", position="TRIM_HORIZON"
    )

    assert ["7"] == [r.sequence_number for r in reader.read(5)]
    with pytest.raises(ClientError):
        reader.read(5)
    assert [] == list(reader.read(5))

    begun = [arguments for name, arguments in calls.made if name == "get_shard_iterator"]
    assert "TRIM_HORIZON" == begun[0]["ShardIteratorType"]
    assert ("AFTER_SEQUENCE_NUMBER", "7") == (
        begun[1]["ShardIteratorType"],
        begun[1]["StartingSequenceNumber"],
    )
    assert reader.is_at_end


def test_a_tables_shards_are_listed_page_by_page():
    shard = {"ShardId": "a"}
    child = {"ShardId": "b", "ParentShardId": "a"}
    calls = Calls(
        describe_stream=[
            {"StreamDescription": {"Shards": [shard], "LastEvaluatedShardId": "a"}},
            {"StreamDescription": {"Shards": [child]}},
        ]
    )

    assert [Shard(shard_id="a"), Shard(shard_id="b", parents=("a",))] == (
        DynamoDbStream(calls, "arn").shards()
    )
    assert "a" == calls.made[1][1]["ExclusiveStartShardId"]


class MemoryStream:
    """A stream in memory; a shard that is in `closed` ends where its records end."""

    def __init__(self, **shards: Sequence[int]) -> None:
        self.records = {name: list(numbers) for name, numbers in shards.items()}
        self.parents: dict[str, tuple[str, ...]] = {}
        self.closed: set[str] = set()
        self.begun: list[tuple[str, str]] = []

    def shards(self) -> list[Shard]:
        return [Shard(shard_id=n, parents=self.parents.get(n, ())) for n in self.records]

    def iterator(self, shard_id: str, position: str) -> str:
        self.begun.append((shard_id, position))
        return "0" if position == "TRIM_HORIZON" else position

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        numbers = [n for n in self.records[shard_id] if n > int(iterator)][:limit]
        records = [
            StreamRecord(sequence_number=str(n), arrived_at=NOON, event={"n": n}, size=10)
            for n in numbers
        ]
        last = max([int(iterator), *numbers])
        is_end = shard_id in self.closed and last >= max(self.records[shard_id], default=0)
        return records, None if is_end else str(last)


class Function:
    """A function that remembers what it was brought and answers with what it was given."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.brought: list[list[int]] = []
        self.outcomes = list(outcomes)
        self.gate = threading.Event()
        self.gate.set()

    def invoke(self, function_arn: str, event: bytes) -> Outcome:
        del function_arn
        self.brought.append([record["n"] for record in json.loads(event)["Records"]])
        self.gate.wait(5)
        return self.outcomes.pop(0) if self.outcomes else Answered(payload=b"null")


class Basket:
    def __init__(self) -> None:
        self.sent: list[GivenUp] = []

    def send(self, given_up: GivenUp, *_: Any, **__: Any) -> None:
        self.sent.append(given_up)


class Rig:
    """A stream driver on a stream and a function in memory."""

    def __init__(self, stream: MemoryStream, function: Function, **settings: Any) -> None:
        self.stream, self.function, self.basket = stream, function, Basket()
        self.positions: dict[str, str] = {}
        self.mapping = a_mapping(**settings)

    def driver(self) -> StreamDriver:
        return StreamDriver(
            self.mapping,
            stream=lambda: self.stream,
            positions=self.positions,
            driver=self._shard_driver,
            journal=silent,
        )

    def _shard_driver(
        self, mapping: EventSourceMapping, reader: ShardReader, shard_id: str, position: str
    ) -> ShardDriver:
        return ShardDriver(
            mapping,
            reader,
            shard_id=shard_id,
            position=position,
            functions=self.function,
            destinations=self.basket,
            backoff=Backoff(first=timedelta(milliseconds=5), most=timedelta(milliseconds=5)),
            now=lambda: datetime.now(UTC),
        )


def test_a_stream_is_brought_in_batches_in_order():
    rig = Rig(MemoryStream(a=range(1, 6)), Function())
    driver = rig.driver()
    driver.tend()
    eventually(lambda: 3 == len(rig.function.brought))
    driver.stop()
    eventually(lambda: driver.is_stopped)

    assert [[1, 2], [3, 4], [5]] == rig.function.brought
    assert {"a": "5"} == rig.positions


def test_what_is_given_up_goes_to_the_destination_and_the_rest_goes_on():
    rig = Rig(MemoryStream(a=[1, 2, 3]), Function(Raised(), Raised()), max_retries=1)
    driver = rig.driver()
    driver.tend()
    eventually(lambda: 3 == len(rig.function.brought))
    driver.stop()

    assert [[1, 2], [1, 2], [3]] == rig.function.brought
    assert [[1, 2]] == [[r.position for r in g.records] for g in rig.basket.sent]


def test_a_successor_goes_on_after_what_is_done():
    rig = Rig(MemoryStream(a=[1, 2, 3]), Function(Answered(payload=b"null"), *[Raised()] * 1000))
    first = rig.driver()
    first.tend()
    eventually(lambda: 2 < len(rig.function.brought))
    first.stop()
    eventually(lambda: first.is_stopped)
    rig.function.outcomes.clear()
    rig.function.brought.clear()

    second = rig.driver()
    second.tend()
    eventually(lambda: rig.function.brought)
    second.stop()

    assert [3] == rig.function.brought[0]


def test_a_child_shard_waits_until_its_parent_is_done():
    stream = MemoryStream(parent=[1], child=[2], other=[3])
    stream.parents["child"] = ("parent",)
    stream.closed.add("parent")
    rig = Rig(stream, Function())
    rig.function.gate.clear()
    driver = rig.driver()
    driver.tend()
    eventually(lambda: 2 == len(rig.function.brought))
    driver.tend()
    assert [[1], [3]] == sorted(rig.function.brought)

    rig.function.gate.set()
    eventually(lambda: driver.tend() or [2] in rig.function.brought)
    driver.stop()


def test_a_child_of_a_latest_mapping_is_read_from_its_beginning():
    stream = MemoryStream(parent=[1])
    stream.iterator = lambda *begun: stream.begun.append(begun) or "0"
    rig = Rig(stream, Function(), starting_position="LATEST")
    driver = rig.driver()
    driver.tend()
    eventually(lambda: stream.begun)
    stream.records["child"] = [2]
    driver.tend()
    eventually(lambda: 2 == len(stream.begun))
    driver.stop()

    assert [("parent", "LATEST"), ("child", "TRIM_HORIZON")] == stream.begun


def test_trouble_in_reading_passes():
    stream = MemoryStream(a=[1])
    real, trouble = stream.read, [ClientError({"Error": {"Code": "X"}}, "GetRecords")]

    def read(*asked: Any) -> Any:
        if trouble:
            raise trouble.pop()
        return real(*asked)

    stream.read = read
    rig = Rig(stream, Function())
    driver = rig.driver()
    driver.tend()
    eventually(lambda: rig.function.brought)
    driver.stop()

    assert [[1]] == rig.function.brought


def test_an_idle_poller_rests_longer_and_longer_up_to_a_fifth_of_a_second():
    pace = Pace()
    rests = [pace.rest_after(work=False) for _ in range(10)]

    assert sorted(rests) == rests
    assert 0.2 == rests[-1]
    assert 0 == pace.rest_after(work=True)
    assert pace.rest_after(work=False) < 0.05


# --- queues


def test_messages_are_received_brought_and_deleted_but_for_the_failed():
    messages = [
        {"MessageId": f"m{n}", "ReceiptHandle": f"h{n}", "Body": "b", "MD5OfBody": "x"}
        for n in range(3)
    ]
    calls = Calls(get_queue_url={"QueueUrl": "http://q"}, receive_message={"Messages": messages})

    class Partial:
        def invoke(self, _arn: str, event: bytes) -> Outcome:
            ids = [record["messageId"] for record in json.loads(event)["Records"]]
            answer = {"batchItemFailures": [{"itemIdentifier": ids[1]}]}
            return Answered(payload=json.dumps(answer).encode())

    poller = QueuePoller(
        a_mapping(source_arn="arn:aws:sqs:us-east-1:1:q", batch_size=10),
        calls,
        functions=Partial(),
        now=lambda: NOON,
        journal=silent,
    )
    poller.work()
    poller.work()

    (_, received), (_, deleted) = calls.made[1:]
    assert 10 == received["MaxNumberOfMessages"]
    assert ["All"] == received["MessageAttributeNames"]
    assert ["h0", "h2"] == [entry["ReceiptHandle"] for entry in deleted["Entries"]]


# --- what is deployed


class StubDriver:
    def __init__(self) -> None:
        self.tended, self.is_stopped, self.asked_to_stop = 0, False, False

    def tend(self) -> None:
        self.tended += 1

    def stop(self) -> None:
        self.asked_to_stop = True


class Deployment:
    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.driven: list[tuple[EventSourceMapping, dict[str, str], StubDriver]] = []
        self.notes: list[str] = []
        self.trouble: Exception | None = None
        self.supervisor = Supervisor(
            list_mappings=self._list,
            drive=self._drive,
            journal=lambda slug, **_: self.notes.append(slug),
        )

    def look(self) -> None:
        self.supervisor.look()

    def _list(self) -> list[dict[str, Any]]:
        if self.trouble:
            raise self.trouble
        return self.entries

    def _drive(self, mapping: EventSourceMapping, positions: dict[str, str]) -> StubDriver:
        driver = StubDriver()
        self.driven.append((mapping, positions, driver))
        return driver


def an_entry(uuid: str = "m-1", **settings: Any) -> dict[str, Any]:
    return {
        "UUID": uuid,
        "EventSourceArn": STREAM,
        "FunctionArn": "f",
        "State": "Enabled",
    } | settings


def test_each_mapping_is_driven_once():
    deployment = Deployment()
    deployment.entries = [an_entry(), an_entry("m-2")]
    deployment.look()
    deployment.look()

    assert ["m-1", "m-2"] == [mapping.uuid for mapping, _, _ in deployment.driven]
    assert 2 == deployment.driven[0][2].tended


def test_a_changed_mapping_is_driven_anew_when_the_old_driver_has_ended_and_goes_on_where_it_was():
    deployment = Deployment()
    deployment.entries = [an_entry(BatchSize=10)]
    deployment.look()
    _, positions, old = deployment.driven[0]
    deployment.entries = [an_entry(BatchSize=20)]
    deployment.look()
    assert old.asked_to_stop
    assert 1 == len(deployment.driven)

    positions["shard"] = "7"
    old.is_stopped = True
    deployment.look()

    mapping, carried_over, _ = deployment.driven[1]
    assert (20, {"shard": "7"}) == (mapping.batch_size, carried_over)


def test_a_deleted_mapping_is_left_and_forgotten():
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.look()
    _, positions, driver = deployment.driven[0]
    positions["shard"] = "7"
    driver.is_stopped = True
    deployment.entries = []
    deployment.look()
    deployment.look()
    deployment.entries = [an_entry()]
    deployment.look()

    assert driver.asked_to_stop
    assert {} == deployment.driven[1][1]


def test_a_mapping_that_is_enabled_again_goes_on_where_it_was():
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.look()
    _, positions, driver = deployment.driven[0]
    positions["shard"] = "7"
    driver.is_stopped = True
    deployment.entries = [an_entry(State="Disabled")]
    deployment.look()
    deployment.entries = [an_entry()]
    deployment.look()

    assert {"shard": "7"} == deployment.driven[1][1]


def test_a_mapping_with_a_filter_is_not_driven_and_that_is_said_once():
    deployment = Deployment()
    deployment.entries = [an_entry(FilterCriteria={"Filters": [{"Pattern": "{}"}]})]
    deployment.look()
    deployment.look()

    assert [] == deployment.driven
    assert ["mapping_not_driven"] == deployment.notes


def test_a_cloud_that_does_not_answer_stops_no_driver_and_is_said_once():
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.look()
    deployment.trouble = EndpointConnectionError(endpoint_url="x")
    deployment.look()
    deployment.look()

    assert not deployment.driven[0][2].asked_to_stop
    assert 1 == deployment.notes.count("mappings_unreadable")


# --- as processes


@pytest.mark.parametrize(
    "module",
    [
        ["local.event_sources", "--endpoint", "http://127.0.0.1:1"],
        ["local.carrier", "--port", "0", "--upstream", "http://127.0.0.1:1", "--inbox", "inbox"],
    ],
)
@pytest.mark.parametrize("end", ["its owner ends", "SIGTERM"])
def test_a_process_says_that_it_is_ready_and_ends_cleanly_when(module, end, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()

    if end == "SIGTERM":
        process.send_signal(signal.SIGTERM)
    else:
        process.stdin.close()
        process.stdin = None

    _, told = process.communicate(timeout=10)
    assert 0 == process.returncode
    assert "Traceback" not in told
