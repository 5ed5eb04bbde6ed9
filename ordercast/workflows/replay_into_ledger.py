"""Enter what the stream still has into a restored ledger, behind its fence. Used by `ordercast restore replay`."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.restoring import is_gate
from ordercast.workflows.ports import Clock, RelayLedger, RowChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedLedger:
    """The relay's ledger and topic for a replay: it passes the gate, and nothing is published.

    The trap is quiet hours: they are read as they are by now, and may defer until after the loss what
    had none when it was sent. So what is entered is effective at once; its release asks them again.
    """

    ledger: RelayLedger
    now: Clock

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read all of it, but the gate."""
        found = self.ledger.look_up(wanted)
        return replace(found, holds=tuple(each for each in found.holds if not is_gate(each)))

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Insert each decision that is not there yet; answer the stored one, for each."""
        return self.ledger.record_decisions(decisions)

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        """Insert each row that is not there yet, as effective by now; answer the stored row, for each."""
        return self.ledger.accept(
            [self._effective(each) for each in notifications], latest_statuses
        )

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        """Write each row that is still as it was read; answer the ids changed."""
        return self.ledger.change(changes)

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        """Publish nothing: all of it is behind the fence, or the sweeper meets the fence with it."""
        return {each.id for each in notifications}

    def _effective(self, row: Notification) -> Notification:
        if row.state is not State.DEFERRED:
            return row
        return replace(row, state=State.REQUESTED, rule=None, effective_at=self.now())
