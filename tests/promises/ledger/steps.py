"""Write notifications to a ledger, claim, settle and merge them. Used by the promises of ledgers."""

from datetime import timedelta

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import COUNTS_AS_UNDELIVERED, State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.merge import merge_message
from ordercast.sending.claim import Claim, ClaimRequest
from ordercast.sending.outcome import Outcome, Settlement
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
LATER = START + MINUTE
ONE, TWO, THREE = notification(1), notification(2), notification(3)
TEXT = notification(4, Channel.SMS)


def enter(ledger: Ledger, *rows: Notification) -> list[Notification]:
    """Enter the rows, and raise no latest status."""
    return ledger.accept(rows, [])


def read(ledger: Ledger, *rows: Notification) -> dict[str, Notification]:
    """Return those that are there, by id, as they now are."""
    keys = LookupKeys(notifications=frozenset(row.id for row in rows))
    return dict(ledger.look_up(keys).notifications)


def row(ledger: Ledger, one: Notification = ONE) -> Notification:
    """Return the notification as the ledger now has it."""
    return read(ledger, one)[one.id]


def claims(ledger: Ledger, *rows: Notification, owner: str = "me") -> dict[str, Claim]:
    """Claim the notifications for a minute from the start."""
    requests = [ClaimRequest(id=each.id) for each in rows]
    return ledger.claim(requests, owner=owner, lease_until=LATER, now=START)


def claimed(ledger: Ledger, one: Notification = ONE, owner: str = "me") -> Notification:
    """Enter the notification and claim it."""
    enter(ledger, one)
    return claims(ledger, one, owner=owner)[one.id].row


def settle(ledger: Ledger, outcome: Outcome, one: Notification = ONE, owner: str = "me") -> None:
    """End the owner's claim a minute after the start."""
    ledger.settle([Settlement(notification=one, owner=owner, outcome=outcome, at=LATER)])


def with_receipt(seen: Notification, state: State) -> Notification:
    """Return the notification with what a provider says of its message, a minute after the start."""
    reason = "bounced" if state in COUNTS_AS_UNDELIVERED else None
    message = Message(state=state, at=LATER, reason=reason)
    return merge_message(seen, "m-1", message, sent_at=LATER)


def merge_state(ledger: Ledger, state: State, one: Notification = ONE) -> set[str]:
    """Join what a provider says to the row as it now is."""
    seen = row(ledger, one)
    after = with_receipt(seen, state)
    return ledger.change([(seen, after)] if after != seen else [])
