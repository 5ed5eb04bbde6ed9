"""Hold back what a restored ledger no longer knows to be sent. Used by relay, senders, sweeper and `ordercast restore`.

A ledger is restored to a moment before it was lost. What it was told between both is missing: rows
that were entered, and that others were sent. Two holds stand for that. The fence covers each
message that was effective before the loss, since it may have been sent; until the stream has been
replayed, another holds everything, and the relay waits.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold, Holds, Scope, Why, held, instant

WAITS = timedelta(hours=72)
"""How long the fence waits for an operator's word, or for a receipt of what it holds."""


def fence(*, lost_at: datetime, by: str, since: datetime, reason: str = "") -> Hold:
    """Return the hold of all that may have been sent before the loss; a later *lost_at* is safe."""
    scope = Scope(before=instant(lost_at))
    return Hold(why=Why.RESTORED, scope=scope, by=by, since=since, reason=reason)


def gate(*, by: str, since: datetime) -> Hold:
    """Return the hold of everything, for which the relay waits until the stream was replayed."""
    reason = "`ordercast restore replay` is to come"
    return Hold(why=Why.RESTORED, by=by, since=since, reason=reason)


def is_gate(hold: Hold) -> bool:
    """Tell whether the relay waits for this hold."""
    return hold.why is Why.RESTORED and hold.is_active and hold.scope == Scope()


def fences(holds: Holds) -> Holds:
    """Return the fences among *holds* that nobody let go."""
    return tuple(
        each for each in holds if each.why is Why.RESTORED and each.is_active and each.scope.before
    )


def fenced(row: Notification, holds: Holds, *, now: datetime) -> Notification | None:
    """Return *row* behind the fence that covers it, or ended if that has waited; None if there is none.

    It is asked before every other rule: that a message is too old now does not say that it was not
    sent when it was young.
    """
    over = next((each for each in fences(holds) if each.scope.covers(row)), None)
    if over is None:
        return None
    until = over.since + WAITS
    return perhaps_sent(row, at=now) if now > until else held(row, over, until=until)


def perhaps_sent(row: Notification, *, at: datetime) -> Notification:
    """Return *row* as never to be sent again; a receipt still tells whether it was."""
    ended = replace(row, state=State.UNCONFIRMED, rule=str(Why.RESTORED), held_by=None)
    return replace(ended, due_at=None, lease_until=None, closed_at=at)
