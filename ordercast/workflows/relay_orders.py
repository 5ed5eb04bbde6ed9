"""Turn stream records into notifications, on the ledger and on the notifications topic. Used by the relay."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.decisions.audience import Policy, audience_of
from ordercast.decisions.decision import Decision
from ordercast.decisions.drafting import latest_statuses, rows
from ordercast.decisions.inbound_event import InboundEvent, first_of_each_event, read_inbound_event
from ordercast.decisions.lookup import DecisionKey, LatestStatusKey, LookupKeys, LookupResult
from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, raise_latest_statuses
from ordercast.pacing.holds import OF_A_CHANNEL, Holds, held, hold_of
from ordercast.pacing.restoring import fenced, is_gate
from ordercast.sending.send_rules import SendWithin, expires_at
from ordercast.workflows.ports import Clock, NotificationsTopic, ParkedRecords, RelayLedger
from ordercast.workflows.record_decisions import Bugs, RecordDecisions

Opening = Callable[[StreamRecord], Sequence[StreamRecord | ParkedRecord]]
"""Open a record's envelope: an aggregate becomes many records; what cannot be opened is parked."""

PROMPT = timedelta(minutes=1)
"""An event that is decided about later after its arrival misses the target (stages/*.toml: decided_percent)."""


class Relayed(Struct, frozen=True, kw_only=True):
    """What became of a batch, in records; `undone` are to be redelivered.

    `decided` counts the events that nothing was known of before, parked ones too; `late` those of
    them that were decided about more than a minute after they arrived.
    """

    accepted: int
    repeated: int
    stale: int
    parked: int
    published: int
    decided: int = 0
    late: int = 0
    undone: tuple[StreamRecord, ...]


class _Drafts(Struct):
    """Rows and the highest latest statuses: a bulk call takes one statement for a key."""

    rows: list[Notification] = field(default_factory=list)
    latest_statuses: dict[LatestStatusKey, LatestStatus] = field(default_factory=dict)
    bugs: Bugs = field(default_factory=dict)


class RelayOrders(Struct, frozen=True, kw_only=True):
    """Store a decision for each event, enter the rows that it promises, and publish them.

    Every redelivery and repetition follows the stored decision and completes it, so a crash between
    two writes is mended by the next delivery.

    A restored ledger takes nothing until the stream was replayed into it.
    """

    ledger: RelayLedger
    record_decisions: RecordDecisions
    notifications_topic: NotificationsTopic
    parked: ParkedRecords
    opening: Opening
    policy: Policy
    default_currency: str
    send_within: SendWithin
    now: Clock

    def __call__(self, records: Sequence[StreamRecord]) -> Relayed:
        """Relay a batch in five phases; raises `Retryable` when a service fails."""
        now = self.now()
        # Read: open the records and parse their events.
        read = [each for record in records for each in self._read(record)]
        events = [each for each in read if isinstance(each, InboundEvent)]
        # Look up: decisions, latest statuses and people, in one round trip.
        found = self.ledger.look_up(_keys(events))
        if any(map(is_gate, found.holds)):
            raise LedgerUnavailable("it was restored, and the stream is to be replayed first")
        # Decide: store a decision for each event that has none.
        undecided = [
            each for key, each in first_of_each_event(events).items() if key not in found.decisions
        ]
        new, bugs = self.record_decisions(undecided, found, now=now)
        decided_at = self.now()
        decisions = {**found.decisions, **new}
        # Draft: the rows and latest statuses that the decisions promise.
        agreed, _ = _partition(events, decisions, bugs)
        drafts = self._draft(first_of_each_event(agreed), decisions, found, now)
        # Write: park what cannot be used, enter the rows, publish them.
        usable, rejected = _partition(events, decisions, {**bugs, **drafts.bugs})
        unusable = [each for each in read if isinstance(each, ParkedRecord)] + rejected
        self.parked.park(unusable)
        published, lost = self._publish(drafts, found.holds)
        decided = _decided([each for each in undecided if each.key in new], unusable)
        outcome = _relayed(usable, decisions, len(unusable), published, lost)
        return replace(outcome, decided=len(decided), late=_late(decided, decided_at))

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
        """Draft what the decisions promise."""
        drafts = _Drafts()
        for key, inbound in agreed.items():
            # An expired decision promises nothing: its rows may have been removed by retention.
            if now >= decisions[key].expires_at:
                continue
            audience = audience_of(inbound.event, found.people)
            try:
                drafts.rows += rows(inbound.event, decisions[key], audience, policy=self.policy)
            except Exception as error:  # noqa: BLE001 - a bug in one event must not sink its neighbours
                drafts.bugs[key] = error
            else:
                raise_latest_statuses(
                    drafts.latest_statuses,
                    latest_statuses(
                        inbound.event,
                        key[0],
                        decisions[key].verdicts,
                        accepted_at=decisions[key].accepted_at,
                    ),
                )
        return drafts

    def _publish(self, drafts: _Drafts, holds: Holds) -> tuple[AbstractSet[str], AbstractSet[str]]:
        """Enter the rows and publish those still requested; return the ids published and lost."""
        entered = self.ledger.accept(drafts.rows, list(drafts.latest_statuses.values()))
        requested = {row.id: row for row in entered if row.state is State.REQUESTED}
        behind = self._hold_back(requested.values(), holds)
        published = self.notifications_topic.publish(
            [row for i, row in requested.items() if i not in behind]
        )
        return published, requested.keys() - published - behind

    def _hold_back(self, requested: Iterable[Notification], holds: Holds) -> AbstractSet[str]:
        """Put behind its hold what the provider takes nothing of now, or not yet; return the ids.

        A sender would do it too, but after a receive. It alone asks the other holds, which are more
        often of a few.
        """
        trouble = [each for each in holds if each.why in OF_A_CHANNEL]
        now = self.now()
        changes = []
        for row in requested:
            if behind := fenced(row, holds, now=now):
                changes.append((row, behind))
            elif hold := hold_of(row, trouble):
                until = expires_at(row, self.send_within(row))
                changes.append((row, held(row, hold, until=until)))
        return self.ledger.change(changes)


