"""Receipts in, what became of each message on the ledger and in its trail out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ordercast.errors import LedgerUnavailable
from ordercast.receipts.receipt import Receipt
from ordercast.receipts.receipt_log import Trail, at_rest, fold, join, trail_of
from ordercast.workflows.merge_receipts import ROUNDS, LearnFromFacts, TakeFacts
from ordercast.workflows.ports import Clock, Trails


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of a batch: notifications that it tells of, and messages nobody here knows (yet)."""

    messages: int
    repeated: int
    orphans: int
    without_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyReceipts:
    """Match each receipt to its notification, by our tag else by message id, and record it.

    The ledger first, then the trail: a trail that is at rest says that the ledger has it. What
    comes before the sender knows the message id waits in its trail, and whoever comes second joins
    the two; so a receipt never has to be brought again for being early.
    """

    trails: Trails
    take: TakeFacts
    learn: LearnFromFacts
    silence: timedelta
    orphan_wait: timedelta
    retention: timedelta
    now: Clock

    def __call__(self, receipts: Sequence[Receipt]) -> Applied:
        """Apply a batch; raises `Retryable` when a table is in trouble."""
        expires_at = self.now() + self.retention
        news = fold(trail_of(each, expires_at=expires_at) for each in receipts)
        orphans = without_row = repeated = 0
        waiting: Mapping[str, Trail] = news
        for _ in range(ROUNDS):
            seen = self.trails.find(waiting.keys())
            joined = {i: self._joined(seen.get(i), new) for i, new in waiting.items()}
            fresh = {i: trail for i, trail in joined.items() if seen.get(i) != trail}
            ours = [trail for trail in fresh.values() if trail.notification_id is not None]
            rows = self.take(ours)
            self.learn(rows, ours)
            written = self.trails.change([(seen.get(i), trail) for i, trail in fresh.items()])
            repeated += len(joined) - len(fresh)
            orphans += sum(fresh[i].notification_id is None for i in written)
            without_row += sum(trail.notification_id not in rows for trail in ours)
            waiting = {i: news[i] for i in fresh.keys() - written}
            if not waiting:
                return Applied(
                    messages=len(news),
                    repeated=repeated,
                    orphans=orphans,
                    without_row=without_row,
                )
        message = "a trail changes faster than receipts can be joined to it"
        raise LedgerUnavailable(message)

    def _joined(self, seen: Trail | None, new: Trail) -> Trail:
        """Return the trail as it is to be once the ledger has what it says."""
        joined = join(seen, new)
        if joined.notification_id is not None:
            rested = at_rest(joined, silence=self.silence)
        elif joined.due_at is None:
            rested = replace(joined, due_at=self.now() + self.orphan_wait)
        else:
            rested = joined
        # How long it is kept is no news: a repeated receipt writes nothing.
        return replace(rested, expires_at=seen.expires_at) if seen else rested
