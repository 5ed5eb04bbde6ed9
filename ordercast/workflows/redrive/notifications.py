"""Redrive parked notifications, or suppress them for good."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.parked.item import Kind, ParkedItem
from ordercast.workflows.ports import Clock, Failures, NotificationsTopic
from ordercast.workflows.redrive.paced import PacedRedrive
from ordercast.workflows.redrive.source import NOTE_SIZE, ReportProgress, Traces

DROPPED = "dropped-by-operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedNotifications:
    """Notifications that are out of attempts, or that failed to render.

    A redriven one has all its attempts again; the send rules are asked again when it is claimed.
    It has a due time too, so after a crash the sweeper publishes it. What there is no room for in
    the senders' queues is deferred, and released by the sweeper.
    """

    ledger: Failures
    notifications_topic: NotificationsTopic
    now: Clock
    days: Callable[[], Sequence[date]]
    first_wait: timedelta
    paced: PacedRedrive
    _kept: dict[str, Notification] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[ParkedItem]:
        """Return what waits."""
        self._kept.clear()
        for day in self.days():
            for page in self.ledger.failures(State.PARKED, day=day):
                for row in page:
                    self._kept[row.id] = row
                    yield _item(row)

    def payload(self, parked: ParkedItem) -> bytes:
        """Return its recipient."""
        return (self._kept[parked.id].recipient or "").encode()

    def traces(self, parked: ParkedItem) -> Traces:
        """Return its id."""
        return Traces(notification_ids=(parked.id,))

    def redrive(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Reopen each, and publish what there is room for."""
        went = 0
        for start in range(0, len(things), NOTE_SIZE):
            rows = [self._kept[each.id] for each in things[start : start + NOTE_SIZE]]
            going, waiting = self.paced([self._reopened(row) for row in rows])
            reopened = {row.id: row for row in (*going, *waiting)}
            changed = self.ledger.change([(row, reopened[row.id]) for row in rows])
            self.notifications_topic.publish([row for row in going if row.id in changed])
            self.paced.deferred += sum(row.id in changed for row in waiting)
            went += len(changed)
            progress(len(rows))
        return went

    def drop(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Suppress each; the rule says that it was an operator."""
        rows = [self._kept[each.id] for each in things]
        at = self.now()
        changed = self.ledger.change(
            [(r, replace(r, state=State.SUPPRESSED, rule=DROPPED, closed_at=at)) for r in rows]
        )
        progress(len(rows))
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
            drawn=None,  # counting has returned it to the budgets when the row ended
            due_at=self.now() + self.first_wait,
        )


def _item(row: Notification) -> ParkedItem:
    return ParkedItem(
        kind=Kind.NOTIFICATION,
        id=row.id,
        reason=row.rule or "",
        detail=f"{row.status} by {row.channel}, {row.attempts} attempts",
        place=f"order {row.order.order_id}",
        since=row.closed_at,
    )
