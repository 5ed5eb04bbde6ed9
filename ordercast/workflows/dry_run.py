"""Recorded batches in, what the relay would decide about them out; nothing outside is changed.

It is the relay itself, on ports that read people from where they are and keep all else to
themselves: marks, heads, rows, slots of the cap, publications, parked records.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from ordercast.decisions.decision import Mark
from ordercast.decisions.lookup import Found, HeadKey, MarkKey, Wanted
from ordercast.decisions.routing import Policy
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import Head, raise_heads
from ordercast.people.person import Person
from ordercast.workflows.record_decisions import MarkEvents
from ordercast.workflows.relay_orders import Relayed, RelayOrders
from ordercast.workflows.reserve_caps import PayCaps

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")

LookUp = Callable[[Wanted], Found]
"""Read people, as they are on record now. Raises `LedgerUnavailable`."""


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """Relays batches to nobody; `rows`, `parked` and the sums are what came of it so far.

    The trap is to take it for what happened then: people are as they are now, and no order has a
    head from before the first batch.
    """

    look_up_people: LookUp
    policy: Policy
    default_currency: str
    rows: dict[str, Notification] = field(default_factory=dict)
    parked: list[ParkedRecord] = field(default_factory=list)
    _marks: dict[MarkKey, Mark] = field(default_factory=dict)
    _heads: dict[HeadKey, Head] = field(default_factory=dict)
    _paid: dict[str, Person] = field(default_factory=dict)

    def relay(self, records: Sequence[StreamRecord], *, now: datetime) -> Relayed:
        """Relay one batch as if it were *now*."""
        pay_caps = PayCaps(ledger=self, people=self, limit=self.policy.cap)
        relay = RelayOrders(
            ledger=self,
            mark_events=MarkEvents(ledger=self, pay_caps=pay_caps, policy=self.policy),
            hub=_NoHub(),
            parked=_Kept(self.parked),
            opening=open_envelope,
            policy=self.policy,
            default_currency=self.default_currency,
            now=lambda: now,
        )
        return relay(records)

    def look_up(self, wanted: Wanted) -> Found:
        """Answer from here, and people who have not paid here from where they are on record."""
        others = wanted.people - self._paid.keys()
        there = self.look_up_people(Wanted(people=others)).people if others else {}
        return Found(
            marks=_some(self._marks, wanted.marks),
            heads=_some(self._heads, wanted.heads),
            people={**there, **_some(self._paid, wanted.people)},
            notifications=_some(self.rows, wanted.notifications),
        )

    def mark(self, marks: Sequence[Mark]) -> list[Mark]:
        """Keep each mark that is not there yet; answer the one that stands."""
        return [self._marks.setdefault((each.order, each.event), each) for each in marks]

    def accept(
        self, notifications: Sequence[Notification], heads: Sequence[Head]
    ) -> list[Notification]:
        """Keep each row that is not there yet, and raise the heads."""
        raise_heads(self._heads, heads)
        return [self.rows.setdefault(each.id, each) for each in notifications]

    def pay(self, people: Sequence[Person]) -> set[str]:
        """Keep what each has paid."""
        self._paid |= {person.key: person for person in people}
        return {person.key for person in people}


class _NoHub:
    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        """Take all, and tell nobody."""
        return {each.id for each in notifications}


@dataclass(frozen=True, slots=True)
class _Kept:
    records: list[ParkedRecord]

    def park(self, records: Sequence[ParkedRecord]) -> None:
        """Keep them here."""
        self.records.extend(records)


def _some(there: Mapping[Key, Thing], wanted: AbstractSet[Key]) -> dict[Key, Thing]:
    return {key: there[key] for key in wanted if key in there}
