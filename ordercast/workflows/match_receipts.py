"""Receipts that nobody claims and texts in doubt in, on record whose each receipt must be out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.receipts.matching import claimed_after, days_of_doubt, number_in_doubt, sure_matches
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.workflows.ports import Ledger, ReceiptLogs

Each = TypeVar("Each")

PAGES = 200  # of either kind, a hundred each, that a look reads; above it nothing is matched


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReceipts:
    """Find whose a text's receipt is that no sender has recorded.

    Whoever comes second looks for the other, so a receipt sees its text however late the end of
    its claim is written down, minutes or hours after it:

    - A text is looked at when it is in doubt. That look sees each receipt that has come by then,
      whether it still waits for its sender or was given up long ago.
    - A receipt that comes later than that look is looked at itself, three leases after it came. By
      then the doubt has been written for as long, and stands in the index of failures.

    Each look compares everything that is known of both kinds. What still waits for its sender is
    not matched, but stands against a match. A text is looked at a second time when nobody will
    speak of it any more, for what stood against it and has found its sender.
    """

    ledger: Ledger
    receipt_logs: ReceiptLogs
    lease: timedelta

    def __call__(
        self, ripe: Sequence[ReceiptLog], looked_at: Sequence[Notification], *, now: datetime
    ) -> list[ReceiptLog]:
        """Match receipts that have waited and texts that are looked at; return the trails matched.

        It is recorded before the ledger hears of it: what is in doubt no longer would not be found
        a second time, and they would be nobody's for ever if we ended in between.
        """
        try:
            return self._recorded(self._matches(ripe, looked_at, now))
        except _TooManyToCompareError:
            return []

    def _matches(
        self, ripe: Sequence[ReceiptLog], looked_at: Sequence[Notification], now: datetime
    ) -> list[tuple[ReceiptLog, str]]:
        numbers = {receipt_log.to for receipt_log in ripe}
        doubtful = self._in_doubt(receipt_log for receipt_log in ripe if receipt_log.to is not None)
        texts = [*looked_at, *(row for row in doubtful if number_in_doubt(row) in numbers)]
        if not texts:
            return []
        orphans = self._of(texts, now)
        # Of what else may each be? Days that were read already are mostly all there are.
        rows = {row.id: row for row in [*self._in_doubt(orphans), *texts]}
        matches = sure_matches(orphans, rows.values(), lease=self.lease)
        return [
            (receipt_log, matches[receipt_log.message_id])
            for receipt_log in orphans
            if receipt_log.message_id in matches
            and receipt_log.due_at
            and receipt_log.due_at <= now
        ]

    def _of(self, texts: Iterable[Notification], now: datetime) -> list[ReceiptLog]:
        """Return every receipt without a sender that may be of one of these texts."""
        numbers = {number_in_doubt(row) for row in texts} - {None}
        since = min(claimed_after(row, lease=self.lease) for row in texts)
        # What came a moment ago is to wait for three leases yet.
        pages = self.receipt_logs.orphans(since=since, until=now + 4 * self.lease)
        return [receipt_log for receipt_log in _all_of(pages) if receipt_log.to in numbers]

    def _in_doubt(self, orphans: Iterable[ReceiptLog]) -> list[Notification]:
        """Return everything in doubt of those days."""
        days = {day for each in orphans for day in days_of_doubt(each, lease=self.lease)}
        pages = (self.ledger.failures(State.IN_DOUBT, day=day) for day in sorted(days))
        return _all_of(chain.from_iterable(pages))

    def _recorded(self, matches: Iterable[tuple[ReceiptLog, str]]) -> list[ReceiptLog]:
        """Record whose they are, due as ever, and return them as they then stand."""
        whose = [
            (receipt_log, replace(receipt_log, notification_id=row_id, unattributed=False))
            for receipt_log, row_id in matches
        ]
        written = self.receipt_logs.change(whose)
        return [
            replace(new, version=seen.version + 1)
            for seen, new in whose
            if new.message_id in written
        ]


class _TooManyToCompareError(Exception):
    """Nobody can say that there is no other."""


def _all_of(pages: Iterator[list[Each]]) -> list[Each]:
    found: list[Each] = []
    for read, page in enumerate(pages):
        if read >= PAGES:
            raise _TooManyToCompareError
        found += page
    return found
