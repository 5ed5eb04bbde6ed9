"""Turn receipt logs without a notification into unattributed charges. Used by reconciliation.

Carriers report by account, so such a text may be another stage's or program's. Only a stage that is
the account's sole sender counts the charge (docs/decisions/0014).
"""

from datetime import datetime, timedelta

from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.rollups.rollup import CHARGE, NOTHING, UNATTRIBUTED, RollupInput, RollupKey, hour_of


def is_given_up(receipt_log: ReceiptLog, *, wait: timedelta, now: datetime) -> bool:
    """Return whether *wait* has passed since no notification was found for the message."""
    return (
        receipt_log.unattributed
        and receipt_log.due_at is not None
        and receipt_log.due_at + wait <= now
    )


def charge_of(receipt_log: ReceiptLog) -> RollupInput | None:
    """Return the charge for a message without a notification; None while no price is known.

    It is counted by its message id, and again when its version has grown with its receipts. Its
    hour is that in which no notification was found: later receipts never change it, whereas they
    may change the time of sending. Its country is unknown: only a hash of the destination is kept.
    """
    price = receipt_log.message.price
    if price is None or receipt_log.due_at is None or not receipt_log.unattributed:
        return None
    at = receipt_log.due_at
    return RollupInput(
        id=f"{CHARGE}{receipt_log.message_id}",
        version=receipt_log.version,
        state=UNATTRIBUTED,
        bucket=RollupKey(hour_of(at), str(receipt_log.channel), None, UNATTRIBUTED, None, None),
        effective_at=at,
        keep_until=int(receipt_log.expires_at.timestamp()),
        cost=price,
    )


def reversal_of(receipt_log: ReceiptLog, counted: RollupKey) -> RollupInput | None:
    """Return the input that undoes a charge in the bucket it was *counted* in, once it is attributed."""
    if receipt_log.notification_id is None:
        return None
    return RollupInput(
        id=f"{CHARGE}{receipt_log.message_id}",
        version=receipt_log.version,
        state=NOTHING,
        bucket=counted,
        effective_at=receipt_log.sent_at,
        keep_until=int(receipt_log.expires_at.timestamp()),
    )
