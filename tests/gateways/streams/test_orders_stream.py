"""The orders stream is read from a given time, against answers as Kinesis gives them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.errors import StreamUnavailable
from ordercast.gateways.streams.orders_stream import SHARE, KinesisOrders
from ordercast.reconciliation.progress import READ_TO_THE_END
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
UNTIL = START + 10 * MINUTE


@pytest.fixture
def stub(aws) -> Iterator[Stubber]:
    with Stubber(boto3.client("kinesis")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def orders(stub, waits) -> KinesisOrders:
    return KinesisOrders(client=stub.client, name="orders", pause=waits.append)


def shards(stub: Stubber, *ids: str) -> None:
    listed = [
        {
            "ShardId": each,
            "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "1"},
            "SequenceNumberRange": {"StartingSequenceNumber": "1"},
        }
        for each in ids
    ]
    stub.add_response("list_shards", {"Shards": listed})


def page(stub: Stubber, *minutes: int, behind: int = 0, more: bool = True) -> None:
    records = [
        {
            "SequenceNumber": str(100 + minute),
            "ApproximateArrivalTimestamp": START + minute * MINUTE,
            "Data": b"{}",
            "PartitionKey": "o-1",
        }
        for minute in minutes
    ]
    following = {"NextShardIterator": "next"} if more else {}
    response = {"Records": records, "MillisBehindLatest": behind, **following}
    stub.add_response("get_records", response)


def numbers(orders: KinesisOrders) -> list[str]:
    return [each.sequence_number for page in orders.between(START, UNTIL) for each in page]


def test_a_span_is_read_from_every_shard_and_no_further(stub, orders, waits) -> None:
    """An empty page is no end: it is the way to where the records are."""
    shards(stub, "shard-1", "shard-2")
    stub.add_response("get_shard_iterator", {"ShardIterator": "one"})
    page(stub, behind=5_000)
    page(stub, 0, 1, behind=5_000)
    page(stub, 9, 10, behind=5_000)
    stub.add_response("get_shard_iterator", {"ShardIterator": "two"})
    page(stub, 2, more=False)

    assert ["100", "101", "109", "102"] == numbers(orders)
    assert 2 == len(waits)  # before each page but the first of a shard


def test_another_reading_goes_on_behind_a_page_and_leaves_out_what_is_read(stub, orders) -> None:
    shards(stub, "shard-1", "shard-2", "shard-3")
    stub.add_response(
        "get_shard_iterator",
        {"ShardIterator": "two"},
        {
            "StreamName": "orders",
            "ShardId": "shard-2",
            "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
            "StartingSequenceNumber": "102",
        },
    )
    page(stub, 3, 4, behind=5_000)
    page(stub, 5, more=False)
    stub.add_response("get_shard_iterator", {"ShardIterator": "three"})
    page(stub, more=False)

    places = {"shard-1": READ_TO_THE_END, "shard-2": "102"}
    read = list(orders.pages(START, UNTIL, places=places))
    assert [
        ("shard-2", "104", ["103", "104"]),
        ("shard-2", READ_TO_THE_END, ["105"]),
        ("shard-3", READ_TO_THE_END, []),
    ] == [(shard, place, [each.sequence_number for each in page]) for shard, place, page in read]


def test_reading_again_leaves_half_of_a_shard_to_the_relay(waits) -> None:
    """A shard gives 2 MiB a second to all its readers; half of that is as much as it takes in."""
    shard = Shard(records=4_000, size=30_000)
    orders = KinesisOrders(client=shard, name="orders", pause=waits.append)  # type: ignore[arg-type]

    assert 4_000 == len(numbers(orders))
    assert sum(waits) >= 4_000 * 30_000 / SHARE
    assert all(each >= 0.4 for each in waits)  # less than half of five reads a second
    first, *others = shard.pages
    assert max(others) <= SHARE
    assert first < 10 * SHARE  # of records whose size nobody knew


def test_small_records_are_read_many_at_a_time(waits) -> None:
    shard = Shard(records=4_000, size=500)
    orders = KinesisOrders(client=shard, name="orders", pause=waits.append)  # type: ignore[arg-type]

    assert 4_000 == len(numbers(orders))
    assert len(shard.pages) < 10


def test_a_reader_that_has_caught_up_is_done(stub, orders) -> None:
    shards(stub, "shard-1")
    stub.add_response("get_shard_iterator", {"ShardIterator": "one"})
    page(stub, 3, behind=0)
    page(stub, behind=0)

    assert ["103"] == numbers(orders)


def test_a_stream_out_of_reach_is_reported(stub, orders) -> None:
    shards(stub, "shard-1")
    stub.add_client_error("get_shard_iterator", service_error_code="LimitExceededException")

    with pytest.raises(StreamUnavailable, match="LimitExceeded"):
        numbers(orders)


class Shard:
    """A shard of so many records, each of *size* bytes; answers as Kinesis does, and keeps the pages' sizes."""

    def __init__(self, *, records: int, size: int) -> None:
        self.records, self.size, self.pages = records, size, list[int]()

    def get_paginator(self, _name: str) -> "Shard":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Shards": [{"ShardId": "shard-1"}]}]

    def get_shard_iterator(self, **_: Any) -> dict[str, str]:
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str, Limit: int) -> dict[str, Any]:  # noqa: N803 - boto3's
        place = int(ShardIterator)
        until = min(place + Limit, self.records)
        self.pages.append((until - place) * self.size)
        records = [
            {
                "SequenceNumber": str(each),
                "ApproximateArrivalTimestamp": START,
                "Data": b"x" * self.size,
                "PartitionKey": "o-1",
            }
            for each in range(place, until)
        ]
        behind = 1 if until < self.records else 0
        return {"Records": records, "MillisBehindLatest": behind, "NextShardIterator": str(until)}
