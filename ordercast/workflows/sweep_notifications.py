"""Act on notifications that are due: release, publish again, or record as in doubt. Used by the sweeper."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import people_for
from ordercast.receipts.matching import number_in_doubt
from ordercast.sending.due_policy import DueAction, DuePolicy, due_action, looked_at
from ordercast.sending.send_rules import SendWithin, latest_status_key_of
from ordercast.workflows.ports import Clock, Ledger, NotificationsTopic, ReceiptQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one round did, in notifications; `bugs` are the types of exceptions raised.

    `matched` are receipts that were matched to texts in doubt.
    """

    looked_at: int
    published: int
    doubtful: int
    matched: int
    bugs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepNotifications:
    """Decide about each due row, write it, and publish what is to be sent.

    A row is written only if it is still as it was read, so concurrent rounds act once. After a
    crash before publishing, the row is due again later.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    receipts: ReceiptQueue
    match_texts: Callable[[Sequence[Notification]], int]
    send_within: SendWithin
    due_policy: DuePolicy
    now: Clock
    limit: int

    def __call__(self) -> Swept:
        """Do one bounded round; raises `Retryable` when a service fails."""
        now = self.now()
        found = self._found(self.ledger.due(now=now, limit=self.limit))
        # The index lags: it may name rows that are closed, or that another round has written.
        rows = [r for r in found.notifications.values() if r.due_at and r.due_at <= now]
        doubtful = any(row.state is State.IN_DOUBT for row in rows)
        until = self.receipts.applied_until(now=now) if doubtful else None
        steps, bugs = self._steps(rows, found, receipts_applied_until=until, now=now)
        texts = [row for row in rows if number_in_doubt(row)]
        changed = self._change([row for row in rows if row not in texts], steps)
        publish = [steps[i].row for i in steps if i in changed and steps[i].publish]
        published = len(self.notifications_topic.publish(publish))
        # Last, so that a failure with receipts does not hold back the rest; and before these rows
        # are written, so that they stay due after a failure.
        matched = self.match_texts(texts) if texts else 0
        self._change(texts, steps)
        return Swept(
            bugs=bugs,
            looked_at=len(steps),
            published=published,
            doubtful=sum(
                steps[row.id].row.state is State.IN_DOUBT is not row.state
                for row in rows
                if row.id in changed
            ),
            matched=matched,
        )

    def _change(self, rows: Iterable[Notification], steps: Mapping[str, DueAction]) -> set[str]:
        return self.ledger.change([(row, steps[row.id].row) for row in rows])

    def _steps(
        self,
        rows: Iterable[Notification],
        found: LookupResult,
        *,
        receipts_applied_until: datetime | None,
        now: datetime,
    ) -> tuple[dict[str, DueAction], tuple[str, ...]]:
        """Decide about each row; one that raises an exception waits for the next look."""
        steps: dict[str, DueAction] = {}
        bugs = []
        for row in rows:
            try:
                steps[row.id] = due_action(
                    row,
                    found,
                    due_policy=self.due_policy,
                    send_within=self.send_within(row),
                    receipts_applied_until=receipts_applied_until,
                    now=now,
                )
            except Exception as error:  # noqa: BLE001 - a bug in one row must not sink its neighbours
                bugs.append(type(error).__name__)
                steps[row.id] = DueAction(row=looked_at(row, due_policy=self.due_policy, now=now))
        return steps, tuple(bugs)

    def _found(self, ids: list[str]) -> LookupResult:
        found = self.ledger.look_up(LookupKeys(notifications=frozenset(ids)))
        deferred = [r for r in found.notifications.values() if r.state is State.DEFERRED]
        if not deferred:
            return found
        wanted = LookupKeys(
            latest_statuses=frozenset(map(latest_status_key_of, deferred)),
            people=frozenset(key for row in deferred for key in people_for(row)),
        )
        more = self.ledger.look_up(wanted)
        return replace(found, latest_statuses=more.latest_statuses, people=more.people)
