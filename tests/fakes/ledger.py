"""A ledger in memory that refuses what DynamoDB refuses, and fails where a test says so."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from ordercast.budgets.budget import Limits
from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import DecisionKey, LatestStatusKey, LookupKeys, LookupResult
from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import order_of
from ordercast.events.order_event import Channel
from ordercast.notifications.failures import failed_on
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_scores import ScoredRoutes
from ordercast.notifications.status_rank import LatestStatus, raise_latest_statuses
from ordercast.pacing.holds import Hold, Holds, let_go, with_changes, with_holds, without
from ordercast.pacing.opening import HoldRecord, Opened, opened, with_opened
from ordercast.people.person import address_of, customer_of
from ordercast.sending.claim import Claim, ClaimRequest, ClaimStatus, claim_of, drawn_after
from ordercast.sending.due_partitions import Backlog, partition_of
from ordercast.sending.outcome import Settlement, settled
from ordercast.workflows.ports import RowChange
from tests.fakes.clock import START
from tests.fakes.people import FakePeople

EVERY_CHANNEL = tuple(opened(Channel, by="a test", at=START, reason=""))
"""What most tests begin with; a new stage has none of it."""

T = TypeVar("T")
K = TypeVar("K", str, tuple[str, str], tuple[str, Channel])


class TwoStatementsOnOneKey(Exception):
    """DynamoDB refuses the whole bulk call, every statement in it (BatchExecuteStatement)."""


@dataclass(slots=True)
class FakeLedger:
    """Decisions, latest statuses and rows by key; customers are read here and kept by `people`.

    Three kinds of trouble: a method in `unavailable` raises and does nothing; one in `unheard` does
    all of it and raises then; and a statement that `troubled` says yes to, by method and key, fails
    among others that go through. `calls` tells which method was called, for how many keys.
    """

    rows: dict[str, Notification] = field(default_factory=dict)
    decisions: dict[DecisionKey, Decision] = field(default_factory=dict)
    latest_statuses: dict[LatestStatusKey, LatestStatus] = field(default_factory=dict)
    holds: Holds = ()
    opened: tuple[Opened, ...] = EVERY_CHANNEL
    paused: set[str] = field(default_factory=set)
    limits: Limits = field(default_factory=Limits)
    scored_routes: ScoredRoutes | None = None
    people: FakePeople = field(default_factory=FakePeople)
    unavailable: set[str] = field(default_factory=set)
    unheard: set[str] = field(default_factory=set)
    troubled: Callable[[str, Hashable], bool] = lambda *_: False
    calls: list[tuple[str, int]] = field(default_factory=list)

    @property
    def record(self) -> HoldRecord:
        """What is kept of holds."""
        return HoldRecord(written=self.holds, opened=self.opened)

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        keys: list[Hashable] = [
            *wanted.decisions,
            *wanted.latest_statuses,
            *wanted.people,
            *wanted.notifications,
        ]
        keys += ["holds"] * wanted.holds + ["budgets"] * wanted.budgets
        keys += ["route-scores"] * wanted.route_scores
        through = self._call("look_up", keys)
        found = LookupResult(
            decisions=_some(self.decisions, wanted.decisions),
            latest_statuses=_some(self.latest_statuses, wanted.latest_statuses),
            people=_some(self.people.kept, wanted.people),
            notifications=_some(self.rows, wanted.notifications),
            holds=self.record.holds if wanted.holds else (),
            opened=self.opened if wanted.holds else (),
            limits=self.limits if wanted.budgets else Limits(),
            scored_routes=self.scored_routes if wanted.route_scores else None,
        )
        return self._answer("look_up", found, keys, through)

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        keys = [(decision.order, decision.event) for decision in decisions]
        through = self._call("record_decisions", keys)
        stored = [
            self.decisions.setdefault(key, decision)
            for key, decision in zip(keys, decisions, strict=True)
            if key in through
        ]
        return self._answer("record_decisions", stored, keys, through)

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        keys: list[Hashable] = [n.id for n in notifications]
        keys += [(latest_status.order, latest_status.channel) for latest_status in latest_statuses]
        through = self._call("accept", keys)
        raise_latest_statuses(
            self.latest_statuses, [h for h in latest_statuses if (h.order, h.channel) in through]
        )
        entered = [self.rows.setdefault(n.id, n) for n in notifications if n.id in through]
        return self._answer("accept", entered, keys, through)

    def claim(
        self, requests: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        keys = [each.id for each in requests]
        through = self._call("claim", keys)
        claims = {}
        for each in requests:
            if each.id not in through or each.id not in self.rows:
                continue
            row = self.rows[each.id]
            if row.state is State.REQUESTED and each.drawn and row.drawn != each.drawn_before:
                continue
            if row.state is State.REQUESTED:
                self._claim(each, owner, lease_until)
                claims[each.id] = Claim(status=ClaimStatus.MINE, row=self.rows[each.id])
            else:
                claims[each.id] = claim_of(self.rows[each.id], owner=owner, now=now)
        return self._answer("claim", claims, keys, keys if claims else through)

    def settle(self, settlements: Sequence[Settlement]) -> None:
        keys = [s.notification.id for s in settlements]
        through = self._call("settle", keys)
        for settlement in settlements:
            row = self.rows.get(settlement.notification.id)
            if row is not None and row.id in through:
                ended = settled(row, settlement)
                if ended != row:
                    self.rows[row.id] = replace(ended, version=row.version + 1)
        self._answer("settle", None, keys, through)

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        keys = [seen.id for seen, _ in changes]
        through = self._call("change", keys)
        changed = set()
        for seen, new in changes:
            row = self.rows.get(seen.id)
            if row is not None and row.id in through and row.version == seen.version:
                self.rows[row.id] = replace(new, version=row.version + 1)
                changed.add(row.id)
        return self._answer("change", changed, keys, through)

    def due(self, partitions: Sequence[str], *, until: datetime, limit: int) -> list[str]:
        through = self._call("due", partitions)
        waiting: dict[str, list[tuple[datetime, str]]] = {each: [] for each in partitions}
        for row in self.rows.values():
            if row.due_at and row.due_at <= until and (partition := partition_of(row)) in waiting:
                waiting[partition].append((row.due_at, row.id))
        share = -(-limit // max(1, len(partitions)))
        named = sorted(each for rows in waiting.values() for each in sorted(rows)[:share])
        return self._answer("due", [i for _, i in named][:limit], partitions, through)

    def waiting_in(self, partition: str) -> Iterator[list[str]]:
        there = [r for r in self.rows.values() if r.due_at and partition_of(r) == partition]
        return ([r.id for r in page] for page in self._pages("waiting_in", there))

    def backlog(
        self, partitions: Sequence[str], *, until: datetime, at_most: int
    ) -> dict[str, Backlog]:
        through = self._call("backlog", partitions)
        waiting: dict[str, list[datetime]] = {}
        for row in self.rows.values():
            if row.due_at and row.due_at <= until and partition_of(row) in partitions:
                waiting.setdefault(partition_of(row), []).append(row.due_at)
        counted = {
            each: Backlog(rows=min(at_most, len(due)), oldest=min(due))
            for each, due in sorted(waiting.items())
        }
        return self._answer("backlog", counted, partitions, through)

    def hold(self, holds: Sequence[Hold]) -> Holds:
        ids = [each.id for each in holds]
        through = self._call("hold", ids)
        if through:
            self.holds = with_holds(self.holds, holds)
        return self._answer("hold", self.record.holds, ids, through)

    def change_holds(self, changes: Sequence[tuple[Hold, Hold]]) -> Holds:
        ids = [each.id for each, _ in changes]
        through = self._call("change_holds", ids)
        if through:
            self.holds = with_changes(self.holds, changes)
        return self._answer("change_holds", self.record.holds, ids, through)

    def let_go(self, hold_ids: Collection[str], *, at: datetime) -> None:
        through = self._call("let_go", hold_ids)
        if through:
            self.holds = let_go(self.holds, hold_ids, at=at)
        self._answer("let_go", None, hold_ids, through)

    def open_channels(self, opened: Sequence[Opened]) -> None:
        channels = [each.channel for each in opened]
        through = self._call("open_channels", channels)
        if through:
            record = with_opened(self.record, opened)
            self.holds, self.opened = record.written, record.opened
        self._answer("open_channels", None, channels, through)

    def end_holds(self, ended: Sequence[Hold]) -> None:
        ids = [each.id for each in ended]
        through = self._call("end_holds", ids)
        if through:
            self.holds = without(self.holds, ended)
        self._answer("end_holds", None, ids, through)

    def waiting(self, hold_ids: Sequence[str]) -> dict[str, int]:
        behind = Counter(row.held_by for row in self.rows.values() if row.is_held)
        return {each: behind[each] for each in hold_ids}

    def of_order(self, partition: str) -> list[Notification]:
        theirs = [row for row in self.rows.values() if order_of(row.id) == partition]
        return sorted(theirs, key=lambda row: (row.effective_at, row.id))

    def decisions_of(self, partition: str) -> list[Decision]:
        theirs = [decision for decision in self.decisions.values() if decision.order == partition]
        return sorted(theirs, key=lambda decision: (decision.accepted_at, decision.event))

    def of_customer(self, person: str) -> Iterator[list[Notification]]:
        theirs = [row for row in self.rows.values() if customer_of(row) == person]
        return self._pages("of_customer", sorted(theirs, key=_newest_first))

    def of_address(self, address: str) -> Iterator[list[Notification]]:
        theirs = [row for row in self.rows.values() if address_of(row) == address]
        return self._pages("of_address", sorted(theirs, key=_newest_first))

    def failures(self, state: State, *, day: date) -> Iterator[list[Notification]]:
        there = [r for r in self.rows.values() if r.state is state and failed_on(r) == day]
        return self._pages("failures", there)

    def _pages(self, method: str, rows: list[Notification]) -> Iterator[list[Notification]]:
        """Answer a hundred at a time; nobody has read what nobody has asked for."""
        for start in range(0, max(1, len(rows)), 100):
            self._call(method, ["page"])
            yield rows[start : start + 100]

    def _claim(self, request: ClaimRequest, owner: str, lease_until: datetime) -> None:
        row = self.rows[request.id]
        self._write(
            row,
            state=State.SENDING,
            owner=owner,
            lease_until=lease_until,
            attempts=row.attempts + 1,
            parts=request.parts,
            estimate=request.estimate,
            reserved=request.reserved,
            template_version=request.template_version,
            route=request.route,
            route_reason=request.route_reason,
            drawn=drawn_after(request) if request.drawn else row.drawn,
        )

    def _write(self, row: Notification, **changes: Any) -> None:
        self.rows[row.id] = replace(row, version=row.version + 1, **changes)

    def _call(self, method: str, keys: Iterable[Hashable]) -> set[Hashable]:
        """Note the call, and return the keys that go through; nothing to ask for is no call."""
        listed = list(keys)
        if not listed:
            return set()
        self.calls.append((method, len(listed)))
        if method in self.unavailable:
            raise LedgerUnavailable(method)
        if len(listed) != len(set(listed)):
            raise TwoStatementsOnOneKey(method)
        return {key for key in listed if not self.troubled(method, key)}

    def _answer(
        self, method: str, answer: T, keys: Collection[Hashable], through: Collection[Hashable]
    ) -> T:
        """Return the answer, unless something did not go through or nothing is heard of it."""
        if len(through) < len(keys) or (keys and method in self.unheard):
            raise LedgerUnavailable(method)
        return answer


def _some(kept: Mapping[K, T], wanted: Iterable[K]) -> dict[K, T]:
    """Return those that are there, in an order that does not change from run to run."""
    return {key: kept[key] for key in sorted(wanted) if key in kept}


def _newest_first(row: Notification) -> tuple[float, str]:
    return (-row.effective_at.timestamp(), row.id)
