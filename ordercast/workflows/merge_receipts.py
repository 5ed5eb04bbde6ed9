"""Merge receipt logs into notifications, and suppress by their evidence. Used by the tracker, senders and sweeper."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import LedgerUnavailable
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.receipts.merge import due_if_silent, merge_receipts
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.receipts.suppressions import Evidence, evidence_in, suppress
from ordercast.workflows.account_trouble import AccountTrouble
from ordercast.workflows.ports import Clock, Ledger, Suppressions

ROUNDS = 5  # of losing the race for a row or a record; after these the batch is redelivered


class MergeReceipts(Struct, frozen=True, kw_only=True):
    """Merge receipt logs into their notifications.

    Merging is by maximum and idempotent, so the loser of a race reads and merges again. What is urgent
    and was heard nothing of for `unknown_after` is due then, for its fallback; None is never.
    """

    ledger: Ledger
    account: AccountTrouble
    receipt_timeout: timedelta
    now: Clock
    unknown_after: timedelta | None = None

    def __call__(self, receipt_logs: Sequence[ReceiptLog]) -> dict[str, Notification]:
        """Return the rows as they now are, by id; raises `Retryable` when a table fails."""
        by_row: defaultdict[str, list[ReceiptLog]] = defaultdict(list)
        for receipt_log in receipt_logs:
            if receipt_log.notification_id is not None:
                by_row[receipt_log.notification_id].append(receipt_log)
        rows: dict[str, Notification] = {}
        waiting = frozenset(by_row)
        tells = self.account.tells(receipt_logs)
        for _ in range(ROUNDS):
            found = self.ledger.look_up(LookupKeys(notifications=waiting, holds=tells))
            # Before the rows: what is to be sent again then meets the hold.
            if tells:
                self.account.read(receipt_logs, found.notifications, found.holds)
                tells = False
            changes = [
                (row, self._merged(row, by_row[i])) for i, row in found.notifications.items()
            ]
            news = [(row, new) for row, new in changes if row != new]
            written = self.ledger.change(news)
            waiting = frozenset(row.id for row, _ in news) - written
            rows |= {new.id: new for _, new in changes if new.id not in waiting}
            if not waiting:
                return rows
        message = "a notification changes faster than receipts can be merged into it"
        raise LedgerUnavailable(message)

    def _merged(self, row: Notification, receipt_logs: Sequence[ReceiptLog]) -> Notification:
        now = self.now()
        row = merge_receipts(row, receipt_logs, receipt_timeout=self.receipt_timeout, now=now)
        if self.unknown_after is None:
            return row
        return due_if_silent(row, unknown_after=self.unknown_after, now=now)


class SuppressFromReceipts(Struct, frozen=True, kw_only=True):
    """Record the evidence for suppressions with the address and its customer."""

    ledger: Ledger
    people: Suppressions
    soft_bounces: int

    def __call__(self, rows: Mapping[str, Notification], receipt_logs: Iterable[ReceiptLog]) -> int:
        """Return how many records changed; raises `Retryable` when a table fails."""
        evidence = _by_person(rows, receipt_logs)
        changed = 0
        for _ in range(ROUNDS):
            if not evidence:
                return changed
            known = self.ledger.look_up(LookupKeys(people=frozenset(evidence))).people
            news = []
            for key, found in evidence.items():
                before = known.get(key, Person(key=key))
                after = suppress(before, found, soft_bounces=self.soft_bounces)
                if after is not before:
                    news.append(after)
            written = self.people.suppress(news)
            changed += len(written)
            lost = {person.key for person in news} - written
            evidence = {key: evidence[key] for key in lost}
        message = "a customer's record changes faster than evidence can be added to it"
        raise LedgerUnavailable(message)


def _by_person(
    rows: Mapping[str, Notification], receipt_logs: Iterable[ReceiptLog]
) -> dict[str, list[Evidence]]:
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for receipt_log in receipt_logs:
        row = rows.get(receipt_log.notification_id or "")
        if row is not None:
            for key, found in evidence_in(row, [receipt_log]).items():
                evidence[key] += found
    return dict(evidence)
