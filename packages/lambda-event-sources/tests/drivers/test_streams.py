"""Streams through real APIs: read, deliver, checkpoint, continue."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.doubles import NOON, STREAM, FakeClient, a_mapping, silent
from support.eventually import eventually

from lambda_event_sources.drivers.idle_backoff import IdleBackoff
from lambda_event_sources.drivers.stream_apis import DynamoDbStream, KinesisStream
from lambda_event_sources.drivers.streams import ShardDriver, StreamDriver
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.outcomes import Errored, Outcome, Returned
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.in_memory_stream import InMemoryStream
from lambda_event_sources.streams.shard_batcher import lane_of
from lambda_event_sources.streams.shard_reader import ShardReader
from lambda_event_sources.streams.shard_sequencer import (
    TRIM_HORIZON,
    Position,
    Positions,
    Shard,
    after,
)


def test_kinesis_is_read_from_its_horizon_and_continued_after_the_last_number():
    record = {"SequenceNumber": "7", "Data": b"", "ApproximateArrivalTimestamp": NOON}
    expired = ClientError({"Error": {"Code": "ExpiredIteratorException"}}, "GetRecords")
    calls = FakeClient(
        get_shard_iterator={"ShardIterator": "i"},
        get_records=[
            {"Records": [record], "NextShardIterator": "j"},
            expired,
            {"Records": []},
        ],
    )
    reader = ShardReader(
        KinesisStream(calls, STREAM, role_arn="r"), "shard-1", position=TRIM_HORIZON
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
    calls = FakeClient(
        describe_stream=[
            {"StreamDescription": {"Shards": [shard], "LastEvaluatedShardId": "a"}},
            {"StreamDescription": {"Shards": [child]}},
        ]
    )

    assert [Shard(shard_id="a"), Shard(shard_id="b", parents=("a",))] == (
        DynamoDbStream(calls, "arn").shards()
    )
    assert "a" == calls.made[1][1]["ExclusiveStartShardId"]


SHARD = "shardId-000000000000"


def a_stream(records: int) -> InMemoryStream:
    """One shard, with so many records of one key, numbered from 1 on."""
    stream = InMemoryStream()
    for _ in range(records):
        stream.put("k", b"", now=NOON)
    return stream


class Function:
    """A function that remembers what it was delivered and answers with what it was given."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.delivered: list[list[int]] = []
        self.outcomes = list(outcomes)
        self.gate = threading.Event()
        self.gate.set()

    def invoke(self, function_arn: str, event: bytes) -> Outcome:
        del function_arn
        self.delivered.append(
            [int(record["kinesis"]["sequenceNumber"]) for record in json.loads(event)["Records"]]
        )
        self.gate.wait(5)
        return self.outcomes.pop(0) if self.outcomes else Returned(payload=b"null")


class Destination:
    def __init__(self) -> None:
        self.sent: list[DiscardBatch] = []

    def send(self, discarded: DiscardBatch, *_: Any, **__: Any) -> None:
        self.sent.append(discarded)


class Rig:
    """A stream driver on a stream and a function in memory."""

    def __init__(self, stream: InMemoryStream, function: Function, **settings: Any) -> None:
        self.stream, self.function, self.destination = stream, function, Destination()
        self.positions: Positions = {}
        self.mapping = a_mapping(**settings)

    def driver(self) -> StreamDriver:
        return StreamDriver(
            self.mapping,
            stream=lambda: self.stream,
            positions=self.positions,
            driver=self._shard_driver,
            log=silent,
        )

    def _shard_driver(self, mapping: EventSourceMapping, reader: ShardReader) -> ShardDriver:
        return ShardDriver(
            mapping,
            reader,
            functions=self.function,  # type: ignore[arg-type]  # a fake
            destinations=self.destination,  # type: ignore[arg-type]  # a fake
            backoff=Backoff(first=timedelta(milliseconds=5), most=timedelta(milliseconds=5)),
            now=lambda: datetime.now(UTC),
            log=silent,
        )


def test_a_stream_is_delivered_in_batches_in_order():
    rig = Rig(a_stream(5), Function())
    driver = rig.driver()
    driver.refresh()
    eventually(lambda: 3 == len(rig.function.delivered))
    driver.stop()
    eventually(lambda: driver.is_stopped)

    assert [[1, 2], [3, 4], [5]] == rig.function.delivered
    assert {SHARD: after("5")} == rig.positions


def test_the_checkpoint_passes_filtered_records():
    rig = Rig(a_stream(3), Function(), filters=('{"sequenceNumber": ["2"]}',))
    driver = rig.driver()
    driver.refresh()
    eventually(lambda: rig.positions.get(SHARD) == after("3"))
    driver.stop()

    assert [[2]] == rig.function.delivered


