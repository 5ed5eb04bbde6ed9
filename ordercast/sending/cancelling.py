"""Say which notifications can still be cancelled, and what they become. Used by `workflows.cancel_messages`."""

from datetime import datetime

from msgspec.structs import replace

from ordercast.notifications.fallback import CANCELLED, awaits_fallback
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import numbered
from ordercast.sending.due_policy import ended

WAITING = frozenset({State.DEFERRED, State.REQUESTED})
"""The states of what no sender has claimed: it waits for one, until a time, or behind a hold."""


def may_be_cancelled(row: Notification) -> bool:
    """Tell whether something of *row* is still to come and can be called off.

    That is the message itself, or after it has ended another try or its fallback.
    """
    is_over = row.state in FINAL and row.state is not State.PARKED
    return row.state in WAITING or (is_over and row.due_at is not None)


def cancelled(row: Notification, *, at: datetime) -> Notification:
    """Return *row*, which `may_be_cancelled`, as it is once an operator has cancelled it.

    It is suppressed by the rule `cancelled`. What may have been sent already is not called suppressed:
    a text that waited for another try ends as its last one did, an e-mail in doubt stays in doubt, and
    what a restored ledger does not know to be sent is unconfirmed. None of them asks for a fallback.
    """
    row = _without_fallback(row)
    if row.state not in WAITING:
        # Numbered, its last try asks for no other.
        return replace(numbered(row), due_at=None)
    return ended(row, CANCELLED, at=at)


def _without_fallback(row: Notification) -> Notification:
    if row.fallback is None or not awaits_fallback(row):
        return row
    return replace(row, fallback=replace(row.fallback, rule=CANCELLED))
