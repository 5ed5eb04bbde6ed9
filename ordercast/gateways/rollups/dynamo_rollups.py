"""Commit counting transactions to the rollups table, and read rollups back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from ordercast.budgets.account import BySlot
from ordercast.budgets.budget import Limits
from ordercast.gateways.budgets.limits import LIMITS_KEY, read_limits
from ordercast.gateways.dynamodb.codec import Item, text
from ordercast.gateways.dynamodb.table import BUGS, Table, Unacceptable
from ordercast.gateways.rollups import items as rollup_item
from ordercast.rollups.counting import Entry, Transaction
from ordercast.rollups.rollup import Amount, CountedPlaces, CountedVersion, RollupKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef


class DynamoRollups(Struct, frozen=True, kw_only=True):
    """The rollups, in DynamoDB; budgets are read from the table named *ledger*, where it is given."""

    table: Table
    ledger: str | None = None

    def known(self, places: CountedPlaces) -> tuple[dict[str, CountedVersion], Limits]:
        """Return what was last counted of each notification, and the budgets, in the same call."""
        keys = [(self.table.name, rollup_item.counted_key(*each)) for each in places.items()]
        limits = [(self.ledger, LIMITS_KEY)] if self.ledger else []
        items = self.table.get_anywhere([*keys, *limits])
        counted = [item for name, item in items if name == self.table.name]
        others = (item for name, item in items if name != self.table.name)
        return dict(map(rollup_item.read_counted, counted)), read_limits(others)

    def adjusted(self, keys: Sequence[str]) -> dict[str, BySlot]:
        """Return what counting has adjusted in each account so far, by slot."""
        items = self.table.get([each for key in keys for each in rollup_item.adjusted_keys(key)])
        return rollup_item.read_adjusted(items)

    def counted(self, places: CountedPlaces) -> dict[str, CountedVersion]:
        """Return what was last counted of each notification; *places* is by id."""
        keys = [rollup_item.counted_key(*each) for each in places.items()]
        return dict(map(rollup_item.read_counted, self.table.get(keys)))

    def commit(self, transactions: Sequence[Transaction], *, writer: int) -> list[bool]:
        """Carry out each transaction as a whole or not at all; answer which were.

        What was not met a condition that no longer holds, somebody else at the same item, or
        a failure: read again and try again. After a failure it may have been carried out all the same.
        Neighbours are given to different writers, since they may add to the same bucket.
        """
        numbered = enumerate(transactions, start=writer)
        return list(self.table.executor.map(lambda each: self._commit(*each), numbered))

    def counted_pages(self, hour: str) -> Iterator[dict[str, CountedVersion]]:
        """Yield everything that was counted of an hour, by notification id, by the page.

        A page of every partition is read at a time.
        """
        for page in self._pages(rollup_item.counted_partitions(hour)):
            yield dict(map(rollup_item.read_counted, page))

    def counted_partitions(self, hour: str) -> Sequence[str]:
        """Return the partitions of an hour's counted versions."""
        return rollup_item.counted_partitions(hour)

    def counted_in(self, partition: str) -> Iterator[dict[str, CountedVersion]]:
        """Yield what `counted_pages` does, of one partition."""
        for page in self._pages([partition]):
            yield dict(map(rollup_item.read_counted, page))

    def buckets(self, days: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        """Return the rollups of those days (UTC, `2026-03-02`)."""
        partitions = [each for day in days for each in rollup_item.bucket_partitions(day)]
        pages = self._pages(partitions)
        return rollup_item.read_buckets(item for page in pages for item in page)

    def of_hours(self, hours: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        """Return the rollups of those hours (UTC, `2026-03-02T09`), and read no others."""
        partitions = [
            self._partition(partition, begins=begins)
            for hour in hours
            for partition, begins in rollup_item.hour_partitions(hour)
        ]
        pages = self.table.side_by_side(partitions)
        return rollup_item.read_buckets(item for page in pages for item in page)

    def _commit(self, place: int, transaction: Transaction) -> bool:
        writer = place % rollup_item.WRITERS
        actions: list[Any] = [self._put(each) for each in transaction.entries]
        actions += [
            {
                "Update": {
                    "TableName": self.table.name,
                    "Key": rollup_item.bucket_key(bucket, writer),
                    **rollup_item.addition(amounts),
                }
            }
            for bucket, amounts in transaction.additions.items()
        ]
        actions += [
            {
                "Update": {
                    "TableName": self.table.name,
                    "Key": rollup_item.adjusted_keys(account)[writer],
                    **rollup_item.addition(slots),
                }
            }
            for account, slots in transaction.adjustments.items()
        ]
        try:
            self.table.client.transact_write_items(TransactItems=actions)
        except (BotoCoreError, ClientError) as error:
            _insist_it_may_pass(error)
            return False
        return True

    def _put(self, entry: Entry) -> dict[str, Any]:
        last = entry.last
        assumed: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if last is not None:
            assumed = {
                "ConditionExpression": "version = :assumed",
                "ExpressionAttributeValues": {":assumed": {"N": str(last.version)}},
            }
        item = rollup_item.write_counted(entry.rollup_input, entry.new)
        return {"Put": {"TableName": self.table.name, "Item": item, **assumed}}

    def _pages(self, partitions: Iterable[str]) -> Iterator[list[Item]]:
        return self.table.side_by_side(map(self._partition, partitions))

    def _partition(self, partition: str, *, begins: str = "") -> "Iterable[QueryOutputTypeDef]":
        """Query a partition, or what in it *begins* so."""
        named = {":partition": text(partition), **({":begins": text(begins)} if begins else {})}
        return self.table.client.get_paginator("query").paginate(
            TableName=self.table.name,
            KeyConditionExpression="pk = :partition"
            + (" AND begins_with(sk, :begins)" if begins else ""),
            ExpressionAttributeValues=named,
            ConsistentRead=True,
        )


def _insist_it_may_pass(error: BotoCoreError | ClientError) -> None:
    """Raise a bug of ours by its code alone: the SDK's text quotes what it was given."""
    if not isinstance(error, ClientError):
        return
    response: Mapping[str, Any] = error.response
    reasons = {each.get("Code") for each in response.get("CancellationReasons", ())}
    for code in sorted(BUGS & ({response["Error"]["Code"]} | reasons)):
        raise Unacceptable(code) from None
