"""Read the ledger and customers tables by key, order, customer, failure or due time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult, Pauses
from ordercast.gateways.dynamodb.codec import Item, millis, text
from ordercast.gateways.dynamodb.table import KEYS_A_CALL, Located, Table, translated
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger.indexes import (
    CUSTOMER_INDEX,
    DUE_INDEX,
    DUE_SHARDS,
    FAILURE,
    FAILURE_INDEX,
    failure_partitions,
)
from ordercast.gateways.ledger.items import PAUSES_KEY, decision_key, id_of, key, latest_status_key
from ordercast.gateways.people import items as people_item
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, QueryOutputTypeDef


def look_up(ledger: Table, customers: Table | None, wanted: LookupKeys) -> LookupResult:
    """Read all of it side by side, in as few calls as it fits into."""
    keys: list[Located] = [
        *((ledger.name, decision_key(each)) for each in sorted(wanted.decisions)),
        *((ledger.name, latest_status_key(each)) for each in sorted(wanted.latest_statuses)),
        *((ledger.name, key(each)) for each in sorted(wanted.notifications)),
        *([(ledger.name, PAUSES_KEY)] if wanted.pauses else []),
    ]
    if wanted.people:
        if customers is None:
            # Never an empty answer: an unknown person has refused nothing.
            raise LookupError("people are wanted of a ledger without a table of customers")
        keys += [(customers.name, people_item.key(each)) for each in sorted(wanted.people)]
    items = ledger.get_anywhere(keys)
    return _found(
        [item for name, item in items if name == ledger.name],
        [item for name, item in items if name != ledger.name],
    )


def of_order(ledger: Table, partition: str) -> list[Notification]:
    """Return an order's notifications, oldest first."""
    items = _of_partition(ledger, partition, ledger_item.SORT_KEY_PREFIX)
    return sorted(map(ledger_item.read, items), key=lambda row: (row.accepted_at, row.id))


def decisions_of(ledger: Table, partition: str) -> list[Decision]:
    """Return the decisions of an order's events, oldest first."""
    items = _of_partition(ledger, partition, ledger_item.DECISION_PREFIX)
    return sorted(
        map(ledger_item.read_decision, items), key=lambda each: (each.accepted_at, each.event)
    )


def _of_partition(ledger: Table, partition: str, prefix: str) -> list[Item]:
    pages = ledger.client.get_paginator("query").paginate(
        TableName=ledger.name,
        KeyConditionExpression="pk = :order AND begins_with(sk, :prefix)",
        ExpressionAttributeValues={
            ":order": text(partition),
            ":prefix": text(prefix),
        },
        ConsistentRead=True,
    )
    with translated():
        return [item for page in pages for item in page["Items"]]


def of_customer(ledger: Table, person: str) -> Iterator[list[Notification]]:
    """Return a customer's notifications, newest first, by the page; *person* is a `customer_key`."""
    query: QueryInputTypeDef = {
        "TableName": ledger.name,
        "IndexName": CUSTOMER_INDEX,
        "KeyConditionExpression": "person = :person",
        "ExpressionAttributeValues": {":person": text(person)},
        "ScanIndexForward": False,
        "Limit": KEYS_A_CALL,
    }
    while True:
        page = _asked(ledger, query)
        yield _rows(ledger, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def failures(ledger: Table, state: State, day: date) -> Iterator[list[Notification]]:
    """Return what came to *state* on *day* and is in it still, in no order, by the page."""
    queries: list[QueryInputTypeDef] = [
        {
            "TableName": ledger.name,
            "IndexName": FAILURE_INDEX,
            "KeyConditionExpression": f"{FAILURE} = :partition",
            "ExpressionAttributeValues": {":partition": text(partition)},
            "Limit": KEYS_A_CALL,
        }
        for partition in failure_partitions(state, day)
    ]
    while queries:
        pages = list(ledger.executor.map(partial(_asked, ledger), queries))
        keys = [item for page in pages for item in page["Items"]]
        for start in range(0, len(keys), KEYS_A_CALL):
            rows = _rows(ledger, keys[start : start + KEYS_A_CALL])
            # The index is a little late: it may name what has been resolved since.
            yield [row for row in rows if row.state is state]
        queries = [
            {**query, "ExclusiveStartKey": page["LastEvaluatedKey"]}
            for query, page in zip(queries, pages, strict=True)
            if "LastEvaluatedKey" in page
        ]


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
    return [id_of(item) for item in _asked(ledger, query)["Items"]]


def _asked(ledger: Table, query: "QueryInputTypeDef") -> "QueryOutputTypeDef":
    with translated():
        return ledger.client.query(**query)


def _rows(ledger: Table, keys: Iterable[Item]) -> list[Notification]:
    """Read what an index names, in its order, as it is by now."""
    ids = [id_of(each) for each in keys]
    wanted = LookupKeys(notifications=frozenset(ids))
    there = look_up(ledger, None, wanted).notifications
    return [there[each] for each in ids if each in there]


def _found(rows: Sequence[Item], people: Sequence[Item]) -> LookupResult:
    decisions = [ledger_item.read_decision(item) for item in rows if ledger_item.is_decision(item)]
    latest_statuses = [
        ledger_item.read_latest_status(item) for item in rows if ledger_item.is_latest_status(item)
    ]
    found = [ledger_item.read(item) for item in rows if ledger_item.is_notification(item)]
    pauses = [ledger_item.read_pauses(item) for item in rows if ledger_item.is_pauses(item)]
    return LookupResult(
        decisions={(each.order, each.event): each for each in decisions},
        latest_statuses={(each.order, each.channel): each for each in latest_statuses},
        people={each.key: each for each in map(people_item.read, people)},
        notifications={each.id: each for each in found},
        pauses=pauses[0] if pauses else Pauses(),
    )
