"""Parked notifications in; the same, waiting for a sender again or suppressed for good, out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Protocol

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.parked.item import Kind, ParkedItem
from ordercast.workflows.ports import Change, Clock, NotificationsTopic
from ordercast.workflows.redrive.source import A_NOTE, Report

DROPPED = "dropped-by-operator"


class FailureLedger(Protocol):
    """The ledger, as far as failures go. Raises `LedgerUnavailable`."""

    def failures(self, state: State, *, day: date) -> Iterator[list[Notification]]:
        """Return what came to *state* on *day* and is in it still, by the page."""
        ...

    def change(self, changes: Sequence[Change]) -> set[str]:
        """Write what differs, where the row is still as it was seen; answer the ids changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedNotifications:
    """Notifications that are out of attempts, or that a bug kept from being sent.

    A redriven one waits for a sender with all its attempts before it; consent, staleness and age
    are judged again when it is claimed. It is due too: should we die before it is published, the
    sweeper publishes it.
    """

    ledger: FailureLedger
    notifications_topic: NotificationsTopic
    now: Clock
    days: Callable[[], Sequence[date]]
    first_wait: timedelta
    _kept: dict[str, Notification] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[ParkedItem]:
        """Return what waits."""
        self._kept.clear()
        for day in self.days():
            for page in self.ledger.failures(State.PARKED, day=day):
                for row in page:
                    self._kept[row.id] = row
                    yield _told_of(row)

    def payload(self, parked: ParkedItem) -> bytes:
        """Return whom it is for."""
        return (self._kept[parked.id].recipient or "").encode()

    def redrive(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Reopen each and publish it."""
        went = 0
        for start in range(0, len(things), A_NOTE):
            rows = [self._kept[each.id] for each in things[start : start + A_NOTE]]
            reopened = {row.id: self._reopened(row) for row in rows}
            changed = self.ledger.change([(row, reopened[row.id]) for row in rows])
            self.notifications_topic.publish([reopened[each] for each in sorted(changed)])
            went += len(changed)
            told(len(rows))
        return went

    def drop(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Suppress each, and say that it was an operator."""
        rows = [self._kept[each.id] for each in things]
        at = self.now()
        changed = self.ledger.change(
            [(r, replace(r, state=State.SUPPRESSED, rule=DROPPED, closed_at=at)) for r in rows]
        )
        told(len(rows))
        return len(changed)

    def _reopened(self, row: Notification) -> Notification:
        return replace(
            row,
            state=State.REQUESTED,
            rule=None,
            attempts=0,
            sweeps=0,
            owner=None,
            closed_at=None,
            due_at=self.now() + self.first_wait,
        )


def _told_of(row: Notification) -> ParkedItem:
    return ParkedItem(
        kind=Kind.NOTIFICATION,
        id=row.id,
        reason=row.rule or "",
        detail=f"{row.status} by {row.channel}, {row.attempts} attempts",
        place=f"order {row.order.order_id}",
        since=row.closed_at,
    )
