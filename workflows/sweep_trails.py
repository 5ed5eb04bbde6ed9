"""Trails that are due in; joined to the ledger, closed as silent, matched or left as nobody's out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice

from notifications.identity import address_key
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.trail import Trail, at_rest, is_silent
from workflows.ports import Clock, Ledger, Trails
from workflows.take_facts import LearnFromFacts, TakeFacts

PAGES = 20  # of notifications in doubt that a round reads, a few hundred each


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

    ledger: Ledger
    trails: Trails
    take: TakeFacts
    learn: LearnFromFacts
    silence: timedelta
    lease: timedelta
    now: Clock
    limit: int

    def __call__(self) -> TrailsSwept:
        """Do one bounded round; raises `Retryable` when a table is in trouble."""
        now = self.now()
        found = self.trails.find(set(self.trails.due(now=now, limit=self.limit)))
        # The index is a little late: it may name what has been done meanwhile.
        due = [t for t in found.values() if t.due_at and t.due_at <= now and not t.unattributed]
        orphans = [trail for trail in due if trail.notification_id is None]
        matches = self._matches(orphans)
        matched = self._matched(orphans, matches)
        ours = [trail for trail in due if trail.notification_id is not None] + matched
        rows = self.take(ours)
        self.learn(rows, ours)
        silent = [t for t in ours if is_silent(t, silence=self.silence, now=now)]
        left = [trail for trail in orphans if trail.message_id not in matches]
        self.trails.change(
            [(trail, self._done(trail, now)) for trail in ours]
            + [(trail, replace(trail, unattributed=True)) for trail in left]
        )
        return TrailsSwept(
            applied=len(ours) - len(silent),
            silent=len(silent),
            matched=len(matched),
            unattributed=len(left),
        )

    def _matched(self, orphans: Iterable[Trail], matches: Mapping[str, str]) -> list[Trail]:
        """Record whose they are, and return them as they then stand.

        Before the ledger hears of it: what is in doubt no longer would not be found a second time,
        and they would be nobody's for ever if we ended in between.
        """
        whose = [
            (trail, replace(trail, notification_id=matches[trail.message_id]))
            for trail in orphans
            if trail.message_id in matches
        ]
        written = self.trails.change(whose)
        return [
            replace(new, version=seen.version + 1)
            for seen, new in whose
            if new.message_id in written
        ]

    def _done(self, trail: Trail, now: datetime) -> Trail:
        rested = at_rest(trail, silence=self.silence)
        over = is_silent(trail, silence=self.silence, now=now)
        return replace(rested, due_at=None) if over else rested

    def _matches(self, orphans: Iterable[Trail]) -> dict[str, str]:
        """Return the one notification in doubt that each orphan can be of, by message id."""
        texts = [trail for trail in orphans if trail.to is not None]
        doubtful = self._in_doubt(texts)
        candidates = {
            trail.message_id: [
                row.id for row in doubtful.get(trail.to or "", ()) if self._fits(trail, row)
            ]
            for trail in texts
        }
        claims = Counter(i for ids in candidates.values() for i in ids)
        return {
            message_id: ids[0]
            for message_id, ids in candidates.items()
            if len(ids) == 1 and claims[ids[0]] == 1
        }

    def _in_doubt(self, orphans: Iterable[Trail]) -> Mapping[str, list[Notification]]:
        """Return the texts in doubt of those days, by the hash of where they were to go."""
        days = {moment.date() for t in orphans for moment in (t.sent_at, t.sent_at + self.lease)}
        found: defaultdict[str, list[Notification]] = defaultdict(list)
        for day in sorted(days):
            pages = islice(self.ledger.failures(State.IN_DOUBT, day=day), PAGES)
            for row in chain.from_iterable(pages):
                if row.channel is Channel.SMS and row.recipient is not None:
                    found[address_key(row.recipient)].append(row)
        return found

    def _fits(self, trail: Trail, row: Notification) -> bool:
        """Tell whether the provider took the message while the claim in doubt was open."""
        if row.sent_at is None:
            return False
        return row.sent_at - 2 * self.lease <= trail.sent_at <= row.sent_at + _CLOCKS_APART


_CLOCKS_APART = timedelta(seconds=5)
