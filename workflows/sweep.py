"""Notifications that are due in, lost publications made good out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.schedule import SILENCE, next_republish
from workflows.ports import Clock, Hub, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one round did, in notifications."""

    looked_at: int
    republished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Publish again what was entered and never heard of since.

    A round moves each notification's next look first and publishes second, so that two rounds at
    once publish it once; if we die between the two, the next look, not the message, is what waits.
    """

    ledger: Ledger
    hub: Hub
    now: Clock
    first_wait: timedelta
    limit: int

    def __call__(self) -> Swept:
        """Do one bounded round; raises `Retryable` when the outside world is in trouble."""
        now = self.now()
        rows = self.ledger.read(frozenset(self.ledger.due(now=now, limit=self.limit)))
        mine = self.ledger.postpone([(row, self._next_look(row, now)) for row in rows.values()])
        lost = [row for row in _requested(list(rows.values())) if row.id in mine]
        return Swept(looked_at=len(rows), republished=len(self.hub.publish(lost)))

    def _next_look(self, row: Notification, now: datetime) -> datetime:
        if row.state is State.REQUESTED:
            return next_republish(row.sweeps + 1, first_wait=self.first_wait, now=now)
        return now + SILENCE


def _requested(rows: Sequence[Notification]) -> list[Notification]:
    return [row for row in rows if row.state is State.REQUESTED]
