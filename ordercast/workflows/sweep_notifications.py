"""Notifications that are due in; released, published again or recorded as in doubt out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person_keys import people_for
from ordercast.receipts.matching import number_in_doubt
from ordercast.sending.due_policy import DueAction, DuePolicy, due_action, looked_at
from ordercast.sending.send_rules import latest_status_key_of
from ordercast.workflows.ports import Clock, Ledger, NotificationsTopic, ReceiptQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one round did, in notifications; `bugs` names the types of what a look raised.

    `matched` are receipts that were found to be of texts in doubt.
    """

    looked_at: int
    published: int
    doubtful: int
    matched: int
    bugs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepNotifications:
    """Look at what is due, write what is to become of it, and publish what senders are to hear.

    Each row is changed only as it was seen, so that two rounds at once do everything once; if we
    die before publishing, the next look, not the message, is what waits.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    receipts: ReceiptQueue
    of_texts: Callable[[Sequence[Notification]], int]
    send_within: Callable[[Notification], timedelta]
    due_policy: DuePolicy
    now: Clock
    limit: int

    def __call__(self) -> Swept:
        """Do one bounded round; raises `Retryable` when the outside world is in trouble."""
        now = self.now()
        found = self._found(self.ledger.due(now=now, limit=self.limit))
        # The index is a little late: it may name what has ended, or what another round has done.
        rows = [r for r in found.notifications.values() if r.due_at and r.due_at <= now]
        doubtful = any(row.state is State.IN_DOUBT for row in rows)
        until = self.receipts.applied_until(now=now) if doubtful else None
        steps, bugs = self._steps(rows, found, receipts_applied_until=until, now=now)
        texts = [row for row in rows if number_in_doubt(row)]
        changed = self._change([row for row in rows if row not in texts], steps)
        publish = [steps[i].row for i in steps if i in changed and steps[i].publish]
        published = len(self.notifications_topic.publish(publish))
        # Last, so that no trouble with receipts keeps back the rest; and before the look is done
        # with, so that it is made again after trouble.
        matched = self.of_texts(texts) if texts else 0
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
        """Decide about each row; what a look trips over waits for the next one."""
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
