"""Records and messages count as in flight until a function has finished them."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from lambda_event_sources.streams.shard_sequencer import TRIM_HORIZON, Position, after
from local_cloud import in_flight as counting
from local_cloud.in_flight import InFlight, PositionsFile, in_flight
from local_cloud.supervisor.state import POSITIONS
from tests.aws_in_memory import aws_in_memory

MAPPING = "m-1"


class Aws:
    """A stream and two queues, each with a mapping, in memory."""

    def __init__(self) -> None:
        self.kinesis: Any = boto3.client("kinesis", "us-east-1")
        self.sqs: Any = boto3.client("sqs", "us-east-1")
        self.kinesis.create_stream(StreamName="orders", ShardCount=1)
        found = self.kinesis.describe_stream(StreamName="orders")["StreamDescription"]
        self.shard = found["Shards"][0]["ShardId"]
        self.messages = self.sqs.create_queue(QueueName="messages")["QueueUrl"]
        self.receipts = self.sqs.create_queue(QueueName="receipts")["QueueUrl"]
        at = "arn:aws:sqs:us-east-1:123456789012"
        sources = [found["StreamARN"], f"{at}:messages", f"{at}:receipts"]
        entries = [{"UUID": f"m-{n}", "EventSourceArn": arn} for n, arn in enumerate(sources, 1)]
        pages = SimpleNamespace(paginate=lambda: [{"EventSourceMappings": entries}])
        self.lambda_ = SimpleNamespace(get_paginator=lambda _: pages)

    def client(self, service: str, **_: str) -> Any:
        return {"lambda": self.lambda_, "kinesis": self.kinesis, "sqs": self.sqs}[service]

    def put(self) -> str:
        put = self.kinesis.put_record(StreamName="orders", Data=b"{}", PartitionKey="o")
        return str(put["SequenceNumber"])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch):
    with aws_in_memory(monkeypatch):
        found = Aws()
        monkeypatch.setattr(counting, "client_of", found.client)
        yield found


def count(folder: Path) -> InFlight:
    return in_flight(folder, "http://127.0.0.1:1", but_queue="http://127.0.0.1:1/0/receipts")


def test_a_record_that_nothing_has_read_yet_is_in_flight(aws: Aws, tmp_path: Path) -> None:
    assert not count(tmp_path)
    aws.put()

    assert InFlight(records=1) == count(tmp_path)


def test_a_record_is_on_its_way_until_the_position_is_past_it(aws: Aws, tmp_path: Path) -> None:
    kept = PositionsFile(tmp_path / POSITIONS)
    first, second = aws.put(), aws.put()

    def behind(position: Position) -> int:
        kept.save({MAPPING: {aws.shard: position}})
        return count(tmp_path).records

    assert 2 == behind(TRIM_HORIZON)
    assert 1 == behind(after(first))
    assert 0 == behind(after(second))
    assert 2 == behind(Position(kind="AT_TIMESTAMP", at=datetime(2020, 1, 1, tzinfo=UTC)))


def test_a_message_is_on_its_way_until_it_is_deleted(aws: Aws, tmp_path: Path) -> None:
    aws.sqs.send_message(QueueUrl=aws.messages, MessageBody="one")
    assert InFlight(messages=1) == count(tmp_path)

    [taken] = aws.sqs.receive_message(QueueUrl=aws.messages)["Messages"]
    assert InFlight(messages=1) == count(tmp_path)

    aws.sqs.delete_message(QueueUrl=aws.messages, ReceiptHandle=taken["ReceiptHandle"])
    assert not count(tmp_path)


def test_a_queue_can_be_left_out(aws: Aws, tmp_path: Path) -> None:
    aws.sqs.send_message(QueueUrl=aws.receipts, MessageBody="a receipt")

    assert not count(tmp_path)


def test_it_is_written_for_a_person() -> None:
    assert "1 record on the stream, 2 messages in queues" == str(InFlight(records=1, messages=2))
    assert "3 records on the stream" == str(InFlight(records=3))
