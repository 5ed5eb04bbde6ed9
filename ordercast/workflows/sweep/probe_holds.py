"""Let one message pass each hold that the provider's next answer can end. Used by the sweeper."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import PROBED, Hold
from ordercast.receipts.provider_events import NOT_SENT_REASONS
from ordercast.sending.due_partitions import WHENEVER, held_behind
from ordercast.sending.outcome import DAILY_QUOTA
from ordercast.sending.routes import Route
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.sweep.actions import Actions, due_rows, publish, write
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.swept import Swept

SOON, LATER = 15, 60
"""Minutes between probes that only a receipt judges, before and after FIRST: each adds a message."""

FIRST = 120  # minutes

CANDIDATES = 25
"""The oldest that wait are asked; those that may not be sent any more are suppressed on the way."""


class RouteProbes(Protocol):
    """The providers of closed routes."""

    def answering(self, routes: Sequence[Route]) -> set[Route]:
        """Make one call on each that sends nothing; answer those whose provider answers, without raising."""
        ...


class ProbeHolds(Struct, frozen=True, kw_only=True):
    """Request one row behind each hold of trouble at the provider.

    It still names its hold, so the sender lets it pass. If the provider takes it, the sender lets
    the hold go; if not, the message is held again.

    A breaker is half-open from when its route's provider answers a call that sends nothing: only then a
    message is risked. Where none waits behind it, as all go by another route, the senders elect one.
    """

    ledger: Ledger
    notifications_topic: NotificationsTopic
    routes: RouteProbes
    release: ReleaseDeferred

    def __call__(self, holds: Sequence[Hold], active: Sequence[Hold], swept: Swept) -> None:
        """Probe each of *holds* that is to be probed; *active* are all of the stage. Raises `Retryable`."""
        now = self.release.now()
        due = [h for h in holds if h.is_active and h.why in PROBED and _is_due(h, now)]
        answering = self._answering(due)
        for hold in due:
            if not hold.scope.route:
                self._probe(hold, [hold], swept)
            elif Route.read(hold.scope.route) in answering:
                # What waits for another route may take this one, if it is tried again first.
                probe = self._probe(hold, [hold, *(h for h in active if h.scope.route)], swept)
                open_from = hold.half_open_at or now
                self._change(hold, replace(hold, half_open_at=open_from, probe=probe))
            else:
                self._change(hold, replace(hold, half_open_at=None, probe=None))

    def _answering(self, holds: Sequence[Hold]) -> set[Route]:
        routes = [Route.read(each.scope.route) for each in holds if each.scope.route]
        return self.routes.answering(routes) if routes else set()

    def _change(self, seen: Hold, new: Hold) -> None:
        if seen != new:
            self.ledger.change_holds([(seen, new)])

    def _probe(self, hold: Hold, behind: Sequence[Hold], swept: Swept) -> str | None:
        """Request one row to pass *hold*, of those *behind* the first with any; return its id."""
        for each in behind:
            partitions = held_behind([each.id])
            rows, _ = due_rows(self.ledger, partitions, until=WHENEVER, limit=CANDIDATES)
            if rows:
                return self._request(hold, rows, swept)
        return None

    def _request(self, hold: Hold, rows: Sequence[Notification], swept: Swept) -> str | None:
        actions = self._actions(hold, rows, swept)
        written = write(self.ledger, [row for row in rows if row.id in actions], actions)
        probes = publish(self.notifications_topic, written, actions, swept)
        swept.probes += len(probes)
        return next((each.id for each in probes), None)

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
