"""An hour's counted notifications are spread over enough partitions."""

from collections import Counter

from ordercast.gateways.rollups.items import counted_key, counted_partitions
from ordercast.rollups.rollup import CountedPlace

HOUR = "2026-03-02T09"
FULL_LOAD = 1_200  # messages a second
TIMES_COUNTED = 3  # sent, accepted, delivered; once or twice where changes are gathered
UNITS = 2  # of a put in a transaction
A_PARTITION = 1_000  # write units a second


def test_no_partition_of_counted_notifications_is_hot_at_full_load() -> None:
    """DynamoDB throttles one that is written more often, whatever the table takes."""
    second = Counter(
        counted_key(f"notification-{each}", CountedPlace(HOUR, "15:30.123"))["pk"]["S"]
        for each in range(FULL_LOAD)
    )
    assert second.keys() == set(counted_partitions(HOUR))
    assert max(second.values()) * TIMES_COUNTED * UNITS < A_PARTITION
