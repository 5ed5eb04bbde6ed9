"""Let one message pass each hold that the provider's next answer can end. Used by the sweeper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import PROBED, Hold
from ordercast.sending.due_partitions import WHENEVER, held_behind
from ordercast.sending.due_policy import DueAction
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.sweep.actions import Actions, decide_each, due_rows, publish, write
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.swept import Swept

CANDIDATES = 25
"""The oldest that wait are asked; those that may not be sent any more are suppressed on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeHolds:
    """Request one row behind each hold of trouble at the provider.

    It still names its hold, so the sender lets it pass. If the provider takes it, the sender lets
    the hold go; if not, the message is held again.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    release: ReleaseDeferred

    def __call__(self, holds: Sequence[Hold], swept: Swept) -> None:
        """Probe each of *holds* that is to be probed; raises `Retryable`."""
        for hold in holds:
            if hold.is_active and hold.why in PROBED:
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
        """Decide about rows as if *hold* were let go, until the first one may be sent."""
        found, now = self.release.found(rows), self.release.now()
        found = replace(found, holds=tuple(each for each in found.holds if each.id != hold.id))
        decided = decide_each(
            rows,
            lambda row: self.release.action(row, found, now),
            lambda row: self.release.later(row, now),
            swept,
        )
        probes = [i for i, each in decided.items() if each.row.state is State.REQUESTED]
        first = {i: replace(decided[i].row, held_by=hold.id) for i in probes[:1]}
        others = {i: each for i, each in decided.items() if i not in probes}
        return others | {i: DueAction(row=row, publish=True) for i, row in first.items()}
