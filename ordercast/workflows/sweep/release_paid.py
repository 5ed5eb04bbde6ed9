"""Let as many messages pass a hold for money as its budget pays for. Used by the sweeper."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold
from ordercast.sending.due_partitions import WHENEVER, held_behind
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.release_room import ReleaseRoom
from ordercast.workflows.sweep.actions import due_rows, publish, write
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred, looked_at_after_its_queue
from ordercast.workflows.sweep.swept import Swept

CANDIDATES = 25
"""So many rows are read at least; those that may not be sent any more are suppressed on the way."""


class ReleasePaid(Struct, frozen=True, kw_only=True):
    """Request rows that still name their hold, so that the sender lets them pass; the rest waits on.

    Let go, the hold would bring all that waits to the senders, who would hold most of it back again.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    release: ReleaseDeferred

    def is_enough(self, hold: Hold, paid: int, room: ReleaseRoom) -> bool:
        """Tell whether so many *paid* messages are all that wait, or as many as go to a queue at a time."""
        if paid >= room.ahead(_channels(hold)):
            return True
        backlog = self.ledger.backlog(_behind(hold), until=WHENEVER, at_most=paid + 1)
        return sum(each.rows for each in backlog.values()) <= paid

    def __call__(self, hold: Hold, paid: int, swept: Swept, room: ReleaseRoom) -> bool:
        """Do one bounded round; return whether there may be more. Raises `Retryable`."""
        limit = min(self.release.limit, max(2 * paid, CANDIDATES))
        rows, _ = due_rows(self.ledger, _behind(hold), until=WHENEVER, limit=limit)
        rows = room.fit(self._in_turn(hold, rows)[:paid])
        decided = self.release.past(hold, rows, swept) if rows else {}
        actions = {i: looked_at_after_its_queue(each, room) for i, each in decided.items()}
        written = write(self.ledger, rows, actions)
        passing = [actions[i].row for i in written if actions[i].row.state is State.REQUESTED]
        room.take(passing)
        swept.passed[hold.id] += len(passing)
        swept.released += len(passing)
        publish(self.notifications_topic, written, actions, swept)
        return bool(written)

    def _in_turn(self, hold: Hold, rows: Sequence[Notification]) -> list[Notification]:
        """Return the most urgent first, but every other minute begin with others.

        Else a message that costs more than is left would keep cheaper ones from passing.
        """
        ordered = sorted(rows, key=self.release.urgency)
        turn = (self.release.now() - hold.since) // timedelta(minutes=1)
        begin = turn % len(ordered) if ordered and turn % 2 else 0
        return ordered[begin:] + ordered[:begin]


def _channels(hold: Hold) -> list[Channel]:
    return [hold.scope.channel] if hold.scope.channel else list(Channel)


def _behind(hold: Hold) -> list[str]:
    priorities = [hold.scope.priority] if hold.scope.priority else list(Priority)
    return held_behind([hold.id], channels=_channels(hold), priorities=priorities)
