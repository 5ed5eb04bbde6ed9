"""A ledger in memory, which refuses what DynamoDB would refuse."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from notifications.errors import LedgerUnavailable
from notifications.lifecycle import FINAL, State, outranked_by
from notifications.notification import Notification
from notifications.outcome import Settlement
from notifications.receipt import Receipt


class TwoStatementsOnOneKey(Exception):
    """DynamoDB refuses the whole bulk call, every statement in it (BatchExecuteStatement)."""


@dataclass(slots=True)
class FakeLedger:
    """Rows by id; a method named in `unavailable` raises instead of doing anything."""

    rows: dict[str, Notification] = field(default_factory=dict)
    unavailable: set[str] = field(default_factory=set)

    def enter(self, notifications: Sequence[Notification]) -> list[Notification]:
        self._call("enter", (n.id for n in notifications))
        return [self.rows.setdefault(n.id, n) for n in notifications]

    def read(self, ids: AbstractSet[str]) -> dict[str, Notification]:
        self._call("read", ids)
        return {i: self.rows[i] for i in sorted(ids) if i in self.rows}

    def claim(
        self, ids: Sequence[str], *, owner: str, lease_until: datetime
    ) -> dict[str, Notification]:
        self._call("claim", ids)
        for row in self._rows(ids):
            if row.state is State.REQUESTED:
                attempts = row.attempts + 1
                self._change(
                    row,
                    state=State.SENDING,
                    owner=owner,
                    lease_until=lease_until,
                    attempts=attempts,
                )
        # Asked again by the same owner, because an answer was lost, it is told the same again.
        return {row.id: row for row in self._rows(ids) if row.owner == owner}

    def settle(self, settlements: Sequence[Settlement]) -> None:
        self._call("settle", (s.notification.id for s in settlements))
        for settlement in settlements:
            for row in self._rows([settlement.notification.id]):
                if row.owner == settlement.owner:
                    self._settle(row, settlement)

    def apply(self, facts: Mapping[str, Receipt], *, at: datetime) -> set[str]:
        self._call("apply", facts)
        changed = set()
        for row in self._rows(facts):
            fact = facts[row.id]
            if row.state in outranked_by(fact.state, fact.channel):
                self._change(row, state=fact.state, rule=fact.reason, **_end(fact.state, at))
                changed.add(row.id)
        return changed

    def due(self, *, now: datetime, limit: int) -> list[str]:
        self._call("due", ())
        waiting = [(row.due_at, row.id) for row in self.rows.values() if row.due_at]
        return [i for due_at, i in sorted(waiting) if due_at <= now][:limit]

    def postpone(self, looks: Sequence[tuple[Notification, datetime]]) -> set[str]:
        self._call("postpone", (row.id for row, _ in looks))
        moved = set()
        for seen, then in looks:
            row = self.rows[seen.id]
            if row.due_at is not None and row.due_at == seen.due_at:
                self._change(row, due_at=then, sweeps=row.sweeps + 1)
                moved.add(row.id)
        return moved

    def _settle(self, row: Notification, settlement: Settlement) -> None:
        outcome = settlement.outcome
        sent = {"message_id": outcome.message_id, "sent_at": settlement.at}
        learnt = sent if outcome.message_id else {}
        if row.state is State.SENDING:
            end = _end(outcome.state, settlement.at)
            state = {"state": outcome.state, "rule": outcome.reason}
            self._change(row, lease_until=None, **state, **learnt, **end)
        elif learnt:
            # A receipt was faster: its state stands, and only what nobody else knows is added.
            self._change(row, lease_until=None, **learnt)

    def _change(self, row: Notification, **changes: Any) -> None:
        self.rows[row.id] = replace(row, version=row.version + 1, **changes)

    def _rows(self, ids: Iterable[str]) -> list[Notification]:
        return [self.rows[i] for i in ids if i in self.rows]

    def _call(self, method: str, keys: Iterable[str]) -> None:
        if method in self.unavailable:
            raise LedgerUnavailable(method)
        listed = list(keys)
        if len(listed) != len(set(listed)):
            raise TwoStatementsOnOneKey(method)


def _end(state: State, at: datetime) -> dict[str, datetime | None]:
    return {"closed_at": at, "due_at": None} if state in FINAL else {}
