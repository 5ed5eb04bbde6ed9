"""Keys, an order or a time in, what the ledger and the customers' table have there out."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from gateways import ledger_item, people_item
from gateways.dynamodb import Item, Located, Table, millis, text, translated
from gateways.ledger_item import DUE_SHARDS, STOPS_KEY, head_key, id_of, key, mark_key
from notifications.knowledge import Found, Stops, Wanted
from notifications.notification import Notification

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

DUE_INDEX = "due"


def look_up(ledger: Table, customers: Table | None, wanted: Wanted) -> Found:
    """Read all of it side by side, in as few calls as it fits into."""
    keys: list[Located] = [
        *((ledger.name, mark_key(each)) for each in sorted(wanted.marks)),
        *((ledger.name, head_key(each)) for each in sorted(wanted.heads)),
        *((ledger.name, key(each)) for each in sorted(wanted.notifications)),
        *([(ledger.name, STOPS_KEY)] if wanted.stops else []),
    ]
    if wanted.people:
        if customers is None:
            # Never an empty answer: somebody unknown has refused nothing.
            raise LookupError("people are wanted of a ledger without a table of customers")
        keys += [(customers.name, people_item.key(each)) for each in sorted(wanted.people)]
    items = ledger.get_anywhere(keys)
    return _found(
        [item for name, item in items if name == ledger.name],
        [item for name, item in items if name != ledger.name],
    )


def of_order(ledger: Table, partition: str) -> list[Notification]:
    """Return an order's notifications, oldest first."""
    pages = ledger.client.get_paginator("query").paginate(
        TableName=ledger.name,
        KeyConditionExpression="pk = :order AND begins_with(sk, :notifications)",
        ExpressionAttributeValues={
            ":order": text(partition),
            ":notifications": text(ledger_item.SORT_KEY_PREFIX),
        },
        ConsistentRead=True,
    )
    with translated():
        rows = [ledger_item.read(item) for page in pages for item in page["Items"]]
    return sorted(rows, key=lambda row: (row.accepted_at, row.id))


def due(ledger: Table, *, now: datetime, limit: int) -> list[str]:
    """Return up to *limit* ids that the sweeper is to look at, from every shard."""
    share = -(-limit // DUE_SHARDS)
    shards = [f"due-{shard}" for shard in range(DUE_SHARDS)]
    pages = ledger.executor.map(partial(_due, ledger, now, share), shards)
    return [i for page in pages for i in page][:limit]


def _due(ledger: Table, now: datetime, limit: int, shard: str) -> list[str]:
    query: QueryInputTypeDef = {
        "TableName": ledger.name,
        "IndexName": DUE_INDEX,
        "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
        "ExpressionAttributeValues": {":shard": text(shard), ":now": millis(now)},
        "Limit": limit,
    }
    with translated():
        return [id_of(item) for item in ledger.client.query(**query)["Items"]]


def _found(rows: Sequence[Item], people: Sequence[Item]) -> Found:
    marks = [ledger_item.read_mark(item) for item in rows if ledger_item.is_mark(item)]
    heads = [ledger_item.read_head(item) for item in rows if ledger_item.is_head(item)]
    found = [ledger_item.read(item) for item in rows if ledger_item.is_notification(item)]
    stops = [ledger_item.read_stops(item) for item in rows if ledger_item.is_stops(item)]
    return Found(
        marks={(each.order, each.event): each for each in marks},
        heads={(each.order, each.channel): each for each in heads},
        people={each.key: each for each in map(people_item.read, people)},
        notifications={each.id: each for each in found},
        stops=stops[0] if stops else Stops(),
    )
