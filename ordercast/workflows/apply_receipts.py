"""Match each receipt to its notification and record it. Used by the receipt tracker."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.receipts.receipt import Receipt
from ordercast.receipts.receipt_log import ReceiptLog, closed, fold, join, receipt_log_of
from ordercast.workflows.merge_receipts import ROUNDS, MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Clock, ReceiptLogs


class Applied(Struct, kw_only=True):
    """What became of a batch; `orphans` are messages without a known notification (yet)."""

    messages: int
    repeated: int = 0
    orphans: int = 0
    without_row: int = 0


class ApplyReceipts(Struct, frozen=True, kw_only=True):
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
        applied = Applied(messages=len(news))
        waiting: Mapping[str, ReceiptLog] = news
        for _ in range(ROUNDS):
            lost = self._round(waiting, applied)
            if not lost:
                return applied
            waiting = {i: news[i] for i in lost}
        message = "a receipt log changes faster than receipts can be joined to it"
        raise LedgerUnavailable(message)

    def _round(self, news: Mapping[str, ReceiptLog], applied: Applied) -> AbstractSet[str]:
        """Record *news*; return the ids of which another writer changed the receipt log meanwhile."""
        seen = self.receipt_logs.find(news.keys())
        joined = {i: self._joined(seen.get(i), new) for i, new in news.items()}
        fresh = {i: each for i, each in joined.items() if seen.get(i) != each}
        ours = [each for each in fresh.values() if each.notification_id is not None]
        rows = self.merge(ours)
        self.suppress(rows, ours)
        written = self.receipt_logs.change([(seen.get(i), each) for i, each in fresh.items()])
        applied.repeated += len(joined) - len(fresh)
        applied.orphans += sum(fresh[i].notification_id is None for i in written)
        applied.without_row += sum(each.notification_id not in rows for each in ours)
        return fresh.keys() - written

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
