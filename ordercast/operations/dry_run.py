"""Run the relay without effects on recorded batches. Used by `replay --dry-run` and `validate`.

`look_up_people` reads people from a stage or a file; the ports keep everything else in memory: decisions, latest
statuses, rows, cap reservations, publications and parked records.
"""

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from ordercast.decisions.audience import Policy
from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import (
    DecisionKey,
    LatestStatusKey,
    LookUp,
    LookupKeys,
    LookupResult,
)
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, raise_latest_statuses
from ordercast.people.person import Person
from ordercast.wiring.relay import RelayPorts, relay_orders
from ordercast.workflows.ports import RowChange
from ordercast.workflows.relay_orders import Relayed

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


@dataclass(slots=True, kw_only=True)
class DryRun:
    """Relay batches in memory; `decisions`, `rows` and `parked` are the results so far.

    `look_up_people` reads people as they are on record now.

    The trap: it need not be what happened then. People are as they are now, and no order has a
    latest status from before the first batch.
    """

    look_up_people: LookUp
    policy: Policy
    default_currency: str
    decisions: dict[DecisionKey, Decision] = field(default_factory=dict)
    rows: dict[str, Notification] = field(default_factory=dict)
    parked: list[ParkedRecord] = field(default_factory=list)
    _latest_statuses: dict[LatestStatusKey, LatestStatus] = field(default_factory=dict)
    _reservations: dict[str, Person] = field(default_factory=dict)

    def relay(self, records: Sequence[StreamRecord], *, now: datetime) -> Relayed:
        """Relay one batch as if it were *now*."""
        ports = RelayPorts(
            ledger=self,
            people=self,
            notifications_topic=self,
            parked=self,
            now=lambda: now,
        )
        return relay_orders(ports, self.policy, default_currency=self.default_currency)(records)

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Answer from memory; people without a reservation here are read from the stage."""
        others = wanted.people - self._reservations.keys()
        there = self.look_up_people(LookupKeys(people=others)).people if others else {}
        return LookupResult(
            decisions=_some(self.decisions, wanted.decisions),
            latest_statuses=_some(self._latest_statuses, wanted.latest_statuses),
            people={**there, **_some(self._reservations, wanted.people)},
            notifications=_some(self.rows, wanted.notifications),
        )

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Keep each decision that is not there yet; answer the stored one."""
        return [self.decisions.setdefault((each.order, each.event), each) for each in decisions]

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        """Keep each row that is not there yet, and raise the latest statuses."""
        raise_latest_statuses(self._latest_statuses, latest_statuses)
        return [self.rows.setdefault(each.id, each) for each in notifications]

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        """Change nothing: what is held back was decided to be sent."""
        return {row.id for row, _ in changes}

    def reserve(self, people: Sequence[Person]) -> set[str]:
        """Keep each reservation."""
        self._reservations |= {person.key: person for person in people}
        return {person.key for person in people}

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        """Accept all and publish nothing."""
        return {each.id for each in notifications}

    def park(self, records: Sequence[ParkedRecord]) -> None:
        """Keep them in memory."""
        self.parked.extend(records)


def _some(there: Mapping[Key, Thing], wanted: AbstractSet[Key]) -> dict[Key, Thing]:
    return {key: there[key] for key in wanted if key in there}
