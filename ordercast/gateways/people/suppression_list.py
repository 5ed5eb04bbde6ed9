"""List suppressed addresses, newest first, from the customers table's index. Used by the queries of suppressions."""

from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from ordercast.gateways.dynamodb.codec import Item, text
from ordercast.gateways.dynamodb.newest_first import newest_first
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.people import items as people_item
from ordercast.gateways.people.items import (
    SUPPRESSED,
    SUPPRESSED_AT,
    SUPPRESSED_INDEX,
    SUPPRESSED_SHARDS,
)
from ordercast.people.person import Person
from ordercast.rollups.listed import ReadUnits

RECORDS_A_CALL = 25
"""Records that are read at a time, of those that the index names."""

_A_RECORD = 1.0  # read units: read consistently, 4 KB at most but for a customer of many addresses


class DynamoSuppressionList(Struct, frozen=True, kw_only=True):
    """The records of suppressed addresses, in DynamoDB."""

    table: Table

    def suppressed(self, *, before: str, units: ReadUnits) -> Iterator[Person]:
        """Yield the records of suppressed addresses before a place, newest evidence first.

        It takes `SUPPRESSED_SHARDS` queries for a page. Raises `LedgerUnavailable`.
        """
        queries = [
            {
                "IndexName": SUPPRESSED_INDEX,
                "KeyConditionExpression": "#of = :of AND #at < :before",
                "ExpressionAttributeNames": {"#of": SUPPRESSED, "#at": SUPPRESSED_AT},
                "ExpressionAttributeValues": {":of": text(str(shard)), ":before": text(before)},
            }
            for shard in range(SUPPRESSED_SHARDS)
        ]
        merged = newest_first(self.table, queries, units, by=_place)
        named = (item["person"]["S"] for item in merged)
        while keys := list(islice(named, RECORDS_A_CALL)):
            units.take(_A_RECORD * len(keys))
            found = {
                person.key: person
                for person in map(
                    people_item.read, self.table.get([people_item.key(each) for each in keys])
                )
            }
            yield from (found[each] for each in keys if each in found)


def _place(item: Item) -> str:
    return str(item[SUPPRESSED_AT]["S"])
