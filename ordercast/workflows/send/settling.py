"""Settle claims after the provider calls, and record message ids. Used by `workflows.send_messages`."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct

from ordercast.errors import Retryable
from ordercast.notifications.fallback import needs_word
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import ReceiptLog, closed, refusal_log
from ordercast.receipts.suppressions import is_evidence
from ordercast.sending.backoff import backoff
from ordercast.sending.outcome import Settlement
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.ports import Ledger, ReceiptLogs
from ordercast.workflows.send.sent import Sent


class Settling(Struct, frozen=True, kw_only=True):
    """Write outcomes to the ledger, and the owner of each message id to its receipt log."""

    ledger: Ledger
    receipt_logs: ReceiptLogs
    merge: MergeReceipts
    receipt_retention: timedelta
    receipt_timeout: timedelta
    unknown_after: timedelta | None
    chance: Callable[[], float]

    def settle(self, settlements: Sequence[Settlement], sent: Sent) -> None:
        """Settle a wave: message ids first, because a receipt may come at any moment."""
        early: list[ReceiptLog] = []
        # The ledger in any case: nothing else knows what the provider answered.
        try:
            early = self._record(filter(None, map(self._of_call, settlements)))
        finally:
            self.ledger.settle(settlements)
        self._merge_early(early)
        for each in settlements:
            sent.settled[each.outcome.state] += 1
            if each.outcome.state is State.REQUESTED and each.outcome.judged:
                row = each.notification
                sent.retry[row.id] = backoff(row.attempts, chance=self.chance())

    def record_sent_before(self, rows: Iterable[Notification]) -> None:
        """Record message ids sent before: the first time, that may have failed."""
        self._record(
            self._receipt_log(row, message_id, each.at)
            for row in rows
            for message_id, each in row.messages.items()
            if each.state is State.SENT and each.at
        )

    def _of_call(self, settlement: Settlement) -> ReceiptLog | None:
        """Return the receipt log of a message that was taken, or of a refusal that proves something."""
        row, outcome, at = settlement.notification, settlement.outcome, settlement.at
        if outcome.message_id:
            return self._receipt_log(row, outcome.message_id, at)
        if outcome.proves and outcome.state is State.FAILED:
            kept = at + self.receipt_retention
            return refusal_log(row, outcome.proves, at=at, expires_at=kept)
        return None

    def _receipt_log(self, row: Notification, message_id: str, sent_at: datetime) -> ReceiptLog:
        return ReceiptLog(
            message_id=message_id,
            channel=row.channel,
            notification_id=row.id,
            sent_at=sent_at,
            expires_at=sent_at + self.receipt_retention,
            due_at=sent_at + self._first_look(row),
        )

    def _first_look(self, row: Notification) -> timedelta:
        """Return when a receipt log is looked at, if no receipt comes: sooner for what has a fallback and is urgent."""
        if self.unknown_after is None or not needs_word(row):
            return self.receipt_timeout
        return min(self.receipt_timeout, self.unknown_after)

    def _record(self, receipt_logs: Iterable[ReceiptLog]) -> list[ReceiptLog]:
        """Record the notification of each message; return those that have a receipt already."""
        joined = self.receipt_logs.join(list(receipt_logs))
        return [receipt_log for receipt_log in joined if receipt_log.receipt_events]

    def _merge_early(self, early: Sequence[ReceiptLog]) -> None:
        """Merge receipts that came before us; after a failure they stay due for the sweeper."""
        with suppress(Retryable):
            self.merge(early)
            # Evidence stays due: the sweeper suppresses by it.
            done = [receipt_log for receipt_log in early if not is_evidence(receipt_log)]
            self.receipt_logs.change(
                [(t, closed(t, receipt_timeout=self.receipt_timeout)) for t in done]
            )
