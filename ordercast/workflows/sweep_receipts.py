"""Act on receipt logs that are due: merge, time out, match, or mark unattributed. Used by the sweeper."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import ReceiptLog, closed, has_timed_out
from ordercast.workflows.match_receipts import MatchReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Clock, ReceiptLogs
from ordercast.workflows.sweep.swept import Swept


class SweepReceipts(Struct, frozen=True, kw_only=True):
    """Merge what neither the sender nor the tracker could, and close what has timed out.

    An orphan SMS receipt belongs to a text in doubt if it went to the same number while the claim
    was open, and if there is exactly one such text and one such receipt.
    """

    receipt_logs: ReceiptLogs
    merge: MergeReceipts
    suppress: SuppressFromReceipts
    match: MatchReceipts
    receipt_timeout: timedelta
    now: Clock
    limit: int

    def __call__(self, shards: Sequence[int], swept: Swept) -> bool:
        """Do one bounded round; return whether there may be more. Raises `Retryable`."""
        now = self.now()
        ids = self.receipt_logs.due(shards, now=now, limit=self.limit)
        found = self.receipt_logs.find(set(ids))
        # The index lags: it may name what has been done meanwhile.
        due = [t for t in found.values() if t.due_at and t.due_at <= now and not t.unattributed]
        ours = [receipt_log for receipt_log in due if receipt_log.notification_id is not None]
        timed_out = [
            t for t in ours if has_timed_out(t, receipt_timeout=self.receipt_timeout, now=now)
        ]
        self._join(ours, now)
        # After merging, which may resolve a doubt that would be matched.
        orphans = [receipt_log for receipt_log in due if receipt_log.notification_id is None]
        matched = self.match(orphans, [], now=now)
        self._join(matched, now)
        known = {receipt_log.message_id for receipt_log in matched}
        left = [receipt_log for receipt_log in orphans if receipt_log.message_id not in known]
        self.receipt_logs.change(
            [(receipt_log, replace(receipt_log, unattributed=True)) for receipt_log in left]
        )
        swept.applied += len(ours) + len(matched) - len(timed_out)
        swept.timed_out += len(timed_out)
        swept.matched += len(matched)
        swept.unattributed += len(left)
        # As of the rows: with less than an equal share of each shard all are named.
        return len(ids) * len(shards) >= self.limit

    def match_texts(self, doubtful: Sequence[Notification]) -> int:
        """Merge receipts that can only belong to these texts in doubt; return how many."""
        now = self.now()
        matched = self.match([], doubtful, now=now)
        self._join(matched, now)
        return len(matched)

    def _join(self, ours: Sequence[ReceiptLog], now: datetime) -> None:
        """Write the ledger first: a closed receipt log proves that the ledger has its receipts."""
        rows = self.merge(ours)
        self.suppress(rows, ours)
        self.receipt_logs.change(
            [(receipt_log, self._done(receipt_log, now)) for receipt_log in ours]
        )

    def _done(self, receipt_log: ReceiptLog, now: datetime) -> ReceiptLog:
        rested = closed(receipt_log, receipt_timeout=self.receipt_timeout)
        over = has_timed_out(receipt_log, receipt_timeout=self.receipt_timeout, now=now)
        return replace(rested, due_at=None) if over else rested
