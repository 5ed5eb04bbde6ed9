"""Release what is deferred until a time that has come, or behind a hold. Used by the sweeper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import people_for
from ordercast.sending.due_policy import DueAction, DuePolicy, looked_at, release
from ordercast.sending.send_rules import SendWithin, latest_status_key_of
from ordercast.workflows.ports import Clock, Ledger, NotificationsTopic
from ordercast.workflows.sweep.actions import decide_each, due_rows, publish, write
from ordercast.workflows.sweep.swept import Swept


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDeferred:
    """Check each deferred row by send rules and holds; then publish it, suppress it or hold it back."""

    ledger: Ledger
    notifications_topic: NotificationsTopic
    send_within: SendWithin
    due_policy: DuePolicy
    now: Clock
    limit: int

    def __call__(
        self, partitions: Sequence[str], swept: Swept, *, until: datetime | None = None
    ) -> bool:
        """Do one bounded round over what is due *until* then, or by now.

        Returns whether there may be more; raises `Retryable`.
        """
        now = self.now()
        rows = due_rows(self.ledger, partitions, until=until or now, limit=self.limit)
        if not rows:
            return False
        found = self.found(rows)
        actions = decide_each(
            rows,
            lambda row: self.action(row, found, now),
            lambda row: self.later(row, now),
            swept,
        )
        written = write(self.ledger, rows, actions)
        swept.released += sum(actions[i].row.state is State.REQUESTED for i in written)
        publish(self.notifications_topic, written, actions, swept)
        return True

    def found(self, rows: Iterable[Notification]) -> LookupResult:
        """Read what the release of *rows* is decided by."""
        return self.ledger.look_up(
            LookupKeys(
                latest_statuses=frozenset(map(latest_status_key_of, rows)),
                people=frozenset(key for row in rows for key in people_for(row)),
                holds=True,
            )
        )

    def later(self, row: Notification, now: datetime) -> Notification:
        """Return a row that cannot be decided about: behind no hold, or each round would read it."""
        return replace(looked_at(row, due_policy=self.due_policy, now=now), held_by=None)

    def action(self, row: Notification, found: LookupResult, now: datetime) -> DueAction:
        """Decide what becomes of a deferred row."""
        within = self.send_within(row)
        return release(row, found, due_policy=self.due_policy, send_within=within, now=now)
