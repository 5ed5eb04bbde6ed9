"""Match orphan SMS receipts to in-doubt texts and store the match. Used by the sweeper."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.receipts.matching import claimed_after, days_of_doubt, number_in_doubt, sure_matches
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.workflows.ports import Ledger, ReceiptLogs

Each = TypeVar("Each")

PAGES = 200  # of either kind, a hundred items each; above this limit nothing is matched


class MatchReceipts(Struct, frozen=True, kw_only=True):
    """Find the text of a receipt whose message id no sender has recorded.

    Each side looks for the other, so they meet however late the end of the claim is written:

    - A text is looked at when it is in doubt. That look finds each receipt that has come by then,
      whether it still waits for its sender or was given up.
    - A receipt that comes later is looked at three leases after it came. By then the doubt is in
      the index of failures.

    Each look compares all candidates of both kinds. A receipt that still waits for its sender is
    not matched, but makes a match ambiguous. A text is looked at again at the receipt timeout,
    because such a receipt may have found its sender since.
    """

    ledger: Ledger
    receipt_logs: ReceiptLogs
    lease: timedelta

    def __call__(
        self, ripe: Sequence[ReceiptLog], looked_at: Sequence[Notification], *, now: datetime
    ) -> list[ReceiptLog]:
        """Match receipts that have waited, and texts that are due; return the matched receipt logs.

        The match is stored before the ledger is written: a text that is no longer in doubt would
        not be found again, and after a crash in between its receipt would stay unattributed.
        """
        try:
            return self._stored(self._matches(ripe, looked_at, now))
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
        orphans = self._orphans_of(texts, now)
        # All other texts that each receipt may belong to.
        rows = {row.id: row for row in [*self._in_doubt(orphans), *texts]}
        matches = sure_matches(orphans, rows.values(), lease=self.lease)
        return [
            (receipt_log, matches[receipt_log.message_id])
            for receipt_log in orphans
            if receipt_log.message_id in matches
            and receipt_log.due_at
            and receipt_log.due_at <= now
        ]

    def _orphans_of(self, texts: Iterable[Notification], now: datetime) -> list[ReceiptLog]:
        """Return every orphan receipt that may belong to one of these texts."""
        numbers = {number_in_doubt(row) for row in texts} - {None}
        since = min(claimed_after(row, lease=self.lease) for row in texts)
        # The newest receipts are due three leases from now.
        pages = self.receipt_logs.orphans(since=since, until=now + 4 * self.lease)
        return [receipt_log for receipt_log in _all_of(pages) if receipt_log.to in numbers]

    def _in_doubt(self, orphans: Iterable[ReceiptLog]) -> list[Notification]:
        """Return everything in doubt on the days of these orphans."""
        days = {day for each in orphans for day in days_of_doubt(each, lease=self.lease)}
        pages = (self.ledger.failures(State.IN_DOUBT, day=day) for day in sorted(days))
        return _all_of(chain.from_iterable(pages))

    def _stored(self, matches: Iterable[tuple[ReceiptLog, str]]) -> list[ReceiptLog]:
        """Store the matches, with `due_at` unchanged; return the receipt logs as written."""
        changes = [
            (receipt_log, replace(receipt_log, notification_id=row_id, unattributed=False))
            for receipt_log, row_id in matches
        ]
        written = self.receipt_logs.change(changes)
        return [
            replace(new, version=seen.version + 1)
            for seen, new in changes
            if new.message_id in written
        ]


class _TooManyToCompareError(Exception):
    """A match cannot be shown to be the only one."""


def _all_of(pages: Iterator[list[Each]]) -> list[Each]:
    found: list[Each] = []
    for read, page in enumerate(pages):
        if read >= PAGES:
            raise _TooManyToCompareError
        found += page
    return found
