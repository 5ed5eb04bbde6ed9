"""Read the ledger and customers tables by key, order, customer, failure or due time. Used by the ledger gateway."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.gateways.budgets import limits as limits_item
from ordercast.gateways.dynamodb.codec import INSTANT, Item, text
from ordercast.gateways.dynamodb.table import KEYS_A_CALL, Located, Table, translated
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger import keys
from ordercast.gateways.ledger import route_scores as scores_item
from ordercast.gateways.ledger.index_keys import (
    ADDRESS,
    ADDRESS_INDEX,
    CUSTOMER_INDEX,
    DUE_INDEX,
    FAILURE,
    FAILURE_INDEX,
    failure_partitions,
    shortened,
)
from ordercast.gateways.ledger.keys import HOLDS_KEY, decision_key, id_of, key, latest_status_key
from ordercast.gateways.people import items as people_item
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.opening import HoldRecord
from ordercast.people.person import address_of
from ordercast.sending.due_partitions import Backlog, held_behind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef


class LedgerReads(Struct, frozen=True, kw_only=True):
    """The reads of the ledger; *customers* is needed only to look people up."""

    table: Table
    customers: Table | None = None

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read all of it, as of now, in as few calls as it fits into; what is not there is not answered."""
        ledger = self.table.name
        keys: list[Located] = [
            *((ledger, decision_key(each)) for each in sorted(wanted.decisions)),
            *((ledger, latest_status_key(each)) for each in sorted(wanted.latest_statuses)),
            *((ledger, key(each)) for each in sorted(wanted.notifications)),
            *([(ledger, HOLDS_KEY)] if wanted.holds else []),
            *([(ledger, limits_item.LIMITS_KEY)] if wanted.budgets else []),
            *([(ledger, scores_item.SCORES_KEY)] if wanted.route_scores else []),
        ]
        if wanted.people:
            if self.customers is None:
                # Never an empty answer: an unknown person has refused nothing.
                raise LookupError("people are wanted of a ledger without a table of customers")
            name = self.customers.name
            keys += [(name, people_item.key(each)) for each in sorted(wanted.people)]
        items = self.table.get_anywhere(keys)
        found = _found(
            (item for name, item in items if name == ledger),
            (item for name, item in items if name != ledger),
        )
        # Without the item no channel is opened.
        unopened = wanted.holds and not found.holds and not found.opened
        return replace(found, holds=HoldRecord().holds) if unopened else found

    def of_order(self, partition: str) -> list[Notification]:
        """Return an order's notifications, oldest first; *partition* is its `order_hash`."""
        items = self._of_partition(partition, keys.SORT_KEY_PREFIX)
        return sorted(map(ledger_item.read, items), key=lambda row: (row.effective_at, row.id))

    def decisions_of(self, partition: str) -> list[Decision]:
        """Return the decisions of an order's events, oldest first; they outlive its notifications."""
        items = self._of_partition(partition, keys.DECISION_PREFIX)
        decisions = map(ledger_item.read_decision, items)
        return sorted(decisions, key=lambda each: (each.accepted_at, each.event))

    def of_customer(self, person: str) -> Iterator[list[Notification]]:
        """Return a customer's notifications, newest first, by the page; *person* is a `customer_key`.

        A page is read when it is asked for, and may be empty. What was entered a moment ago may
        not be found yet.
        """
        return self._newest_first(self._of_index(CUSTOMER_INDEX, "person", person))

    def of_address(self, address: str) -> Iterator[list[Notification]]:
        """Return the notifications to an address, as `of_customer` does; *address* is an `address_key`."""
        pages = self._newest_first(self._of_index(ADDRESS_INDEX, ADDRESS, shortened(address)))
        return ([row for row in page if address_of(row) == address] for page in pages)

    def _newest_first(self, query: dict[str, Any]) -> Iterator[list[Notification]]:
        query = {**query, "ScanIndexForward": False}
        while True:
            page = self._ask(query)
            yield self._in_order(page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def failures(self, state: State, *, day: date) -> Iterator[list[Notification]]:
        """Return what came to *state*, one of `FAILURES`, on *day* (UTC) and is in it still.

        In no order, by the page, as `of_customer` does.
        """
        partitions = failure_partitions(state, day)
        queries = [self._of_index(FAILURE_INDEX, FAILURE, each) for each in partitions]
        while queries:
            pages = list(self.table.executor.map(self._ask, queries))
            keys = [item for page in pages for item in page["Items"]]
            for start in range(0, len(keys), KEYS_A_CALL):
                rows = self._in_order(keys[start : start + KEYS_A_CALL])
                # The index is a little late: it may name what has been resolved since.
                yield [row for row in rows if row.state is state]
            queries = [
                {**query, "ExclusiveStartKey": page["LastEvaluatedKey"]}
                for query, page in zip(queries, pages, strict=True)
                if "LastEvaluatedKey" in page
            ]

    def due(self, partitions: Sequence[str], *, until: datetime, limit: int) -> list[str]:
        """Return up to *limit* ids of *partitions* that are due by *until*, oldest first."""
        return list(map(id_of, self.table.due(DUE_INDEX, partitions, until=until, limit=limit)))

    def waiting_in(self, partition: str) -> Iterator[list[str]]:
        """Return, by the page, all ids that wait in *partition*, the first due first; a moment late."""
        query = self._of_index(DUE_INDEX, "due_shard", partition)
        while True:
            page = self._ask(query)
            yield list(map(id_of, page["Items"]))
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def backlog(
        self, partitions: Sequence[str], *, until: datetime, at_most: int
    ) -> dict[str, Backlog]:
        """Count what is due by *until* in each of *partitions* that has any."""

        def count(partition: str) -> tuple[int, Item] | None:
            return self.table.count_due(DUE_INDEX, partition, until=until, at_most=at_most)

        counted = zip(partitions, self.table.executor.map(count, partitions), strict=True)
        return {
            partition: Backlog(rows=found[0], oldest=INSTANT.read(found[1]["due_at"]))
            for partition, found in counted
            if found
        }

    def waiting(self, hold_ids: Sequence[str]) -> dict[str, int]:
        """Return how many notifications wait behind each hold; a moment late, as an index is."""
        return {
            each: sum(self.table.counts(DUE_INDEX, "due_shard", held_behind([each])))
            for each in hold_ids
        }

    def _of_partition(self, partition: str, prefix: str) -> list[Item]:
        pages = self.table.client.get_paginator("query").paginate(
            TableName=self.table.name,
            KeyConditionExpression="pk = :order AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":order": text(partition), ":prefix": text(prefix)},
            ConsistentRead=True,
        )
        with translated():
            return [item for page in pages for item in page["Items"]]

    def _of_index(self, index: str, attribute: str, partition: str) -> dict[str, Any]:
        return {
            "TableName": self.table.name,
            "IndexName": index,
            "KeyConditionExpression": "#of = :partition",
            "ExpressionAttributeNames": {"#of": attribute},
            "ExpressionAttributeValues": {":partition": text(partition)},
            "Limit": KEYS_A_CALL,
        }

    def _ask(self, query: dict[str, Any]) -> "QueryOutputTypeDef":
        with translated():
            return self.table.client.query(**query)

    def _in_order(self, keys: Iterable[Item]) -> list[Notification]:
        """Read what an index names, in its order, as it is by now."""
        ids = [id_of(each) for each in keys]
        there = self.look_up(LookupKeys(notifications=frozenset(ids))).notifications
        return [there[each] for each in ids if each in there]


def _found(rows: Iterable[Item], people: Iterable[Item]) -> LookupResult:
    kinds: defaultdict[str, list[Item]] = defaultdict(list)
    for item in rows:
        kinds[keys.kind_of(item)].append(item)
    decisions = map(ledger_item.read_decision, kinds[keys.DECISION_PREFIX])
    statuses = map(ledger_item.read_latest_status, kinds[keys.LATEST_STATUS_PREFIX])
    found = map(ledger_item.read, kinds[keys.SORT_KEY_PREFIX])
    holds = next(map(ledger_item.read_holds, kinds[keys.HOLDS]), None)
    return LookupResult(
        decisions={(each.order, each.event): each for each in decisions},
        latest_statuses={(each.order, each.channel): each for each in statuses},
        people={each.key: each for each in map(people_item.read, people)},
        notifications={each.id: each for each in found},
        holds=holds.holds if holds else (),
        opened=holds.opened if holds else (),
        limits=limits_item.read_limits(kinds[limits_item.LIMITS]),
        scored_routes=scores_item.read_scores(kinds[scores_item.SCORES]),
    )
