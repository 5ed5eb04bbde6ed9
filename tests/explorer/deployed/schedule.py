"""Invoke the sweeper every minute while there is work for it. Used by the explorer's stage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import PROBED, Holds
from ordercast.receipts.receipt_log import ReceiptLog
from tests.fakes.clock import START, HandTurnedClock

MINUTE = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class EveryMinute:
    """Invokes each minute; a round in which nothing is due would do nothing, and is left out."""

    clock: HandTurnedClock
    rows: Mapping[str, Notification]
    holds: Callable[[], Holds]
    holds_kept: timedelta
    receipt_logs: Mapping[str, ReceiptLog]
    invoke: Callable[[Any], object]
    last: datetime = START

    def step(self) -> bool:
        """Do a round where one is due."""
        at = self.next_at()
        if at is None or at > self.clock():
            return False
        self.last = self.clock()
        self.invoke({})
        return True

    def next_at(self) -> datetime | None:
        """Return when the next round is."""
        released = {each.id: each.released_at for each in self.holds() if each.released_at}
        due = [at + self.holds_kept for at in released.values()]
        # What waits behind trouble at the provider is probed in each round.
        walked = released | {each.id: START for each in self.holds() if each.why in PROBED}
        due += [
            walked.get(row.held_by or "", row.due_at) if row.is_held else row.due_at
            for row in self.rows.values()
            if row.due_at
        ]
        waiting = (each for each in self.receipt_logs.values() if not each.unattributed)
        due += [receipt_log.due_at for receipt_log in waiting if receipt_log.due_at]
        return max(min(due), self.last + MINUTE) if due else None
