"""Look at notifications that are due: publish again, or record as in doubt. Used by the sweeper."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.receipts.matching import number_in_doubt
from ordercast.sending.due_policy import DueAction, DuePolicy, due_action, looked_at
from ordercast.workflows.ports import Clock, Ledger, NotificationsTopic, ReceiptQueue
from ordercast.workflows.release_room import ReleaseRoom
from ordercast.workflows.sweep.actions import Actions, decide_each, due_rows, publish, write
from ordercast.workflows.sweep.enter_fallbacks import EnterFallbacks
from ordercast.workflows.sweep.swept import Swept


class LookAtDue(Struct, frozen=True, kw_only=True):
    """Decide about each due row that is not deferred; each look schedules the next one.

    What has ended unheard gets its fallback first.
    """

    ledger: Ledger
    enter_fallbacks: EnterFallbacks
    notifications_topic: NotificationsTopic
    receipts: ReceiptQueue
    match_texts: Callable[[Sequence[Notification]], int]
    due_policy: DuePolicy
    now: Clock
    limit: int

    def __call__(self, partitions: Sequence[str], swept: Swept, room: ReleaseRoom) -> bool:
        """Do one bounded round; return whether there may be more. Raises `Retryable`."""
        now = self.now()
        rows, more = due_rows(self.ledger, partitions, until=now, limit=self.limit)
        # The row as read is what is written against; the mark is part of what is written.
        marked = self.enter_fallbacks(rows, swept, now=now)
        actions = self._actions([marked.get(row.id, row) for row in rows], now, swept, room)
        texts = [row for row in rows if number_in_doubt(row)]
        written = write(self.ledger, [row for row in rows if row not in texts], actions)
        publish(self.notifications_topic, written, actions, swept)
        swept.postponed += sum(
            row.state is State.REQUESTED and not actions[row.id].publish for row in rows
        )
        # Last, so that a failure with receipts does not hold back the rest; and before these rows
        # are written, so that they stay due after a failure.
        swept.matched += self.match_texts(texts) if texts else 0
        write(self.ledger, texts, actions)
        swept.doubtful += sum(
            actions[row.id].row.state is State.IN_DOUBT is not row.state
            for row in rows
            if row.id in written
        )
        return more

    def _actions(
        self, rows: Sequence[Notification], now: datetime, swept: Swept, room: ReleaseRoom
    ) -> Actions:
        doubtful = any(row.state is State.IN_DOUBT for row in rows)
        until = self.receipts.applied_until(now=now) if doubtful else None
        takes = {row.id: room.until_sent(row) for row in rows if row.state is State.REQUESTED}

        def decide(row: Notification) -> DueAction:
            return due_action(
                row,
                queue_takes=takes.get(row.id, timedelta()),
                due_policy=self.due_policy,
                receipts_applied_until=until,
                now=now,
            )

        otherwise = partial(looked_at, due_policy=self.due_policy, now=now)
        return decide_each(rows, decide, otherwise, swept)
