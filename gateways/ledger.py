"""Batches of notifications, claims, settlements and receipts in, the ledger table's writes out.

Every write is one PartiQL statement with its own condition: a refused condition is an answer.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gateways import ledger_item
from gateways.dynamodb import Item, Statement, Table, text
from gateways.ledger_item import DUE_SHARDS, id_of, key, millis
from notifications.errors import LedgerUnavailable
from notifications.lifecycle import FINAL, State, outranked_by
from notifications.notification import Notification
from notifications.outcome import Settlement
from notifications.receipt import Receipt

DUE_INDEX = "due"

_KEY = '"pk"=? AND "sk"=?'
_CHANGED = 'SET "version"="version"+1'
_NO_LONGER_DUE = 'REMOVE "due_shard" REMOVE "due_at"'


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLedger:
    """The ledger, in DynamoDB."""

    table: Table

    def enter(self, notifications: Sequence[Notification]) -> list[Notification]:
        """Insert each that is not there yet; answer the row as it now stands, for each."""
        answers = self.table.execute([self._insert(n) for n in notifications])
        pairs = list(zip(notifications, answers, strict=True))
        there_before = self.read(frozenset(n.id for n, answer in pairs if answer.refused))
        return [there_before.get(n.id, n) for n, _ in pairs]

    def read(self, ids: AbstractSet[str]) -> dict[str, Notification]:
        """Return the rows that there are, as of now."""
        rows = [ledger_item.read(item) for item in self.table.get([key(i) for i in sorted(ids)])]
        return {row.id: row for row in rows}

    def of_order(self, partition: str) -> list[Notification]:
        """Return an order's notifications, oldest first; *partition* is its `order_hash`."""
        items: list[Item] = []
        pages = self.table.client.get_paginator("query").paginate(
            TableName=self.table.name,
            KeyConditionExpression="pk = :order AND begins_with(sk, :notifications)",
            ExpressionAttributeValues={
                ":order": text(partition),
                ":notifications": text(ledger_item.SORT_KEY_PREFIX),
            },
            ConsistentRead=True,
        )
        try:
            for page in pages:
                items += page["Items"]
        except (BotoCoreError, ClientError) as error:
            message = f"{type(error).__name__} on an order's rows"
            raise LedgerUnavailable(message) from error
        return sorted(map(ledger_item.read, items), key=lambda row: (row.accepted_at, row.id))

    def claim(
        self, ids: Sequence[str], *, owner: str, lease_until: datetime
    ) -> dict[str, Notification]:
        """Move each from requested to sending for *owner*; answer those that are now its own."""
        statements = [self._claim(each, owner, lease_until) for each in ids]
        answers = self.table.execute(statements)
        mine = [ledger_item.read(answer.item) for answer in answers if answer.item]
        refused = [i for i, answer in zip(ids, answers, strict=True) if answer.refused]
        # Refused, and yet ours: the SDK repeated a call whose first answer was lost.
        again = [row for row in self.read(frozenset(refused)).values() if row.owner == owner]
        return {row.id: row for row in mine + again}

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """End each claim, where its owner still holds it."""
        answers = self.table.execute([self._settle(each) for each in settlements])
        # A receipt was faster than we: its state stands, and we add what only we know.
        outrun = [
            each
            for each, answer in zip(settlements, answers, strict=True)
            if answer.refused and each.outcome.message_id
        ]
        self.table.execute([self._complete(each) for each in outrun])

    def apply(self, facts: Mapping[str, Receipt], *, at: datetime) -> set[str]:
        """Raise each notification to what its receipt says, if that outranks what is known."""
        answers = self.table.execute([self._raise(i, fact, at) for i, fact in facts.items()])
        return {i for i, answer in zip(facts, answers, strict=True) if not answer.refused}

    def due(self, *, now: datetime, limit: int) -> list[str]:
        """Return up to *limit* ids that the sweeper is to look at, from every shard."""
        share = -(-limit // DUE_SHARDS)
        shards = [f"due-{shard}" for shard in range(DUE_SHARDS)]
        try:
            pages = self.table.executor.map(lambda s: self._due(s, now, share), shards)
            return [i for page in pages for i in page][:limit]
        except (BotoCoreError, ClientError) as error:
            message = f"{type(error).__name__} on the due index"
            raise LedgerUnavailable(message) from error

    def postpone(self, looks: Sequence[tuple[Notification, datetime]]) -> set[str]:
        """Set when each is looked at next; answer those nobody else had postponed meanwhile."""
        due = [(row, row.due_at, then) for row, then in looks if row.due_at]
        answers = self.table.execute([self._postpone(row.id, at, then) for row, at, then in due])
        return {
            row.id for (row, _, _), answer in zip(due, answers, strict=True) if not answer.refused
        }

    def _insert(self, notification: Notification) -> Statement:
        item = ledger_item.write(notification)
        names = ", ".join(f"'{name}': ?" for name in item)
        return Statement(
            text=f'INSERT INTO "{self.table.name}" VALUE {{{names}}}',
            parameters=list(item.values()),
        )

    def _claim(self, notification_id: str, owner: str, lease_until: datetime) -> Statement:
        return self._update(
            notification_id,
            set_={
                "state": text(State.SENDING),
                "owner": text(owner),
                "lease_until": millis(lease_until),
            },
            also=f'{_CHANGED} SET "attempts"="attempts"+1',
            where={"state": [text(State.REQUESTED)]},
            returning="RETURNING ALL NEW *",
        )

    def _settle(self, settlement: Settlement) -> Statement:
        outcome = settlement.outcome
        verdict, removed = _verdict(outcome.state, outcome.reason, settlement.at)
        return self._update(
            settlement.notification.id,
            set_={**verdict, **_learnt(settlement)},
            also=f'{_CHANGED} REMOVE "lease_until" {removed}',
            where={"owner": [text(settlement.owner)], "state": [text(State.SENDING)]},
        )

    def _complete(self, settlement: Settlement) -> Statement:
        return self._update(
            settlement.notification.id,
            set_=_learnt(settlement),
            also=f'{_CHANGED} REMOVE "lease_until"',
            where={"owner": [text(settlement.owner)]},
        )

    def _raise(self, notification_id: str, fact: Receipt, at: datetime) -> Statement:
        verdict, removed = _verdict(fact.state, fact.reason, at)
        return self._update(
            notification_id,
            set_=verdict,
            also=f"{_CHANGED} {removed}",
            where={"state": [text(state) for state in outranked_by(fact.state, fact.channel)]},
        )

    def _postpone(self, notification_id: str, at: datetime, then: datetime) -> Statement:
        return self._update(
            notification_id,
            set_={"due_at": millis(then)},
            also=f'{_CHANGED} SET "sweeps"="sweeps"+1',
            where={"due_at": [millis(at)]},
        )

    def _update(
        self,
        notification_id: str,
        *,
        set_: Mapping[str, Mapping[str, Any]],
        also: str,
        where: Mapping[str, Sequence[Mapping[str, Any]]],
        returning: str = "",
    ) -> Statement:
        changes = " ".join(f'SET "{name}"=?' for name in set_)
        conditions = " AND ".join(
            f'"{name}" IN [{", ".join("?" * len(values))}]' for name, values in where.items()
        )
        return Statement(
            text=f'UPDATE "{self.table.name}" {changes} {also} WHERE {_KEY} AND {conditions}'
            f" {returning}".rstrip(),
            parameters=[
                *set_.values(),
                *key(notification_id).values(),
                *(value for values in where.values() for value in values),
            ],
        )

    def _due(self, shard: str, now: datetime, limit: int) -> list[str]:
        response = self.table.client.query(
            TableName=self.table.name,
            IndexName=DUE_INDEX,
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": text(shard), ":now": millis(now)},
            Limit=limit,
        )
        return [id_of(item) for item in response["Items"]]


def _verdict(
    state: State, reason: str | None, at: datetime
) -> tuple[dict[str, Mapping[str, Any]], str]:
    """Return what a new state sets and removes: with the old state goes the old reason."""
    final = state in FINAL
    rule = {"rule": text(reason)} if reason else {}
    closed = {"closed_at": millis(at)} if final else {}
    removed = ["" if reason else 'REMOVE "rule"', _NO_LONGER_DUE if final else ""]
    return {"state": text(state), **rule, **closed}, " ".join(removed).strip()


def _learnt(settlement: Settlement) -> dict[str, Mapping[str, Any]]:
    """Return what only the provider's answer tells: the message's id, and when it was sent."""
    message_id = settlement.outcome.message_id
    if message_id is None:
        return {}
    return {"message_id": text(message_id), "sent_at": millis(settlement.at)}
