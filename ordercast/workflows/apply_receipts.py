"""Match each receipt to its notification and record it. Used by the receipt tracker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ordercast.errors import LedgerUnavailable
from ordercast.receipts.receipt import Receipt
from ordercast.receipts.receipt_log import ReceiptLog, closed, fold, join, receipt_log_of
from ordercast.workflows.merge_receipts import ROUNDS, MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Clock, ReceiptLogs


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of a batch; `orphans` are messages without a known notification (yet)."""

    messages: int
    repeated: int
    orphans: int
    without_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyReceipts:
    """Match each receipt to its notification, by our tag or by message id, and record it.

    The ledger is written first: a closed receipt log proves that the ledger has its receipts. A
    receipt that comes before the sender has recorded the message id waits in its receipt log, and
    the second of the two joins them; so an early receipt is never redelivered.
    """

    receipt_logs: ReceiptLogs
    merge: MergeReceipts
    suppress: SuppressFromReceipts
    receipt_timeout: timedelta
    orphan_wait: timedelta
    retention: timedelta
    now: Clock

    def __call__(self, receipts: Sequence[Receipt]) -> Applied:
        """Apply a batch; raises `Retryable` when a table fails."""
        expires_at = self.now() + self.retention
        news = fold(receipt_log_of(each, expires_at=expires_at) for each in receipts)
        orphans = without_row = repeated = 0
        waiting: Mapping[str, ReceiptLog] = news
        for _ in range(ROUNDS):
            seen = self.receipt_logs.find(waiting.keys())
            joined = {i: self._joined(seen.get(i), new) for i, new in waiting.items()}
            fresh = {
                i: receipt_log for i, receipt_log in joined.items() if seen.get(i) != receipt_log
            }
            ours = [
                receipt_log
                for receipt_log in fresh.values()
                if receipt_log.notification_id is not None
            ]
            rows = self.merge(ours)
            self.suppress(rows, ours)
            written = self.receipt_logs.change(
                [(seen.get(i), receipt_log) for i, receipt_log in fresh.items()]
            )
            repeated += len(joined) - len(fresh)
            orphans += sum(fresh[i].notification_id is None for i in written)
            without_row += sum(receipt_log.notification_id not in rows for receipt_log in ours)
            waiting = {i: news[i] for i in fresh.keys() - written}
            if not waiting:
                return Applied(
                    messages=len(news),
                    repeated=repeated,
                    orphans=orphans,
                    without_row=without_row,
                )
        message = "a receipt log changes faster than receipts can be joined to it"
        raise LedgerUnavailable(message)

    def _joined(self, seen: ReceiptLog | None, new: ReceiptLog) -> ReceiptLog:
        """Return the receipt log to write once the ledger has its receipts."""
        joined = join(seen, new)
        if joined.notification_id is not None:
            rested = closed(joined, receipt_timeout=self.receipt_timeout)
        elif joined.due_at is None:
            rested = replace(joined, due_at=self.now() + self.orphan_wait)
        else:
            rested = joined
        # A later expiry alone is not written: a repeated receipt writes nothing.
        return replace(rested, expires_at=seen.expires_at) if seen else rested
