"""Look at notifications that are due: publish again, or record as in doubt. Used by the sweeper."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.receipts.matching import number_in_doubt
from ordercast.sending.due_policy import DueAction, DuePolicy, due_action, looked_at
from ordercast.sending.send_rules import SendWithin
from ordercast.sending.tries import RetryPolicy, next_try_at, to_be_tried_again
from ordercast.workflows.ports import Clock, Ledger, NotificationsTopic, ReceiptQueue
from ordercast.workflows.release_room import ReleaseRoom
from ordercast.workflows.sweep.actions import Actions, decide_each, due_rows, publish, write
from ordercast.workflows.sweep.enter_fallbacks import EnterFallbacks
from ordercast.workflows.sweep.swept import Swept


class LookAtDue(Struct, frozen=True, kw_only=True):
    """Decide about each due row that is not deferred; each look schedules the next one.

    A text that could not reach its phone waits for its next try; what has ended unheard gets its
    fallback first.
    """

    ledger: Ledger
    enter_fallbacks: EnterFallbacks
    notifications_topic: NotificationsTopic
    receipts: ReceiptQueue
    match_texts: Callable[[Sequence[Notification]], int]
    due_policy: DuePolicy
    retries: RetryPolicy
    send_within: SendWithin
    now: Clock
    limit: int

    def __call__(self, partitions: Sequence[str], swept: Swept, room: ReleaseRoom) -> bool:
        """Do one bounded round; return whether there may be more. Raises `Retryable`."""
        now = self.now()
        rows, more = due_rows(self.ledger, partitions, until=now, limit=self.limit)
        again = self._tried_again(rows, swept)
        # The row as read is what is written against; the mark is part of what is written.
        marked = self.enter_fallbacks([r for r in rows if r.id not in again], swept, now=now)
        rest = [marked.get(row.id, row) for row in rows if row.id not in again]
        actions = {**self._actions(rest, now, swept, room), **again}
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

    def _tried_again(self, rows: Sequence[Notification], swept: Swept) -> dict[str, DueAction]:
        """Return, by id, what a further try is coming of: it waits for that, and its fallback with it."""
        again: dict[str, DueAction] = {}
        for row in rows:
            try:
                at = next_try_at(row, self.retries, self.send_within)
            except Exception as error:  # noqa: BLE001 - a bug in one row must not sink its neighbours
                swept.bugs.append(type(error).__name__)
                continue
            if at:
                again[row.id] = DueAction(row=to_be_tried_again(row, at=at))
        swept.retries += len(again)
        return again

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
