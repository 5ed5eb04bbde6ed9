"""Read what counts of the ledger's rows, by id or by scan. Used by the reconciliation and the export."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.events.identity import is_notification_id
from ordercast.gateways.dynamodb.codec import Item, millis, text
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.ledger.keys import SORT_KEY_PREFIX, key
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.rollups.rollup import RollupInput

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import ScanOutputTypeDef

SEGMENTS = 8  # of a scan, side by side


class DynamoRollupInputs(Struct, frozen=True, kw_only=True):
    """The rollup inputs of the ledger's rows."""

    table: Table

    def rollup_inputs(self, ids: Iterable[str]) -> dict[str, RollupInput]:
        """Return the rollup inputs of those that exist, by id, as of now."""
        keys = [key(each) for each in ids if is_notification_id(each)]
        return {row.id: row for row in map(rollup_input_of, self.table.get(keys))}

    def scan(self, since: datetime, until: datetime) -> Iterator[RollupInput]:
        """Return every rollup input whose `effective_at` is from *since* on and before *until*.

        It reads the whole table: half a read unit for each 4 KB of it, whatever the span.
        """
        return map(rollup_input_of, self.scan_items(since, until))

    def scan_items(self, since: datetime, until: datetime) -> Iterator[Item]:
        """Yield the items of `scan`, a page of every segment at a time."""
        segments = [self._segment(number, since, until) for number in range(SEGMENTS)]
        return (item for page in self.table.side_by_side(segments) for item in page)

    def _segment(
        self, number: int, since: datetime, until: datetime
    ) -> "Iterable[ScanOutputTypeDef]":
        return self.table.client.get_paginator("scan").paginate(
            TableName=self.table.name,
            Segment=number,
            TotalSegments=SEGMENTS,
            FilterExpression="begins_with(sk, :row) AND effective_at >= :since"
            " AND effective_at < :until",
            ExpressionAttributeValues={
                ":row": text(SORT_KEY_PREFIX),
                ":since": millis(since),
                ":until": millis(until),
            },
        )
