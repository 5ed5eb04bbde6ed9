"""A page of a list takes few queries and read units, alike of ten thousand messages and of a hundred thousand."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from math import ceil
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.rollups.items import write_counted
from ordercast.gateways.rollups.listing import DynamoCountedList
from ordercast.notifications.lifecycle import State
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import Lists, Page, messages
from ordercast.rollups.rollup import contribution
from tests.gateways.conftest import InlineExecutor
from tests.gateways.dynamodb.item_sizes import size
from tests.lines import line

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
END = NINE + timedelta(hours=1, milliseconds=-1)
MEBIBYTE, UNIT = 1 << 20, 4096
NUMBERS = [10_000, 100_000]


class Hour:
    """DynamoDB with an hour of so many counted messages, which says what a query takes."""

    def __init__(self, number: int) -> None:
        self.partitions: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.queries: list[str] = []
        self._bytes = 0
        one = line(1)
        for n in range(number):
            at = NINE + timedelta(milliseconds=n * 3_600_000 // number)
            row = replace(one, id=f"{n:044}", effective_at=at)
            item = write_counted(row, contribution(row))
            self._bytes = self._bytes or size(item)
            self.partitions[item["pk"]["S"]].append(item)

    def query(self, **asked: Any) -> dict[str, Any]:
        """Answer as DynamoDB does, newest first."""
        values = {n: each["S"] for n, each in asked["ExpressionAttributeValues"].items()}
        self.queries.append(values[":partition"])
        there = self.partitions[values[":partition"]]
        ends = bisect_right(there, values[":last"], key=_sort_key)
        if start := asked.get("ExclusiveStartKey"):
            ends = bisect_right(there, _sort_key(start), key=_sort_key) - 1
        read = min(asked["Limit"], MEBIBYTE // self._bytes, ends)
        items = there[ends - read : ends][::-1]
        units = max(1, ceil(read * self._bytes / UNIT)) / 2
        more = {"LastEvaluatedKey": items[-1]} if read < ends else {}
        return {"Items": items, "ConsumedCapacity": {"CapacityUnits": units}, **more}


def _sort_key(item: Mapping[str, Any]) -> str:
    return str(item["sk"]["S"])


@cache
def hour(number: int) -> Hour:
    return Hour(number)


def page(number: int, **asked: Any) -> tuple[Page, int]:
    """Return the first page, and how many queries it took."""
    client: Any = hour(number)
    client.queries.clear()
    table = Table(client=client, name="rollups", executor=InlineExecutor())
    lists = Lists(counted=DynamoCountedList(table=table), ledger=None)  # type: ignore[arg-type]  # not asked
    found = messages(MessageFilter(since=NINE, until=END, **asked), lists, now=END)
    return found, len([each for each in client.queries if each.startswith("counted#2026-03-02T09")])


@pytest.mark.parametrize("number", NUMBERS)
def test_a_page_of_fifty_takes_eight_queries_an_hour_and_few_read_units(number: int) -> None:
    found, queries = page(number)

    newest = [f"{n:044}" for n in range(number - 1, number - 51, -1)]
    assert newest == [row.id for row in found.rows]
    assert 8 == queries
    assert found.units <= 12


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_nowhere_is_looked_for_at_five_hundred_units(number: int) -> None:
    found, _ = page(number, states=frozenset({State.COMPLAINED}))

    assert () == found.rows
    assert (found.cursor is not None) == (number == 100_000)
    assert found.units <= 500 + 50
    looked_at = END - found.looked_back_to
    assert looked_at >= timedelta(minutes=6)
