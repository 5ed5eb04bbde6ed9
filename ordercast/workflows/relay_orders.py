"""Stream records in, notifications in the ledger and on the hub out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from ordercast.decisions.decision import Mark
from ordercast.decisions.drafting import heads, rows
from ordercast.decisions.inbound_event import Arrival, one_an_event, read_arrival
from ordercast.decisions.lookup import Found, HeadKey, MarkKey, Wanted
from ordercast.decisions.routing import Policy, audience_of
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import Head, raise_heads
from ordercast.workflows.ports import Clock, Hub, MarksAndRows, ParkedRecords
from ordercast.workflows.record_decisions import Bugs, MarkEvents

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


@dataclass(slots=True)
class _Drafts:
    """Rows and the highest heads: a bulk call takes one statement a key."""

    rows: list[Notification] = field(default_factory=list)
    heads: dict[HeadKey, Head] = field(default_factory=dict)
    bugs: Bugs = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOrders:
    """Mark each event with its decision, enter what the mark promises, hand that to the hub.

    Every delivery, retry or repetition, obeys the mark that stands and completes it; so whoever
    dies between two lines here is made good by whoever brings the records again.
    """

    ledger: MarksAndRows
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
        found = self.ledger.look_up(_wanted(arrivals))
        unmarked = [each for key, each in first.items() if key not in found.marks]
        new, bugs = self.mark_events(unmarked, found, now=now)
        marks = {**found.marks, **new}
        agreed = one_an_event(each for each in arrivals if not _against(each, marks, bugs))
        drafts = self._draft(agreed, marks, found, now)
        bugs |= drafts.bugs
        usable = [each for each in arrivals if not _against(each, marks, bugs)]
        unusable = [each for each in read if isinstance(each, ParkedRecord)]
        unusable += filter(None, (_against(each, marks, bugs) for each in arrivals))
        self.parked.park(unusable)
        entered = self.ledger.accept(drafts.rows, list(drafts.heads.values()))
        waiting = {row.id: row for row in entered if row.state is State.REQUESTED}
        taken = self.hub.publish(list(waiting.values()))
        return _relayed(usable, marks, len(unusable), taken, waiting.keys() - taken)

    def _read(self, record: StreamRecord) -> list[Arrival | ParkedRecord]:
        return [
            each
            if isinstance(each, ParkedRecord)
            else read_arrival(each, default_currency=self.default_currency, policy=self.policy)
            for each in self.opening(record)
        ]

    def _draft(
        self,
        agreed: Mapping[MarkKey, Arrival],
        marks: Mapping[MarkKey, Mark],
        found: Found,
        now: datetime,
    ) -> _Drafts:
        """Draft what the marks promise."""
        drafts = _Drafts()
        for key, arrival in agreed.items():
            # Past its instant a mark promises nothing: its rows may be gone because they ended.
            if now >= marks[key].expires_at:
                continue
            audience = audience_of(arrival.event, found.people)
            try:
                drafts.rows += rows(arrival.event, marks[key], audience, policy=self.policy)
            except Exception as error:  # noqa: BLE001 - as in `read_arrival`: it sinks no neighbour
                drafts.bugs[key] = error
            else:
                raise_heads(drafts.heads, heads(arrival.event, key[0], marks[key].verdicts))
        return drafts


def _against(arrival: Arrival, marks: Mapping[MarkKey, Mark], bugs: Bugs) -> ParkedRecord | None:
    """Return the record as one to be parked, if anything speaks against using it."""
    if arrival.key in bugs:
        return arrival.tripped(bugs[arrival.key])
    return arrival.parked() if arrival.conflicts_with(marks[arrival.key]) else None


def _wanted(arrivals: Collection[Arrival]) -> Wanted:
    return Wanted(
        marks=frozenset(each.key for each in arrivals),
        heads=frozenset(
            (each.key[0], channel)
            for each in arrivals
            for channel in each.event.channels or tuple(Channel)
        ),
        people=frozenset(key for each in arrivals for key in each.people),
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
