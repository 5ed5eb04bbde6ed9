"""Let one message pass each hold that the provider's next answer can end. Used by the sweeper."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import PROBED, Hold
from ordercast.receipts.provider_events import NOT_SENT_REASONS
from ordercast.sending.due_partitions import WHENEVER, held_behind
from ordercast.sending.outcome import DAILY_QUOTA
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.sweep.actions import Actions, due_rows, publish, write
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.swept import Swept

SOON, LATER = 15, 60
"""Minutes between probes that only a receipt judges, before and after FIRST: each adds a message."""

FIRST = 120  # minutes

CANDIDATES = 25
"""The oldest that wait are asked; those that may not be sent any more are suppressed on the way."""


class ProbeHolds(Struct, frozen=True, kw_only=True):
    """Request one row behind each hold of trouble at the provider.

    It still names its hold, so the sender lets it pass. If the provider takes it, the sender lets
    the hold go; if not, the message is held again.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    release: ReleaseDeferred

    def __call__(self, holds: Sequence[Hold], swept: Swept) -> None:
        """Probe each of *holds* that is to be probed; raises `Retryable`."""
        now = self.release.now()
        for hold in holds:
            if hold.is_active and hold.why in PROBED and _is_due(hold, now):
                self._probe(hold, swept)

    def _probe(self, hold: Hold, swept: Swept) -> None:
        behind = held_behind([hold.id])
        rows, _ = due_rows(self.ledger, behind, until=WHENEVER, limit=CANDIDATES)
        if not rows:
            return
        actions = self._actions(hold, rows, swept)
        written = write(self.ledger, [row for row in rows if row.id in actions], actions)
        swept.probes += len(publish(self.notifications_topic, written, actions, swept))

    def _actions(self, hold: Hold, rows: Sequence[Notification], swept: Swept) -> Actions:
        """Decide about rows as if *hold* were let go, and request one of those that may be sent.

        Another one each minute: the trouble may be with that message alone.
        """
        decided = self.release.past(hold, rows, swept)
        requested = [i for i, each in decided.items() if each.row.state is State.REQUESTED]
        others = {i: each for i, each in decided.items() if i not in requested}
        if not requested:
            return others
        turn = requested[_minutes(hold, self.release.now()) % len(requested)]
        return others | {turn: decided[turn]}


def _is_due(hold: Hold, now: datetime) -> bool:
    if hold.reason == DAILY_QUOTA:
        return False  # the provider says when its day has room
    minutes = _minutes(hold, now)
    between = SOON if minutes <= FIRST else LATER
    return hold.reason not in NOT_SENT_REASONS or (minutes > 0 and minutes % between == 0)


def _minutes(hold: Hold, now: datetime) -> int:
    return (now - hold.since) // timedelta(minutes=1)
