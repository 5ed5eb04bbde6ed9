"""The orders stream is read from a given time, against answers as Kinesis gives them."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.errors import StreamUnavailable
from ordercast.gateways.streams.orders_stream import KinesisOrders
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
    assert 3 == len(waits)


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
