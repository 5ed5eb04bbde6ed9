"""Trails that are due in; joined to the ledger, closed as silent, matched or left as nobody's out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import Trail, at_rest, is_silent
from ordercast.workflows.match_receipts import MatchTexts
from ordercast.workflows.merge_receipts import LearnFromFacts, TakeFacts
from ordercast.workflows.ports import Clock, Trails


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailsSwept:
    """What one round did, in messages: joined, closed as silent, matched by chance, nobody's."""

    applied: int
    silent: int
    matched: int
    unattributed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTrails:
    """Take what neither the sender nor the tracker could, and close what nobody will speak of.

    A text's receipt that nobody knows is that of a text in doubt, if it went to the same number
    while the claim was open, and if there is exactly one such text and one such receipt.
    """

    trails: Trails
    take: TakeFacts
    learn: LearnFromFacts
    match: MatchTexts
    silence: timedelta
    now: Clock
    limit: int

    def __call__(self) -> TrailsSwept:
        """Do one bounded round; raises `Retryable` when a table is in trouble."""
        now = self.now()
        found = self.trails.find(set(self.trails.due(now=now, limit=self.limit)))
        # The index is a little late: it may name what has been done meanwhile.
        due = [t for t in found.values() if t.due_at and t.due_at <= now and not t.unattributed]
        ours = [trail for trail in due if trail.notification_id is not None]
        silent = [t for t in ours if is_silent(t, silence=self.silence, now=now)]
        self._join(ours, now)
        # Then only: what is known of a text may end the doubt in which it would be matched.
        orphans = [trail for trail in due if trail.notification_id is None]
        matched = self.match(orphans, [], now=now)
        self._join(matched, now)
        known = {trail.message_id for trail in matched}
        left = [trail for trail in orphans if trail.message_id not in known]
        self.trails.change([(trail, replace(trail, unattributed=True)) for trail in left])
        return TrailsSwept(
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

    def _join(self, ours: Sequence[Trail], now: datetime) -> None:
        """Tell the ledger first, so that a trail at rest says that the ledger has it."""
        rows = self.take(ours)
        self.learn(rows, ours)
        self.trails.change([(trail, self._done(trail, now)) for trail in ours])

    def _done(self, trail: Trail, now: datetime) -> Trail:
        rested = at_rest(trail, silence=self.silence)
        over = is_silent(trail, silence=self.silence, now=now)
        return replace(rested, due_at=None) if over else rested
