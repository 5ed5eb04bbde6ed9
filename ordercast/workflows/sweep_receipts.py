"""Trails that are due in; joined to the ledger, closed as silent, matched or left as nobody's out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import ReceiptLog, closed, has_timed_out
from ordercast.workflows.match_receipts import MatchReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Clock, ReceiptLogs


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptsSwept:
    """What one round did, in messages: joined, closed as silent, matched by chance, nobody's."""

    applied: int
    silent: int
    matched: int
    unattributed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReceipts:
    """Take what neither the sender nor the tracker could, and close what nobody will speak of.

    A text's receipt that nobody knows is that of a text in doubt, if it went to the same number
    while the claim was open, and if there is exactly one such text and one such receipt.
    """

    receipt_logs: ReceiptLogs
    take: MergeReceipts
    suppress: SuppressFromReceipts
    match: MatchReceipts
    receipt_timeout: timedelta
    now: Clock
    limit: int

    def __call__(self) -> ReceiptsSwept:
        """Do one bounded round; raises `Retryable` when a table is in trouble."""
        now = self.now()
        found = self.receipt_logs.find(set(self.receipt_logs.due(now=now, limit=self.limit)))
        # The index is a little late: it may name what has been done meanwhile.
        due = [t for t in found.values() if t.due_at and t.due_at <= now and not t.unattributed]
        ours = [receipt_log for receipt_log in due if receipt_log.notification_id is not None]
        silent = [
            t for t in ours if has_timed_out(t, receipt_timeout=self.receipt_timeout, now=now)
        ]
        self._join(ours, now)
        # Then only: what is known of a text may end the doubt in which it would be matched.
        orphans = [receipt_log for receipt_log in due if receipt_log.notification_id is None]
        matched = self.match(orphans, [], now=now)
        self._join(matched, now)
        known = {receipt_log.message_id for receipt_log in matched}
        left = [receipt_log for receipt_log in orphans if receipt_log.message_id not in known]
        self.receipt_logs.change(
            [(receipt_log, replace(receipt_log, unattributed=True)) for receipt_log in left]
        )
        return ReceiptsSwept(
            applied=len(ours) + len(matched) - len(silent),
            silent=len(silent),
            matched=len(matched),
            unattributed=len(left),
        )

    def of_texts(self, doubtful: Sequence[Notification]) -> int:
        """Join receipts that can be of these texts in doubt only; return how many there were."""
        now = self.now()
        matched = self.match([], doubtful, now=now)
        self._join(matched, now)
        return len(matched)

    def _join(self, ours: Sequence[ReceiptLog], now: datetime) -> None:
        """Tell the ledger first, so that a trail at rest says that the ledger has it."""
        rows = self.take(ours)
        self.suppress(rows, ours)
        self.receipt_logs.change(
            [(receipt_log, self._done(receipt_log, now)) for receipt_log in ours]
        )

    def _done(self, receipt_log: ReceiptLog, now: datetime) -> ReceiptLog:
        rested = closed(receipt_log, receipt_timeout=self.receipt_timeout)
        over = has_timed_out(receipt_log, receipt_timeout=self.receipt_timeout, now=now)
        return replace(rested, due_at=None) if over else rested
