"""Merge receipt logs into a notification. Used by the receipt tracker, the senders and the sweeper.

Once a provider is known to have a message, its messages alone decide the state of the
notification; the outcome that a sender wrote, before or after, no longer counts. A message that the
account could not send (`deferred`) is the exception: if there is no other, the notification is to be
sent again, and what becomes of it then is the senders' and the sweeper's.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.fallback import ends_unheard, needs_word
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.notifications.message import Message, best_of, earliest, joined
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import (
    cost_of,
    decides,
    deciding,
    is_unsent,
    last_sent_at,
    sent_tries,
)
from ordercast.pacing.holds import Why
from ordercast.receipts.receipt_log import ReceiptLog, has_timed_out
from ordercast.receipts.unreached import unreached


def merge_receipts(
    row: Notification,
    receipt_logs: Iterable[ReceiptLog],
    *,
    receipt_timeout: timedelta,
    now: datetime,
) -> Notification:
    """Return *row* merged with the receipt logs of its messages."""
    for receipt_log in receipt_logs:
        message = receipt_log.message
        if has_timed_out(receipt_log, receipt_timeout=receipt_timeout, now=now):
            message = replace(
                message, state=State.UNCONFIRMED, at=receipt_log.sent_at + receipt_timeout
            )
        row = merge_message(
            row,
            receipt_log.message_id,
            message,
            sent_at=None if _may_be_unsent(receipt_log, message) else receipt_log.sent_at,
            delivered_at=receipt_log.delivered_at,
        )
    return row


def merge_message(
    row: Notification,
    message_id: str,
    message: Message,
    *,
    sent_at: datetime | None,
    delivered_at: datetime | None = None,
) -> Notification:
    """Return *row* with *message* joined to what is known of that message id; *sent_at* is None while it may be unsent."""
    known = row.messages.get(message_id)
    message = joined([message] if known is None else [known, message], row.channel)
    row = replace(row, messages={**row.messages, message_id: message})
    if message.state is State.DEFERRED:
        # Once for each message: it may be on its way again by now.
        again = known is None or known.state is not State.DEFERRED
        if again and is_unsent(row):
            return _to_be_sent_again(row, message)
        # What was not sent costs nothing, also if it was said before to be on its way.
        return _with_cost(row)
    row = replace(
        _with_cost(row),
        sent_at=earliest((row.sent_at, sent_at)),
        delivered_at=earliest((row.delivered_at, delivered_at)),
    )
    if not decides(row, message, known=known):
        return row
    return as_messages_say(row, claim_ends=message.number is None)


def as_messages_say(row: Notification, *, claim_ends: bool) -> Notification:
    """Return *row*, of which a provider took a message, in the state that its messages decide.

    Unless *claim_ends*, the lease of a later try stays until its sender has settled it.
    """
    best = best_of(deciding(row), row.channel)
    return replace(
        row,
        state=best.state,
        rule=best.reason,
        held_by=None,
        in_doubt_since=None if claim_ends else row.in_doubt_since,
        closed_at=best.at if best.state in FINAL else None,
        # For another try, or its fallback: a delivery makes both needless.
        due_at=(best.at or row.sent_at)
        if ends_unheard(row, best.state) or unreached(row)
        else None,
        lease_until=None if claim_ends else row.lease_until,
    )


def _may_be_unsent(receipt_log: ReceiptLog, message: Message) -> bool:
    """Tell whether receipts say no more than that it is on its way: the next may be that it was not sent.

    Without a receipt, a sender has recorded that it was taken, and when.
    """
    unsendable = State.DEFERRED in CHANNELS[receipt_log.channel].states
    return unsendable and bool(receipt_log.receipt_events) and message.state is State.SENT


def due_if_silent(row: Notification, *, unknown_after: timedelta, now: datetime) -> Notification:
    """Return *row* due for its fallback, if it is urgent and nothing was heard of it for so long."""
    sent_at = last_sent_at(row)
    if row.state is not State.SENT or sent_at is None or not needs_word(row):
        return row
    at = sent_at + unknown_after
    return replace(row, due_at=at) if at <= now else row


def _to_be_sent_again(row: Notification, message: Message) -> Notification:
    """Return *row* deferred: due at once, and then behind the hold that its account's trouble has begun."""
    return replace(
        _with_cost(row),
        state=State.DEFERRED,
        rule=str(Why.ACCOUNT),
        held_by=None,
        in_doubt_since=None,
        sent_at=row.sent_at if sent_tries(row) else None,
        delivered_at=None,
        closed_at=None,
        due_at=message.at,
        lease_until=None,
    )


def _with_cost(row: Notification) -> Notification:
    cost, source = cost_of(row)
    return replace(row, cost=cost, cost_source=source)
