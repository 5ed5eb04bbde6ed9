"""Keep the audit trail in the ledger table, in a partition for each month (UTC). Used by operators' commands.

Items are inserted and never changed. An act's two items stand side by side, by its time and tag.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from msgspec import Struct

from ordercast.audit import KEPT, Act, Recorded, Verb, shortened
from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import INSTANT, TEXT, TTL, Fields, Item, text, text_of
from ordercast.gateways.dynamodb.table import Table, insist, translated

_PREFIX = "audit#"
_INTENT, _OUTCOME = "intent", "outcome"
_PAGE = 200
_DAY = timedelta(days=1)

_ACT = Fields.of(
    {
        "verb": text_of(Verb),
        **dict.fromkeys(("of", "by", "tag"), TEXT),
        "at": INSTANT,
        "reason": TEXT,
    }
)


class DynamoAuditTrail(Struct, frozen=True, kw_only=True):
    """The audit trail in DynamoDB."""

    table: Table

    def intend(self, act: Act) -> None:
        """Insert an act before it is done."""
        self._insert(act, _INTENT, _ACT.write(act))

    def end(self, act: Act, outcome: str) -> None:
        """Insert what came of an act, in the month in which it began."""
        self._insert(act, _OUTCOME, {"outcome": text(shortened(outcome))})

    def newest(self, *, until: datetime, since: datetime, limit: int) -> list[Recorded]:
        """Return up to *limit* acts of that time, the newest first."""
        with translated():
            return list(islice(self._read(until, since), limit))

    def _insert(self, act: Act, part: str, item: Item) -> None:
        key = {"pk": text(_month(act.at)), "sk": text(f"{_place(act.at)}#{act.tag}#{part}")}
        ttl = {"ttl": TTL.write(act.at + KEPT)}
        insist(self.table.execute([partiql.insert(self.table.name, {**key, **item, **ttl})]))

    def _read(self, until: datetime, since: datetime) -> Iterator[Recorded]:
        outcomes: dict[str, str] = {}
        for item in self._items(until, since):
            of, _, part = item["sk"]["S"].rpartition("#")
            # Of the two items, the outcome comes first in this order.
            if part == _OUTCOME:
                outcomes = {of: item["outcome"]["S"]}
            else:
                yield Recorded(act=Act(**_ACT.read(item)), outcome=outcomes.get(of))

    def _items(self, until: datetime, since: datetime) -> Iterator[Item]:
        begins, month = max(since, until - KEPT).astimezone(UTC), until.astimezone(UTC)
        while (month.year, month.month) >= (begins.year, begins.month):
            pages = self.table.client.get_paginator("query").paginate(
                TableName=self.table.name,
                KeyConditionExpression="pk = :month AND sk BETWEEN :since AND :until",
                ExpressionAttributeValues={
                    ":month": text(_month(month)),
                    ":since": text(_place(begins)),
                    ":until": text(_place(until)),
                },
                ScanIndexForward=False,
                ConsistentRead=True,
                PaginationConfig={"PageSize": _PAGE},
            )
            for page in pages:
                yield from page["Items"]
            month = month.replace(day=1) - _DAY


def _month(at: datetime) -> str:
    return f"{_PREFIX}{at.astimezone(UTC):%Y-%m}"


def _place(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
