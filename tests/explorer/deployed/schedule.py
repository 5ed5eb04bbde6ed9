"""Invoke the sweeper every minute while there is work for it. Used by the explorer's stage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambda_event_sources.outcomes import Outcome, Returned
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import PROBED, Hold, Holds, Why
from ordercast.receipts.provider_events import NOT_SENT_REASONS
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.workflows.sweep.probe_holds import SOON
from tests.fakes.clock import START, HandTurnedClock

MINUTE = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class EveryMinute:
    """Invokes each minute; a round in which nothing is due would do nothing, and is left out.

    What failed is due again at once.
    """

    clock: HandTurnedClock
    rows: Mapping[str, Notification]
    holds: Callable[[], Holds]
    holds_kept: timedelta
    receipt_logs: Mapping[str, ReceiptLog]
    next_look: Callable[[Holds], datetime | None]
    looks_at_routes: Callable[[], bool]
    invoke: Callable[[Any], Outcome]
    last: datetime = START
    has_failed: bool = False

    def step(self) -> bool:
        """Do a round where one is due."""
        at = self.next_at()
        if at is None or at > self.clock():
            return False
        self.last = self.clock()
        self.has_failed = not isinstance(self.invoke({}), Returned)
        return True

    def next_at(self) -> datetime | None:
        """Return when the next round is."""
        due = [
            each.released_at + self.holds_kept
            for each in self.holds()
            # That of a bad reputation ends with a look.
            if each.released_at and each.why is not Why.REPUTATION
        ]
        turns = {each.id: turn for each in self.holds() if (turn := self._turn(each))}
        due += [
            min(turns.get(row.held_by or "", row.due_at), row.due_at) if row.is_held else row.due_at
            for row in self.rows.values()
            if row.due_at
        ]
        waiting = (each for each in self.receipt_logs.values() if not each.unattributed)
        due += [receipt_log.due_at for receipt_log in waiting if receipt_log.due_at]
        look = self.next_look(self.holds())
        due += [look] if look else []
        if self.looks_at_routes():
            # Of what goes by another route, nothing waits behind the breaker.
            due += [self.last + MINUTE for h in self.holds() if h.is_active and h.scope.route]
        due += [self.last] * self.has_failed
        return max(min(due), self.last + MINUTE) if due else None

    def _turn(self, hold: Hold) -> datetime | None:
        """Return when a hold was let go, or is probed next; None where neither is."""
        if hold.released_at or hold.why not in PROBED:
            return hold.released_at
        if hold.reason not in NOT_SENT_REASONS:
            return self.last + MINUTE
        done = (self.last - hold.since) // MINUTE // SOON
        return hold.since + max(done + 1, 1) * SOON * MINUTE
