"""List notifications by failure, customer or address, newest first, from the ledger's indexes. Used by the queries."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from typing import Any

from msgspec import Struct

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb.codec import Item, millis, text, time_from_millis
from ordercast.gateways.dynamodb.newest_first import newest_first
from ordercast.gateways.dynamodb.table import ROUNDS, Table, translated
from ordercast.gateways.ledger import index_keys
from ordercast.gateways.ledger.keys import id_of
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.places import moment_of, place_of
from ordercast.rollups.listed import ListedNotification, ReadUnits, listed_input
from ordercast.rollups.rollup import short

ROWS_A_CALL = 25
"""Rows that are read at a time, of those that an index names."""

_A_ROW = 0.5  # read units: a row takes 4 KB at most, but for orders of hundreds of items


class DynamoLedgerLists(Struct, frozen=True, kw_only=True):
    """The ledger's indexes, as lists."""

    table: Table

    def failed(
        self, states: Collection[State], day: date, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        """Yield what came to one of *states* on *day* (UTC) and is in it still; reads no rows.

        It takes `FAILURE_SHARDS` queries for each state. Raises `LedgerUnavailable`.
        """
        queries = [
            _query(index_keys.FAILURE_INDEX, index_keys.FAILURE, partition, before)
            for state in sorted(states)
            for partition in index_keys.failure_partitions(state, day)
        ]
        for item in self._newest_first(queries, units):
            if _place(item) < before:
                yield _failed(item)

    def of_customer(
        self, customer: str, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        """Yield a customer's notifications, as they are by now. Raises `LedgerUnavailable`."""
        return self._of_one(index_keys.CUSTOMER_INDEX, "person", customer, before, units)

    def of_address(
        self, address: str, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        """Yield an address's notifications, as they are by now. Raises `LedgerUnavailable`."""
        key = index_keys.shortened(address)
        return self._of_one(index_keys.ADDRESS_INDEX, index_keys.ADDRESS, key, before, units)

    def _of_one(
        self, index: str, attribute: str, value: str, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        query = _query(index, attribute, value, before)
        named = (item for item in self._newest_first([query], units) if _place(item) < before)
        while keys := list(islice(named, ROWS_A_CALL)):
            rows = self._read(keys, units)
            yield from sorted(rows, key=lambda row: row.place, reverse=True)

    def _newest_first(
        self, queries: Sequence[Mapping[str, Any]], units: ReadUnits
    ) -> Iterator[Item]:
        """Yield items by place: those of one instant are in any order in an index."""
        merged = newest_first(self.table, queries, units, by=_millis)
        for _, same in groupby(merged, key=_millis):
            yield from sorted(same, key=_place, reverse=True)

    def _read(self, keys: Sequence[Item], units: ReadUnits) -> list[ListedNotification]:
        """Read the rows that an index names, as they are by now."""
        wanted: Any = {
            self.table.name: {"Keys": [{"pk": key["pk"], "sk": key["sk"]} for key in keys]}
        }
        found: list[Item] = []
        for _ in range(ROUNDS):
            with translated():
                answer = self.table.client.batch_get_item(RequestItems=wanted)
            read = answer["Responses"].get(self.table.name, ())
            units.take(_A_ROW * len(read))
            found += read
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return [listed_input(rollup_input_of(item)) for item in found]
        raise LedgerUnavailable("rows were left unread")


def _query(index: str, attribute: str, value: str, before: str) -> dict[str, Any]:
    return {
        "IndexName": index,
        "KeyConditionExpression": "#of = :of AND effective_at <= :until",
        "ExpressionAttributeNames": {"#of": attribute},
        "ExpressionAttributeValues": {":of": text(value), ":until": millis(moment_of(before))},
    }


def _millis(item: Item) -> int:
    return int(item["effective_at"]["N"])


def _place(item: Item) -> str:
    return place_of(time_from_millis(item["effective_at"]), id_of(item))


def _failed(item: Item) -> ListedNotification:
    """Read what the index of failures holds of a row."""
    held = {name: item[name]["S"] for name in index_keys.LISTED if name in item}
    return ListedNotification(
        id=id_of(item),
        at=time_from_millis(item["effective_at"]),
        state=item[index_keys.FAILURE]["S"].partition("#")[0],
        rule=held.get("rule"),
        channel=held["channel"],
        country=held.get("country"),
        template=held["template"],
        campaign=short(held.get("campaign")),
        shop=short(held.get("shop")),
    )
