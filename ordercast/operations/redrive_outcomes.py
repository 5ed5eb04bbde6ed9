"""Follow what was redriven until it is known what came of it. Used by `ordercast parked redrive --wait` and the console."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from ordercast.decisions.inbound_event import InboundEvent, read_inbound_event
from ordercast.decisions.lookup import LookUp, LookupKeys, LookupResult
from ordercast.events.envelope import open_envelope
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.parked_sources import SelectedItems
from ordercast.operations.units import count
from ordercast.parked.item import Kind, ParkedItem
from ordercast.settings.stage import StageSettings
from ordercast.wiring.relay import policy_of
from ordercast.workflows.redrive.source import Traces
from ordercast.workflows.redrive.stream_records import Copy, copy_of

EVENTS_MAX = 500
"""How many events of one item are followed; a batch may hold thousands."""

PARKED_MAX = 5_000
"""How many of the records that were parked meanwhile one look reads."""

CLOCKS_APART = timedelta(minutes=1)
"""How far the stream's clock may be behind that of who redrives."""

ParkedBetween = Callable[[datetime, datetime], Iterator[ParkedRecord]]
"""Yield the records that arrived in a span and were parked, and maybe a few others."""


class RedriveResult(StrEnum):
    """What came of a redriven item."""

    RELAYED = "relayed"
    REPEATED = "decided before"
    PARKED = "parked again"  # or still
    PUBLISHED = "published"
    COUNTED = "counted again"
    RETURNED = "back on its queue"
    PENDING = "not seen yet"


