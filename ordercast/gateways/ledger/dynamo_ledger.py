"""Write decisions, notifications, claims and settlements to the ledger table. The workflows' `Ledger`.

Each write is one PartiQL statement with a condition; a refused condition is an answer, not an error.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.table import ROUNDS, Answer, Statement, insist
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger import keys
from ordercast.gateways.ledger import statements as ledger_statements
from ordercast.gateways.ledger.reads import LedgerReads
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.holds import Hold, Holds, let_go, with_changes, with_holds, without
from ordercast.pacing.opening import HoldRecord, Opened, with_opened
from ordercast.sending.claim import Claim, ClaimRequest, claim_of
from ordercast.sending.outcome import Settlement, settled

Thing = TypeVar("Thing")


class DynamoLedger(LedgerReads, frozen=True, kw_only=True):
    """The ledger in DynamoDB, read and written."""

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Insert each decision that is not there yet; return the stored one for each."""
        answers = self.table.execute(
            [partiql.insert(self._name, ledger_item.write_decision(each)) for each in decisions]
        )
        insist(answers)
        taken = frozenset((each.order, each.event) for each in _refused(decisions, answers))
        stored = self.look_up(LookupKeys(decisions=taken)).decisions
        if stored.keys() < taken:
            raise LedgerUnavailable("a decision is stored and could not be read")
        return [stored.get((each.order, each.event), each) for each in decisions]

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        """Insert each row that is not there yet, and raise each latest status that is lower.

        Answers the row as it now stands, for each notification.
        """
        rows = [partiql.insert(self._name, ledger_item.write(each)) for each in notifications]
        first = [self._latest_status(latest_status) for latest_status in latest_statuses]
        answers = self.table.execute([*rows, *first])
        insist(answers)
        self._raise(latest_statuses, answers[len(rows) :])
        taken = _refused(notifications, answers[: len(rows)])
        there = self._rows(each.id for each in taken)
        return [there.get(each.id, each) for each in notifications]

    def claim(
        self, requests: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        """Move each from requested to sending for *owner*; answer each that is there, by id.

        A request that failed is read once more: its claim may have been made all the same.
        """
        answers = self.table.execute(
            [
                ledger_statements.claim(self._name, each, owner=owner, lease_until=lease_until)
                for each in requests
            ]
        )
        rows = {row.id: row for row in (ledger_item.read(a.item) for a in answers if a.item)}
        try:
            rows |= self._rows(each.id for each in requests if each.id not in rows)
        except LedgerUnavailable:
            if not rows:
                raise
        claims = {
            row.id: claim_of(row, owner=owner, now=now)
            for row in rows.values()
            if row.state is not State.REQUESTED  # no sender holds it: it is claimed another time
        }
        if not claims:
            insist(answers)
        return claims

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """End each claim, where its owner still holds it; tries harder than the others."""
        # What is known of earlier tries may grow at any moment: the row as it is by then decides.
        first = [each for each in settlements if not each.notification.messages]
        answers = self.table.execute(
            [ledger_statements.settle(self._name, each) for each in first], rounds=ROUNDS
        )
        # Where a receipt was faster, or the claim has lapsed, what is there decides too.
        again = [each for each in settlements if each.notification.messages]
        self._settle_late([*_refused(first, answers), *again])
        insist(answers)

    def change(self, changes: Sequence[tuple[Notification, Notification]]) -> set[str]:
        """Write what differs, where the row is still as it was seen; answer the ids changed."""
        key, write = keys.key, ledger_item.write
        return self._done(
            [seen.id for seen, _ in changes],
            [partiql.change(self._name, key(s.id), write(s), write(new)) for s, new in changes],
        )

    def hold(self, holds: Sequence[Hold]) -> Holds:
        """Set each hold that is not active yet; answer all holds, without what did not fit."""
        return self._change_holds(
            lambda seen: replace(seen, written=with_holds(seen.written, holds))
        ).holds

    def change_holds(self, changes: Sequence[tuple[Hold, Hold]]) -> Holds:
        """Put each hold in place of the one that was read, if that is still so; answer all holds."""
        return self._change_holds(
            lambda seen: replace(seen, written=with_changes(seen.written, changes))
        ).holds

    def let_go(self, hold_ids: Collection[str], *, at: datetime) -> None:
        """Release those holds: from now on they cover nothing."""
        if hold_ids:
            self._change_holds(
                lambda seen: replace(seen, written=let_go(seen.written, hold_ids, at=at))
            )

    def open_channels(self, opened: Sequence[Opened]) -> None:
        """Open each channel that never was; it stays opened."""
        if opened:
            self._change_holds(lambda seen: with_opened(seen, opened))

    def end_holds(self, ended: Sequence[Hold]) -> None:
        """Remove the holds that are still as in *ended*."""
        if ended:
            self._change_holds(lambda seen: replace(seen, written=without(seen.written, ended)))

    def _change_holds(self, changed: Callable[[HoldRecord], HoldRecord]) -> HoldRecord:
        """Change the holds as they were read, again and again until nobody else has changed them."""
        for _ in range(ROUNDS):
            items = self.table.get([keys.HOLDS_KEY])
            version = int(items[0]["version"]["N"]) if items else 0
            seen = ledger_item.read_holds(items[0]) if items else HoldRecord()
            after = changed(seen)
            write = ledger_statements.write_holds(self._name, after, seen_version=version)
            if after == seen or self._done(["holds"], [write]):
                return after
        raise LedgerUnavailable("the holds change faster than they can be written")

    @property
    def _name(self) -> str:
        return self.table.name

    def _rows(self, ids: Iterable[str]) -> dict[str, Notification]:
        return dict(self.look_up(LookupKeys(notifications=frozenset(ids))).notifications)

    def _latest_status(self, latest_status: LatestStatus) -> Statement:
        """Choose the likelier statement: a refused one costs a write unit too."""
        write = (
            ledger_statements.first_latest_status
            if latest_status.is_first
            else ledger_statements.higher_latest_status
        )
        return write(self._name, latest_status)

    def _raise(self, latest_statuses: Sequence[LatestStatus], answers: Sequence[Answer]) -> None:
        """Try the other statement where the first was refused, unless a higher status is stored."""
        refused = [(h, a) for h, a in zip(latest_statuses, answers, strict=True) if a.refused]
        absent = [h for h, answer in refused if not h.is_first and answer.item is None]
        inserted = self.table.execute(
            [ledger_statements.first_latest_status(self._name, h) for h in absent]
        )
        insist(inserted)
        there = [h for h, _ in refused if h.is_first] + _refused(absent, inserted)
        insist(
            self.table.execute(
                [ledger_statements.higher_latest_status(self._name, h) for h in there]
            )
        )

    def _settle_late(self, settlements: Sequence[Settlement]) -> None:
        """End each claim as the row is by now, again and again until nobody else has changed it."""
        waiting = {each.notification.id: each for each in settlements}
        for _ in range(ROUNDS):
            rows = self._rows(waiting)
            ends = [(row, settled(row, waiting[row.id])) for row in rows.values()]
            changes = [(row, new) for row, new in ends if row != new]
            done = self.change(changes)
            waiting = {row.id: waiting[row.id] for row, _ in changes if row.id not in done}
            if not waiting:
                return
        raise LedgerUnavailable("a row changes faster than its claim can be ended")

    def _done(self, ids: Sequence[str], statements: Sequence[Statement]) -> set[str]:
        answers = self.table.execute(statements)
        insist(answers)
        return {i for i, answer in zip(ids, answers, strict=True) if not answer.refused}


def _refused(things: Sequence[Thing], answers: Sequence[Answer]) -> list[Thing]:
    return [thing for thing, answer in zip(things, answers, strict=True) if answer.refused]
