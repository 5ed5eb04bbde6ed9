"""Notifications that are due in; released, published again or recorded as in doubt out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from notifications.identity import order_of
from notifications.knowledge import Found, Wanted
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.recheck import people_for
from notifications.sweeping import Patience, step
from workflows.ports import Clock, Hub, Ledger, ReceiptQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one round did, in notifications."""

    looked_at: int
    published: int
    doubtful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Look at what is due, write what is to become of it, and publish what senders are to hear.

    Each row is changed only as it was seen, so that two rounds at once do everything once; if we
    die before publishing, the next look, not the message, is what waits.
    """

    ledger: Ledger
    hub: Hub
    receipts: ReceiptQueue
    send_within: Callable[[Notification], timedelta]
    patience: Patience
    now: Clock
    limit: int

    def __call__(self) -> Swept:
        """Do one bounded round; raises `Retryable` when the outside world is in trouble."""
        now = self.now()
        found = self._found(self.ledger.due(now=now, limit=self.limit))
        rows = found.notifications.values()
        drained = any(row.state is State.IN_DOUBT for row in rows) and self.receipts.is_drained()
        steps = {
            row.id: step(
                row,
                found,
                patience=self.patience,
                send_within=self.send_within(row),
                receipts_drained=drained,
                now=now,
            )
            for row in rows
        }
        changed = self.ledger.change([(row, steps[row.id].row) for row in rows])
        publish = [steps[i].row for i in steps if i in changed and steps[i].publish]
        return Swept(
            looked_at=len(steps),
            published=len(self.hub.publish(publish)),
            doubtful=sum(steps[i].row.state is State.IN_DOUBT for i in changed),
        )

    def _found(self, ids: list[str]) -> Found:
        found = self.ledger.look_up(
            Wanted(
                notifications=frozenset(ids),
                heads=frozenset((order_of(i), channel) for i in ids for channel in Channel),
            )
        )
        deferred = [r for r in found.notifications.values() if r.state is State.DEFERRED]
        if not deferred:
            return found
        wanted = Wanted(people=frozenset(key for row in deferred for key in people_for(row)))
        return replace(found, people=self.ledger.look_up(wanted).people)