def test_a_discarded_batch_goes_to_the_destination_and_the_rest_continues():
    rig = Rig(a_stream(3), Function(Errored(), Errored()), retry_attempts=1)
    driver = rig.driver()
    driver.refresh()
    eventually(lambda: 3 == len(rig.function.delivered))
    driver.stop()

    assert [[1, 2], [1, 2], [3]] == rig.function.delivered
    assert [[1, 2]] == [[r.position for r in g.records] for g in rig.destination.sent]


def test_a_successor_goes_on_after_what_is_done():
    rig = Rig(a_stream(3), Function(Returned(payload=b"null"), *[Errored()] * 1000))
    first = rig.driver()
    first.refresh()
    eventually(lambda: 2 < len(rig.function.delivered))
    first.stop()
    eventually(lambda: first.is_stopped)
    rig.function.outcomes.clear()
    rig.function.delivered.clear()

    second = rig.driver()
    second.refresh()
    eventually(lambda: rig.function.delivered)
    second.stop()

    assert [3] == rig.function.delivered[0]


def test_a_child_shard_waits_until_its_parent_is_done():
    stream = a_stream(1)
    child = stream.roll_over(SHARD)
    stream.put("k", b"", now=NOON)
    rig = Rig(stream, Function())
    rig.function.gate.clear()
    driver = rig.driver()
    driver.refresh()
    eventually(lambda: rig.function.delivered)
    driver.refresh()
    assert [[1]] == rig.function.delivered

    rig.function.gate.set()

    def second_is_delivered() -> bool:
        driver.refresh()
        return [2] in rig.function.delivered

    eventually(second_is_delivered)
    driver.stop()
    eventually(lambda: driver.is_stopped)
    assert after("2") == rig.positions[child]


def test_a_shard_has_as_many_invocations_at_once_as_the_mapping_says():
    stream = InMemoryStream()
    keys = [next(k for k in map(str, range(99)) if lane_of(k, 3) == lane) for lane in range(3)]
    for key in keys * 2:
        stream.put(key, b"", now=NOON)
    rig = Rig(stream, Function(), parallelization_factor=3, batch_size=1)
    rig.function.gate.clear()
    driver = rig.driver()
    driver.refresh()
    eventually(lambda: 3 == len(rig.function.delivered))
    assert [[1], [2], [3]] == sorted(rig.function.delivered)

    rig.function.gate.set()
    eventually(lambda: 6 == len(rig.function.delivered))
    driver.stop()
    eventually(lambda: driver.is_stopped)
    assert {SHARD: after("6")} == rig.positions


def test_a_driver_that_is_stopped_waits_for_invocations_in_flight():
    rig = Rig(a_stream(1), Function())
    rig.function.gate.clear()
    driver = rig.driver()
    driver.refresh()
    eventually(lambda: rig.function.delivered)
    driver.stop()
    assert not driver.is_stopped

    rig.function.gate.set()
    eventually(lambda: driver.is_stopped)
    assert {SHARD: after("1")} == rig.positions


def test_kinesis_is_read_from_a_timestamp_on():
    calls = FakeClient(get_shard_iterator={"ShardIterator": "i"}, get_records={"Records": []})
    position = Position(kind="AT_TIMESTAMP", at=NOON)

    ShardReader(KinesisStream(calls, STREAM, role_arn="r"), "s", position=position).read(1)

    asked = calls.made[0][1]
    assert ("AT_TIMESTAMP", NOON) == (asked["ShardIteratorType"], asked["Timestamp"])


def test_a_failed_read_is_tried_again(monkeypatch):
    stream = a_stream(1)
    real, trouble = stream.read, [ClientError({"Error": {"Code": "X"}}, "GetRecords")]

    def read(*asked: Any) -> Any:
        if trouble:
            raise trouble.pop()
        return real(*asked)

    monkeypatch.setattr(stream, "read", read)
    rig = Rig(stream, Function())
    driver = rig.driver()
    driver.refresh()
    eventually(lambda: rig.function.delivered)
    driver.stop()

    assert [[1]] == rig.function.delivered


def test_an_idle_poller_rests_longer_and_longer_up_to_a_fifth_of_a_second():
    pace = IdleBackoff()
    rests = [pace.rest_after(work=False) for _ in range(10)]

    assert sorted(rests) == rests
    assert 0.2 == rests[-1]
    assert 0 == pace.rest_after(work=True)
    assert pace.rest_after(work=False) < 0.05
