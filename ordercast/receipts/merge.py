"""Merge receipt logs into a notification. Used by the receipt tracker, the senders and the sweeper.

Once a provider is known to have a message, its messages alone decide the state of the
notification; the outcome that a sender wrote, before or after, no longer counts.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from ordercast.notifications.lifecycle import FINAL, State
from ordercast.notifications.message import CostSource, Message, best_of, earliest, joined
from ordercast.notifications.notification import Notification
from ordercast.receipts.receipt_log import ReceiptLog, has_timed_out


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
            sent_at=receipt_log.sent_at,
            delivered_at=receipt_log.delivered_at,
        )
    return row


def merge_message(
    row: Notification,
    message_id: str,
    message: Message,
    *,
    sent_at: datetime,
    delivered_at: datetime | None = None,
) -> Notification:
    """Return *row* with *message* joined to what is known of that message id."""
    known = [row.messages[message_id]] if message_id in row.messages else []
    messages = {**row.messages, message_id: joined([*known, message], row.channel)}
    best = best_of(messages.values(), row.channel)
    cost, source = _cost(messages.values(), row.estimate)
    return replace(
        row,
        messages=messages,
        state=best.state,
        rule=best.reason,
        held_by=None,
        cost=cost,
        cost_source=source,
        in_doubt_since=None,
        sent_at=earliest((row.sent_at, sent_at)),
        delivered_at=earliest((row.delivered_at, delivered_at)),
        closed_at=best.at if best.state in FINAL else None,
        due_at=None,
        lease_until=None,
    )


def _cost(
    messages: Iterable[Message], estimate: Decimal | None
) -> tuple[Decimal | None, CostSource | None]:
    """Return the sum of the carrier's prices, or the estimate while no price is known."""
    prices = [each.price for each in messages]
    known = [price for price in prices if price is not None]
    if known:
        return sum(known, Decimal()), CostSource.CARRIER
    if estimate is None:
        return None, None
    return estimate * len(prices), CostSource.ESTIMATE
