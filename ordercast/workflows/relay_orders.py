"""Stream records in, notifications in the ledger and on the hub out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from ordercast.decisions.decision import Decision
from ordercast.decisions.drafting import latest_statuses, rows
from ordercast.decisions.inbound_event import InboundEvent, first_of_each_event, read_inbound_event
from ordercast.decisions.lookup import DecisionKey, LatestStatusKey, LookupKeys, LookupResult
from ordercast.decisions.routing import Policy, audience_of
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, raise_latest_statuses
from ordercast.workflows.ports import Clock, DecisionsAndRows, NotificationsTopic, ParkedRecords
from ordercast.workflows.record_decisions import Bugs, RecordDecisions

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
    latest_statuses: dict[LatestStatusKey, LatestStatus] = field(default_factory=dict)
    bugs: Bugs = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOrders:
    """Mark each event with its decision, enter what the mark promises, hand that to the hub.

    Every delivery, retry or repetition, obeys the mark that stands and completes it; so whoever
    dies between two lines here is made good by whoever brings the records again.
    """

    ledger: DecisionsAndRows
    record_decisions: RecordDecisions
    notifications_topic: NotificationsTopic
    parked: ParkedRecords
    opening: Opening
    policy: Policy
    default_currency: str
    now: Clock

    def __call__(self, records: Sequence[StreamRecord]) -> Relayed:
        """Relay a batch; raises `Retryable` when the outside world is in trouble."""
        now = self.now()
        read = [answer for record in records for answer in self._read(record)]
        inbound_events = [each for each in read if isinstance(each, InboundEvent)]
        first = first_of_each_event(inbound_events)
        found = self.ledger.look_up(_wanted(inbound_events))
        undecided = [each for key, each in first.items() if key not in found.decisions]
        new, bugs = self.record_decisions(undecided, found, now=now)
        decisions = {**found.decisions, **new}
        agreed = first_of_each_event(
            each for each in inbound_events if not _against(each, decisions, bugs)
        )
        drafts = self._draft(agreed, decisions, found, now)
        bugs |= drafts.bugs
        usable = [each for each in inbound_events if not _against(each, decisions, bugs)]
        unusable = [each for each in read if isinstance(each, ParkedRecord)]
        unusable += filter(None, (_against(each, decisions, bugs) for each in inbound_events))
        self.parked.park(unusable)
        entered = self.ledger.accept(drafts.rows, list(drafts.latest_statuses.values()))
        waiting = {row.id: row for row in entered if row.state is State.REQUESTED}
        taken = self.notifications_topic.publish(list(waiting.values()))
        return _relayed(usable, decisions, len(unusable), taken, waiting.keys() - taken)

    def _read(self, record: StreamRecord) -> list[InboundEvent | ParkedRecord]:
        return [
            each
            if isinstance(each, ParkedRecord)
            else read_inbound_event(
                each, default_currency=self.default_currency, policy=self.policy
            )
            for each in self.opening(record)
        ]

    def _draft(
        self,
        agreed: Mapping[DecisionKey, InboundEvent],
        decisions: Mapping[DecisionKey, Decision],
        found: LookupResult,
        now: datetime,
    ) -> _Drafts:
        """Draft what the marks promise."""
        drafts = _Drafts()
        for key, inbound in agreed.items():
            # Past its instant a mark promises nothing: its rows may be gone because they ended.
            if now >= decisions[key].expires_at:
                continue
            audience = audience_of(inbound.event, found.people)
            try:
                drafts.rows += rows(inbound.event, decisions[key], audience, policy=self.policy)
            except Exception as error:  # noqa: BLE001 - as in `read_arrival`: it sinks no neighbour
                drafts.bugs[key] = error
            else:
                raise_latest_statuses(
                    drafts.latest_statuses,
                    latest_statuses(inbound.event, key[0], decisions[key].verdicts),
                )
        return drafts


def _against(
    inbound: InboundEvent, decisions: Mapping[DecisionKey, Decision], bugs: Bugs
) -> ParkedRecord | None:
    """Return the record as one to be parked, if anything speaks against using it."""
    if inbound.key in bugs:
        return inbound.failed(bugs[inbound.key])
    return inbound.parked() if inbound.conflicts_with(decisions[inbound.key]) else None


def _wanted(inbound_events: Collection[InboundEvent]) -> LookupKeys:
    return LookupKeys(
        decisions=frozenset(each.key for each in inbound_events),
        latest_statuses=frozenset(
            (each.key[0], channel)
            for each in inbound_events
            for channel in each.event.channels or tuple(Channel)
        ),
        people=frozenset(key for each in inbound_events for key in each.people),
    )


def _relayed(
    usable: Sequence[InboundEvent],
    decisions: Mapping[DecisionKey, Decision],
    parked: int,
    taken: AbstractSet[str],
    lost: AbstractSet[str],
) -> Relayed:
    ours = [decisions[each.key] for each in usable if each.is_first_of(decisions[each.key])]
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
