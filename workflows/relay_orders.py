"""Stream records in, notifications in the ledger and on the hub out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from notifications.arrival import Arrival, one_an_event, read_arrival
from notifications.drafting import heads, rows
from notifications.identity import notification_id
from notifications.knowledge import Found, HeadKey, MarkKey, Wanted
from notifications.lifecycle import State
from notifications.mark import Mark
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.parking import ParkedRecord, StreamRecord
from notifications.routing import Policy, audience_of, people_in
from notifications.standing import Head, raise_heads
from workflows.mark_events import MarkEvents
from workflows.ports import Clock, Hub, Ledger, ParkedRecords

Opening = Callable[[StreamRecord], Sequence[StreamRecord | ParkedRecord]]
"""Take a record out of its envelope: one becomes many, or what cannot be opened is parked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """What became of a batch, in records; `undone` are to be brought again."""

    accepted: int
    repeated: int
    stale: int
    parked: int
    published: int
    undone: tuple[StreamRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOrders:
    """Mark each event with its decision, enter what the mark promises, hand that to the hub.

    Every delivery, retry or repetition, obeys the mark that stands and completes it; so whoever
    dies between two lines here is made good by whoever brings the records again.
    """

    ledger: Ledger
    mark_events: MarkEvents
    hub: Hub
    parked: ParkedRecords
    opening: Opening
    policy: Policy
    default_currency: str
    now: Clock

    def __call__(self, records: Sequence[StreamRecord]) -> Relayed:
        """Relay a batch; raises `Retryable` when the outside world is in trouble."""
        now = self.now()
        read = [answer for record in records for answer in self._read(record)]
        arrivals = [each for each in read if isinstance(each, Arrival)]
        first = one_an_event(arrivals)
        found = self.ledger.look_up(_wanted(arrivals, self.policy))
        unmarked = [each for key, each in first.items() if key not in found.marks]
        marks = {**found.marks, **self.mark_events(unmarked, found, now=now)}
        usable = [each for each in arrivals if not each.conflicts_with(marks[each.key])]
        conflicts = [each for each in arrivals if each.conflicts_with(marks[each.key])]
        unusable = [each for each in read if isinstance(each, ParkedRecord)]
        self.parked.park([*unusable, *(each.parked() for each in conflicts)])
        waiting = self._enter(one_an_event(usable), marks, found, now)
        taken = self.hub.publish(list(waiting.values()))
        return _relayed(usable, marks, len(unusable + conflicts), taken, waiting.keys() - taken)

    def _read(self, record: StreamRecord) -> list[Arrival | ParkedRecord]:
        return [
            each
            if isinstance(each, ParkedRecord)
            else read_arrival(each, default_currency=self.default_currency)
            for each in self.opening(record)
        ]

    def _enter(
        self,
        first: Mapping[MarkKey, Arrival],
        marks: Mapping[MarkKey, Mark],
        found: Found,
        now: datetime,
    ) -> dict[str, Notification]:
        """Complete what the marks promise; answer what then waits to be published."""
        # Past its instant a mark promises nothing: its rows may be gone because they ended.
        promised = [(a, marks[k]) for k, a in first.items() if now < marks[k].expires_at]
        highest: dict[HeadKey, Head] = {}  # a bulk call takes one statement a key
        entering: list[Notification] = []
        for arrival, mark in promised:
            audience = audience_of(arrival.event, found.people)
            entering += rows(arrival.event, mark, audience, policy=self.policy)
            raise_heads(highest, heads(arrival.event, mark.order, mark.verdicts))
        entered = self.ledger.accept(entering, list(highest.values()))
        return {row.id: row for row in entered if row.state is State.REQUESTED}


def _wanted(arrivals: Collection[Arrival], policy: Policy) -> Wanted:
    return Wanted(
        marks=frozenset(each.key for each in arrivals),
        heads=frozenset(
            (each.key[0], channel)
            for each in arrivals
            for channel in each.event.channels or tuple(Channel)
        ),
        people=frozenset(k for each in arrivals for k in people_in(each.event, policy=policy)),
    )


def _relayed(
    usable: Sequence[Arrival],
    marks: Mapping[MarkKey, Mark],
    parked: int,
    taken: AbstractSet[str],
    lost: AbstractSet[str],
) -> Relayed:
    ours = [marks[each.key] for each in usable if each.is_first_of(marks[each.key])]
    return Relayed(
        accepted=sum(not mark.is_stale for mark in ours),
        repeated=len(usable) - len(ours),
        stale=sum(mark.is_stale for mark in ours),
        parked=parked,
        published=len(taken),
        undone=tuple(
            each.record
            for each in usable
            if any(notification_id(each.event, channel) in lost for channel in Channel)
        ),
    )
