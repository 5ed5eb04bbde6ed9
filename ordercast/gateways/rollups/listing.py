"""List what was counted of an hour, newest first, and find the hours that have any. Used by the queries."""

import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from ordercast.gateways.dynamodb.codec import text
from ordercast.gateways.dynamodb.newest_first import newest_first
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.rollups import items as rollup_item
from ordercast.rollups.listed import ListedNotification, ReadUnits, listed_counted

_HOUR, _DAY = len("2026-03-02T09"), len("2026-03-02")
_FIRST_TIME = "0"  # before all times, and behind `#`, with which what has no time begins


class DynamoCountedList(Struct, frozen=True, kw_only=True):
    """The counted notifications in DynamoDB, seconds late, as lists."""

    table: Table

    def of_hour(self, hour: str, *, before: str, units: ReadUnits) -> Iterator[ListedNotification]:
        """Yield an hour's notifications, the newest before the place *before* first.

        It takes `rollup_item.SHARDS` queries, and more as it is read on. Raises `LedgerUnavailable`.
        """
        until = before[_HOUR + 1 :] if before[:_HOUR] == hour else "9"
        queries = [
            _between(partition, _FIRST_TIME, until)
            for partition in rollup_item.counted_partitions(hour)
        ]
        for item in newest_first(self.table, queries, units, by=lambda item: item["sk"]["S"]):
            if f"{hour}:{item['sk']['S']}" < before:
                yield listed_counted(*rollup_item.read_counted(item))

    def newest_hour(self, last: str, *, units: ReadUnits) -> str | None:
        """Return the newest hour of a day, up to the hour *last*, in which anything was counted.

        It takes a query for each writer of buckets; None if there is none. Raises `LedgerUnavailable`.
        """
        day, hour = last[:_DAY], last[_DAY + 1 :]
        queries = [
            {**_between(partition, "[", f'["{hour}~'), "Limit": 1}
            for partition in rollup_item.bucket_partitions(day)
        ]
        found = newest_first(self.table, queries, units, by=lambda item: item["sk"]["S"])
        newest = next(found, None)
        return f"{day}T{json.loads(newest['sk']['S'])[0]}" if newest else None


def _between(partition: str, first: str, last: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "pk = :partition AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":partition": text(partition),
            ":first": text(first),
            ":last": text(last),
        },
    }