def _partition(
    events: Iterable[InboundEvent], decisions: Mapping[DecisionKey, Decision], bugs: Bugs
) -> tuple[list[InboundEvent], list[ParkedRecord]]:
    """Return the usable events, and those to park: a bug, or a decision about another meaning."""
    usable: list[InboundEvent] = []
    rejected: list[ParkedRecord] = []
    for each in events:
        if each.key in bugs:
            rejected.append(each.failed(bugs[each.key]))
        elif each.conflicts_with(decisions[each.key]):
            rejected.append(each.parked())
        else:
            usable.append(each)
    return usable, rejected


def _decided(new: Iterable[InboundEvent], parked: Iterable[ParkedRecord]) -> list[StreamRecord]:
    records = [each.record for each in new] + [each.record for each in parked]
    return list({each.position: each for each in records}.values())


def _late(decided: Iterable[StreamRecord], at: datetime) -> int:
    return sum(bool(each.arrived_at and at - each.arrived_at > PROMPT) for each in decided)


def _keys(events: Collection[InboundEvent]) -> LookupKeys:
    return LookupKeys(
        decisions=frozenset(each.key for each in events),
        latest_statuses=frozenset(
            (each.key[0], channel)
            for each in events
            for channel in each.event.channels or tuple(Channel)
        ),
        people=frozenset(key for each in events for key in each.people),
        holds=bool(events),
    )


def _relayed(
    usable: Sequence[InboundEvent],
    decisions: Mapping[DecisionKey, Decision],
    parked: int,
    published: AbstractSet[str],
    lost: AbstractSet[str],
) -> Relayed:
    ours = [decisions[each.key] for each in usable if each.is_first_of(decisions[each.key])]
    return Relayed(
        accepted=sum(not each.is_stale for each in ours),
        repeated=len(usable) - len(ours),
        stale=sum(each.is_stale for each in ours),
        parked=parked,
        published=len(published),
        undone=tuple(
            each.record
            for each in usable
            if any(notification_id(each.event, channel) in lost for channel in Channel)
        ),
    )
