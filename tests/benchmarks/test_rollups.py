"""What the figures of counting rest on: that everything is counted, and where write units go."""

from benchmarks import rollups
from benchmarks.aws.account import ROLLUPS, opened
from benchmarks.aws.stand_in import StandIn
from benchmarks.ordercast_functions import wired
from ordercast.gateways.rollups.items import read_buckets


def test_a_thousand_changes_are_counted_in_twelve_calls_or_fewer() -> None:
    aws = StandIn()
    with opened(aws.answer), wired() as functions:
        functions.count(rollups.changes())

    items = aws.tables[ROLLUPS].items
    buckets = read_buckets(i for key, i in items.items() if key[0].startswith("bucket#"))
    assert rollups.BUCKETS == len(buckets)
    assert rollups.NOTIFICATIONS == sum(int(each["taken"]) for each in buckets.values())
    assert 12 >= aws.calls.total()
    assert {"BatchGetItem", "TransactWriteItems"} == set(aws.calls)


def test_the_batch_is_as_large_as_it_says() -> None:
    assert rollups.CHANGES == len(rollups.changes()["Records"])


def test_a_transaction_takes_every_write_twice_and_larger_batches_share_buckets() -> None:
    """DynamoDB guide: read and write capacity of transactions."""
    assert 4 == rollups.units_of_batches(1)
    assert 2 < rollups.units_of_batches(400) < 2.5
