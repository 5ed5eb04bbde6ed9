"""Trails in, what is counted of them in the books as bills that are nobody's out.

A text's receipt that no notification answers for may be another stage's or program's of the account,
since carriers report by account. Only a stage that alone sends texts from its account may take it
for a bill of its own (docs/decisions/0014).
"""

from datetime import datetime, timedelta

from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.rollups.rollup import CHARGE, RollupInput, RollupKey, beside, unattributed


def is_given_up(receipt_log: ReceiptLog, *, wait: timedelta, now: datetime) -> bool:
    """Tell whether nobody will answer for the message any more, *wait* after nobody was found."""
    return (
        receipt_log.unattributed
        and receipt_log.due_at is not None
        and receipt_log.due_at + wait <= now
    )


def charge_of(receipt_log: ReceiptLog) -> RollupInput | None:
    """Return the line of what a carrier asks for a message that is nobody's; None before it does.

    Its hour is the one in which nobody was found to have sent it, which no later receipt changes:
    what providers say of the time of sending may.
    """
    price = receipt_log.message.price
    if price is None or receipt_log.due_at is None or not receipt_log.unattributed:
        return None
    return unattributed(
        receipt_log.message_id,
        price,
        version=receipt_log.version,
        at=receipt_log.due_at,
        country=None,  # of where it went we keep a hash
        keep_until=int(receipt_log.expires_at.timestamp()),
    )


def reversal_of(receipt_log: ReceiptLog, counted: RollupKey) -> RollupInput | None:
    """Return the line that undoes a bill in the bucket it was *counted* in, once it is somebody's."""
    if receipt_log.notification_id is None:
        return None
    return beside(
        f"{CHARGE}{receipt_log.message_id}",
        version=receipt_log.version,
        bucket=counted,
        at=receipt_log.sent_at,
        keep_until=int(receipt_log.expires_at.timestamp()),
    )
