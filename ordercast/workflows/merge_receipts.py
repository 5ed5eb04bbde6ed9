"""Trails of messages that are somebody's in, what they say on the ledger and in memories out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ordercast.decisions.lookup import Wanted
from ordercast.errors import LedgerUnavailable
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.receipts.merge import heard
from ordercast.receipts.receipt_log import Trail
from ordercast.receipts.suppressions import Taught, learn, learners, lessons
from ordercast.workflows.ports import Clock, Ledger, Memories

ROUNDS = 5  # of losing the race for a row or a record, after which the batch is brought again


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFacts:
    """Join what is said of messages to their notifications, and remember what it teaches.

    Facts join by maximum, so whoever loses a race reads again and joins again; twice is once.
    """

    ledger: Ledger
    silence: timedelta
    now: Clock

    def __call__(self, trails: Iterable[Trail]) -> dict[str, Notification]:
        """Return the rows as they now are, by id; raises `Retryable` when a table is in trouble."""
        whose: defaultdict[str, list[Trail]] = defaultdict(list)
        for trail in trails:
            if trail.notification_id is not None:
                whose[trail.notification_id].append(trail)
        rows: dict[str, Notification] = {}
        waiting = frozenset(whose)
        for _ in range(ROUNDS):
            found = self.ledger.look_up(Wanted(notifications=waiting)).notifications
            changes = [(row, self._heard(row, whose[i])) for i, row in found.items()]
            news = [(row, new) for row, new in changes if row != new]
            written = self.ledger.change(news)
            waiting = frozenset(row.id for row, _ in news) - written
            rows |= {new.id: new for _, new in changes if new.id not in waiting}
            if not waiting:
                return rows
        message = "a row changes faster than receipts can be joined to it"
        raise LedgerUnavailable(message)

    def _heard(self, row: Notification, trails: Sequence[Trail]) -> Notification:
        return heard(row, trails, silence=self.silence, now=self.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnFromFacts:
    """Remember, of the address and of its customer, what a message's fate teaches."""

    ledger: Ledger
    people: Memories
    soft_bounces: int

    def __call__(self, rows: Mapping[str, Notification], trails: Iterable[Trail]) -> int:
        """Return how many records changed; raises `Retryable` when a table is in trouble."""
        taught = _by_person(rows, trails)
        changed = 0
        for _ in range(ROUNDS):
            if not taught:
                return changed
            known = self.ledger.look_up(Wanted(people=frozenset(taught))).people
            news = []
            for key, told in taught.items():
                before = known.get(key, Person(key=key))
                after = learn(before, told, soft_bounces=self.soft_bounces)
                if after is not before:
                    news.append(after)
            written = self.people.learn(news)
            changed += len(written)
            lost = {person.key for person in news} - written
            taught = {key: taught[key] for key in lost}
        message = "somebody's record changes faster than it can be added to"
        raise LedgerUnavailable(message)


def _by_person(
    rows: Mapping[str, Notification], trails: Iterable[Trail]
) -> dict[str, list[Taught]]:
    taught: defaultdict[str, list[Taught]] = defaultdict(list)
    for trail in trails:
        row = rows.get(trail.notification_id or "")
        if row is not None:
            for key, told in learners(row, lessons(row, [trail])).items():
                taught[key] += told
    return dict(taught)
