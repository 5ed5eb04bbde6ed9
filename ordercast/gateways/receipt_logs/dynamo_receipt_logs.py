"""Read and merge receipt logs in the receipts table. The workflows' `ReceiptLogs`.

A log is written only if it is unchanged since it was read (optimistic lock), so no event is lost.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from msgspec import Struct

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import Item, millis, text
from ordercast.gateways.dynamodb.table import (
    KEYS_A_CALL,
    ROUNDS,
    Statement,
    Table,
    insist,
    translated,
)
from ordercast.gateways.receipt_logs import items as receipt_log_item
from ordercast.receipts.receipt_log import ReceiptLog, join

Seen = tuple[ReceiptLog | None, ReceiptLog]


class DynamoReceiptLogs(Struct, frozen=True, kw_only=True):
    """The receipt logs in DynamoDB."""

    table: Table

    def find(self, message_ids: AbstractSet[str]) -> dict[str, ReceiptLog]:
        """Return the receipt logs that exist."""
        items = self.table.get([receipt_log_item.key(each) for each in sorted(message_ids)])
        return {
            receipt_log.message_id: receipt_log for receipt_log in map(receipt_log_item.read, items)
        }

    def join(self, receipt_logs: Sequence[ReceiptLog]) -> list[ReceiptLog]:
        """Merge each into the stored log, usually there is none; return the stored result for each."""
        stored: dict[str, ReceiptLog] = {}
        seen: dict[str, ReceiptLog] = {}
        waiting = list(receipt_logs)
        for _ in range(ROUNDS):
            joined = [join(seen.get(each.message_id), each) for each in waiting]
            written = self.change([(seen.get(each.message_id), each) for each in joined])
            stored |= {each.message_id: each for each in joined if each.message_id in written}
            waiting = [each for each in waiting if each.message_id not in written]
            if not waiting:
                return [stored[each.message_id] for each in receipt_logs]
            seen = self.find({each.message_id for each in waiting})
        raise LedgerUnavailable("a receipt log changes faster than it can be written")

    def change(self, changes: Sequence[Seen]) -> set[str]:
        """Write each where it is still as it was seen, or still absent; answer the ids that are so.

        What is to be as it was seen is not written.
        """
        news = [(seen, new) for seen, new in changes if seen != new]
        answers = self.table.execute([self._statement(seen, new) for seen, new in news])
        insist(answers)
        refused = {new.message_id for (_, new), a in zip(news, answers, strict=True) if a.refused}
        return {new.message_id for _, new in changes} - refused

    def due(self, shards: Sequence[int], *, now: datetime, limit: int) -> list[str]:
        """Return up to *limit* message ids of *shards* that are due, oldest first."""
        partitions = receipt_log_item.partitions(receipt_log_item.DUE, shards)
        keys = self.table.due(receipt_log_item.DUE_INDEX, partitions, until=now, limit=limit)
        return list(_ids(keys))

    def unattributed(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]:
        """Return, by the page, logs of that time whose message this stage did not send."""
        shards = receipt_log_item.partitions(receipt_log_item.UNATTRIBUTED)
        for page in self._between(shards, since, until):
            yield [receipt_log for receipt_log in page if receipt_log.unattributed]

    def orphans(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]:
        """Return, by the page, logs due in that time whose sender is not known."""
        waiting = receipt_log_item.partitions(receipt_log_item.DUE)
        given_up = receipt_log_item.partitions(receipt_log_item.UNATTRIBUTED)
        for page in self._between([*waiting, *given_up], since, until):
            yield [receipt_log for receipt_log in page if receipt_log.notification_id is None]

    def sent_since(self, since: datetime) -> Iterator[list[ReceiptLog]]:
        """Return, by the page, logs of messages that a provider took from *since* on: reads the whole table."""
        pages = self.table.client.get_paginator("scan").paginate(
            TableName=self.table.name,
            FilterExpression="sent_at >= :since",
            ExpressionAttributeValues={":since": millis(since)},
            ConsistentRead=True,
        )
        with translated():
            for page in pages:
                yield [receipt_log_item.read(item) for item in page["Items"]]

    def _between(
        self, shards: Iterable[str], since: datetime, until: datetime
    ) -> Iterator[list[ReceiptLog]]:
        for shard in shards:
            pages = self.table.client.get_paginator("query").paginate(
                TableName=self.table.name,
                IndexName=receipt_log_item.DUE_INDEX,
                KeyConditionExpression="due_shard = :shard AND due_at BETWEEN :since AND :until",
                ExpressionAttributeValues={
                    ":shard": text(shard),
                    ":since": millis(since),
                    ":until": millis(until),
                },
                PaginationConfig={"PageSize": KEYS_A_CALL},
            )
            with translated():
                for page in pages:
                    yield list(self.find(set(_ids(page["Items"]))).values())

    def _statement(self, seen: ReceiptLog | None, new: ReceiptLog) -> Statement:
        if seen is None:
            return partiql.insert(self.table.name, receipt_log_item.write(new))
        key, write = receipt_log_item.key(new.message_id), receipt_log_item.write
        return partiql.change(self.table.name, key, write(seen), write(new))


def _ids(items: Iterable[Item]) -> Iterator[str]:
    return (str(item["message_id"]["S"]) for item in items)
