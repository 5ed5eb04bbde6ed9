"""Trails of messages that are somebody's in, what they say on the ledger and in memories out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import LedgerUnavailable
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.receipts.merge import merge_receipts
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.receipts.suppressions import Evidence, evidence_by_person, evidence_in, suppress
from ordercast.workflows.ports import Clock, Ledger, Suppressions

ROUNDS = 5  # of losing the race for a row or a record, after which the batch is brought again


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReceipts:
    """Join what is said of messages to their notifications, and remember what it teaches.

    Facts join by maximum, so whoever loses a race reads again and joins again; twice is once.
    """

    ledger: Ledger
    receipt_timeout: timedelta
    now: Clock

    def __call__(self, receipt_logs: Iterable[ReceiptLog]) -> dict[str, Notification]:
        """Return the rows as they now are, by id; raises `Retryable` when a table is in trouble."""
        whose: defaultdict[str, list[ReceiptLog]] = defaultdict(list)
        for receipt_log in receipt_logs:
            if receipt_log.notification_id is not None:
                whose[receipt_log.notification_id].append(receipt_log)
        rows: dict[str, Notification] = {}
        waiting = frozenset(whose)
        for _ in range(ROUNDS):
            found = self.ledger.look_up(LookupKeys(notifications=waiting)).notifications
            changes = [(row, self._heard(row, whose[i])) for i, row in found.items()]
            news = [(row, new) for row, new in changes if row != new]
            written = self.ledger.change(news)
            waiting = frozenset(row.id for row, _ in news) - written
            rows |= {new.id: new for _, new in changes if new.id not in waiting}
            if not waiting:
                return rows
        message = "a row changes faster than receipts can be joined to it"
        raise LedgerUnavailable(message)

    def _heard(self, row: Notification, receipt_logs: Sequence[ReceiptLog]) -> Notification:
        return merge_receipts(
            row, receipt_logs, receipt_timeout=self.receipt_timeout, now=self.now()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressFromReceipts:
    """Remember, of the address and of its customer, what a message's fate teaches."""

    ledger: Ledger
    people: Suppressions
    soft_bounces: int

    def __call__(self, rows: Mapping[str, Notification], receipt_logs: Iterable[ReceiptLog]) -> int:
        """Return how many records changed; raises `Retryable` when a table is in trouble."""
        evidence = _by_person(rows, receipt_logs)
        changed = 0
        for _ in range(ROUNDS):
            if not evidence:
                return changed
            known = self.ledger.look_up(LookupKeys(people=frozenset(evidence))).people
            news = []
            for key, told in evidence.items():
                before = known.get(key, Person(key=key))
                after = suppress(before, told, soft_bounces=self.soft_bounces)
                if after is not before:
                    news.append(after)
            written = self.people.suppress(news)
            changed += len(written)
            lost = {person.key for person in news} - written
            evidence = {key: evidence[key] for key in lost}
        message = "somebody's record changes faster than it can be added to"
        raise LedgerUnavailable(message)


def _by_person(
    rows: Mapping[str, Notification], receipt_logs: Iterable[ReceiptLog]
) -> dict[str, list[Evidence]]:
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for receipt_log in receipt_logs:
        row = rows.get(receipt_log.notification_id or "")
        if row is not None:
            for key, told in evidence_by_person(row, evidence_in(row, [receipt_log])).items():
                evidence[key] += told
    return dict(evidence)