_ON_THE_WAY = {State.REQUESTED, State.SENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveOutcome:
    """What came of one item so far, and the messages that it led to; `detail` says why it was parked again.

    `settled` is False while it is not seen yet, or a message of it is on the way to its provider.
    """

    item: ParkedItem
    result: RedriveResult
    detail: str = ""
    messages: Sequence[Notification] = ()
    settled: bool = True

    def __str__(self) -> str:
        """Say it in a line: `relayed: 2 messages: 1 sent, 1 suppressed (no-consent)`."""
        if self.result is RedriveResult.RELAYED and not self.messages:
            return f"{self.result}: no message"
        if self.detail or not self.messages:
            return f"{self.result}{self.detail and f': {self.detail}'}"
        numbers = Counter(f"{r.state}{f' ({r.rule})' if r.rule else ''}" for r in self.messages)
        states = ", ".join(f"{number} {state}" for state, number in numbers.items())
        return f"{self.result}: {count(len(self.messages), 'message')}: {states}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    item: ParkedItem
    traces: Traces
    events: Sequence[InboundEvent]
    copies: frozenset[Copy]

    @property
    def notification_ids(self) -> list[str]:
        events = [notification_id(each.event, c) for each in self.events for c in Channel]
        return [*events, *self.traces.notification_ids[:EVENTS_MAX]]


@dataclass(slots=True, kw_only=True)
class FollowRedrive:
    """What is followed, from before it is redriven on; ask `look` until all of it is settled."""

    look_up: LookUp
    parked_between: ParkedBetween
    began: datetime
    followed: Sequence[_Followed]
    outcomes: dict[str, RedriveOutcome] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether it is known of every item what came of it."""
        known = self.outcomes.values()
        return len(known) == len(self.followed) and all(each.settled for each in known)

    def look(self, now: datetime) -> list[RedriveOutcome]:
        """Return what came of each item until *now*. Raises `LedgerUnavailable` and `ParkingUnavailable`.

        One read of the ledger, and of the records that were parked since; what is settled stays so.
        """
        open_ = [e for e in self.followed if not self._is_settled(e.item)]
        found = self.look_up(
            LookupKeys(
                decisions=frozenset(each.key for one in open_ for each in one.events),
                notifications=frozenset(i for one in open_ for i in one.notification_ids),
            )
        )
        again = self._parked_again(now) if any(one.copies for one in open_) else {}
        for one in open_:
            self.outcomes[one.item.id] = self._outcome(one, found, again)
        return [self.outcomes[each.item.id] for each in self.followed]

    def _is_settled(self, item: ParkedItem) -> bool:
        return item.id in self.outcomes and self.outcomes[item.id].settled

    def _parked_again(self, now: datetime) -> dict[Copy, ParkedRecord]:
        before = {r.position for one in self.followed for r in one.traces.records}
        span = self.began - CLOCKS_APART, now + CLOCKS_APART
        return {
            copy_of(each.record): each
            for each in islice(self.parked_between(*span), PARKED_MAX)
            if each.record.position not in before
            and each.record.arrived_at
            and each.record.arrived_at >= span[0]
        }

    def _outcome(
        self, one: _Followed, found: LookupResult, again: dict[Copy, ParkedRecord]
    ) -> RedriveOutcome:
        rows = [found.notifications[i] for i in one.notification_ids if i in found.notifications]
        if parked := next((again[each] for each in one.copies if each in again), None):
            said = f"{parked.reason}{parked.detail and f': {parked.detail}'}"
            return RedriveOutcome(
                item=one.item, result=RedriveResult.PARKED, detail=said, messages=rows
            )
        if not one.copies:
            return _of_messages(one, rows)
        decided = [found.decisions[e.key] for e in one.events if e.key in found.decisions]
        # An event that cannot be read, or contradicts its decision, will be parked again.
        agreed = sum(
            e.key in found.decisions and not e.conflicts_with(found.decisions[e.key])
            for e in one.events
        )
        if not one.events or agreed < len(one.events):
            return RedriveOutcome(
                item=one.item, result=RedriveResult.PENDING, messages=rows, settled=False
            )
        is_old = all(each.accepted_at < self.began for each in decided)
        made = RedriveOutcome(
            item=one.item,
            result=RedriveResult.REPEATED if is_old else RedriveResult.RELAYED,
            messages=rows,
        )
        return replace(made, settled=not any(row.state in _ON_THE_WAY for row in rows))


def _of_messages(one: _Followed, rows: Sequence[Notification]) -> RedriveOutcome:
    """Return what came of an item that was no record of the stream."""
    if one.item.kind is Kind.BATCH:
        if not one.traces.notification_ids:
            said = one.item.detail
            return RedriveOutcome(item=one.item, result=RedriveResult.PARKED, detail=said)
        return RedriveOutcome(item=one.item, result=RedriveResult.COUNTED)
    if not rows:
        return RedriveOutcome(item=one.item, result=RedriveResult.RETURNED)
    if any(row.state is State.PARKED for row in rows):
        said = ", ".join(row.rule or "" for row in rows)
        return RedriveOutcome(
            item=one.item, result=RedriveResult.PARKED, detail=said, messages=rows
        )
    on_the_way = any(row.state in _ON_THE_WAY for row in rows)
    return RedriveOutcome(
        item=one.item, result=RedriveResult.PUBLISHED, messages=rows, settled=not on_the_way
    )


def follow(
    found: Sequence[SelectedItems],
    settings: StageSettings,
    *,
    look_up: LookUp,
    parked_between: ParkedBetween,
    now: datetime,
) -> FollowRedrive:
    """Return what follows the items of *found*; call it before they are redriven."""
    followed = [
        _followed(each, one.source.traces(each), settings) for one in found for each in one.items
    ]
    return FollowRedrive(
        look_up=look_up, parked_between=parked_between, began=now, followed=followed
    )


def _followed(item: ParkedItem, traces: Traces, settings: StageSettings) -> _Followed:
    """Read the item's events, as if they were at a new place on the stream."""
    copies: set[Copy] = set()
    events: list[InboundEvent] = []
    for key, payload in {copy_of(each): None for each in traces.records[:EVENTS_MAX]}:
        put = StreamRecord(
            sequence_number=_NEW_PLACE, partition_key=key, arrived_at=None, payload=payload
        )
        for part in open_envelope(put):
            # The relay parks what it has unpacked.
            opened = part.record if isinstance(part, ParkedRecord) else part
            copies.add(copy_of(opened))
            read = read_inbound_event(
                opened, default_currency=settings.default_currency, policy=policy_of(settings)
            )
            if isinstance(part, StreamRecord) and isinstance(read, InboundEvent):
                events.append(read)
    return _Followed(item=item, traces=traces, events=events, copies=frozenset(copies))


_NEW_PLACE = "redriven"
